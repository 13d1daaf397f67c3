//! Everything that was read from AWS, before anybody decides anything.
//!
//! The central type is [`Live`]. Pure; not here: how it is read (`observe.rs`).

use std::collections::{BTreeMap, BTreeSet};

use super::Resource;
use crate::model::{Address, Ownership, Principal, Seen};

/// Everything that was read from AWS.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Live {
    /// Every resource by address.
    pub resources: BTreeMap<Address, Seen<Resource>>,
    /// What else was read.
    pub facts: Facts,
}

/// What was read that is no resource of the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Whose credentials these are; `None` if nobody asked.
    pub caller: Option<Principal>,
    /// Kubernetes versions that EKS supports for more money only, among those that somebody had to ask about.
    pub extended_support: BTreeSet<String>,
}

impl Facts {
    /// What either of two says.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let Self { caller, mut extended_support } = self;
        extended_support.extend(other.extended_support);
        Self { caller: caller.or(other.caller), extended_support }
    }
}

/// Why a resource stays that the file does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// AWS made it for itself, and it is nobody else's business.
    AwsOwn,
    /// For this reason.
    Because(&'static str),
}

impl Live {
    /// What was seen at an address.
    pub fn get(&self, address: &Address) -> Option<&Seen<Resource>> {
        self.resources.get(address)
    }

    /// Takes in what was read, under the addresses of what is wanted: a resource that the file has by another name than AWS
    /// gets the file's.
    pub fn take_in(&mut self, seen: impl IntoIterator<Item = Seen<Resource>>, wanted: &[Resource]) {
        let by_name: BTreeMap<Address, &Resource> = wanted.iter().map(|it| (it.address(), it)).collect();
        for mut seen in seen {
            let address = seen.resource.address();
            let by_name = by_name.get(&address).filter(|wanted| wanted.same(&seen.resource));
            if by_name.is_none()
                && let Some(wanted) = wanted.iter().find(|wanted| wanted.same(&seen.resource))
            {
                seen.resource.rename(&wanted.address().name);
            }
            self.resources.insert(seen.resource.address(), seen);
        }
    }

    /// Says of what takes no tag of its own whose it is.
    pub fn settle_ownership(&mut self) {
        let owned: Vec<(Address, Ownership)> = self
            .resources
            .iter()
            .filter(|(_, seen)| matches!(seen.ownership, Ownership::As(_)))
            .map(|(address, _)| (address.clone(), Ownership::of(self.is_ours(address))))
            .collect();
        for (address, ownership) in owned {
            if let Some(seen) = self.resources.get_mut(&address) {
                seen.ownership = ownership;
            }
        }
    }

    /// Follows from owner to owner; what is not there owns nothing, and neither does whoever owns itself.
    fn is_ours(&self, address: &Address) -> bool {
        let mut next = address;
        for _ in 0..=self.resources.len() {
            match self.get(next).map(|seen| &seen.ownership) {
                Some(Ownership::Ours) => return true,
                Some(Ownership::NotOurs) | None => return false,
                Some(Ownership::As(owner)) => next = owner,
            }
        }
        false
    }

    /// A wanted resource with what AWS calls it.
    pub fn identified(&self, mut wanted: Resource) -> Resource {
        if let Some(seen) = self.get(&wanted.address()) {
            wanted.identify(&seen.outputs);
        }
        wanted
    }
}
