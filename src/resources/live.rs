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
        let mut others = vec![];
        for seen in seen {
            let address = seen.resource.address();
            if by_name.get(&address).is_some_and(|wanted| wanted.same(&seen.resource)) {
                self.resources.insert(address, seen);
            } else {
                others.push(seen);
            }
        }
        // What was found by its name has no other.
        let missing: Vec<_> = by_name.iter().filter(|(address, _)| !self.resources.contains_key(*address)).collect();
        for mut seen in others {
            if let Some((address, _)) = missing.iter().find(|(_, wanted)| wanted.same(&seen.resource)) {
                seen.resource.rename(&address.name);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Output, Outputs, Ref};
    use crate::plan::invented::gadget::Gadget;
    use crate::resources::Managed;
    use crate::resources::access_entry::AccessEntry;

    fn at(name: &str) -> Address {
        Address::new(Gadget::KIND, name)
    }

    /// Gadgets by name, each with whose it is.
    fn settled<const N: usize>(gadgets: [(&str, Ownership); N]) -> Vec<(String, bool)> {
        let mut live = Live::default();
        for (name, ownership) in gadgets {
            let gadget = Gadget { name: name.to_owned(), widget: Ref::default(), ..Gadget::default() };
            let seen = Seen { ownership, ..Seen::new(Resource::Gadget(gadget)) };
            live.resources.insert(at(name), seen);
        }
        live.settle_ownership();
        assert!(live.resources.values().all(|seen| !matches!(seen.ownership, Ownership::As(_))));
        live.resources.iter().map(|(address, seen)| (address.name.clone(), seen.is_ours())).collect()
    }

    fn told<const N: usize>(all: [(&str, bool); N]) -> Vec<(String, bool)> {
        all.map(|(name, ours)| (name.to_owned(), ours)).to_vec()
    }

    #[test]
    fn what_takes_no_tag_is_whoevers_its_owner_is() {
        let all = settled([
            ("a", Ownership::Ours),
            ("b", Ownership::NotOurs),
            ("of-a", Ownership::As(at("a"))),
            ("of-b", Ownership::As(at("b"))),
            ("of-nothing", Ownership::As(at("nowhere"))),
            ("of-of-a", Ownership::As(at("of-a"))),
        ]);
        let expected =
            [("a", true), ("b", false), ("of-a", true), ("of-b", false), ("of-nothing", false), ("of-of-a", true)];
        assert_eq!(all, told(expected));
    }

    #[test]
    fn the_longest_way_to_an_owner_is_followed_to_its_end() {
        let next = |name: &str| Ownership::As(at(name));
        let all = settled([("a", next("b")), ("b", next("c")), ("c", next("d")), ("d", Ownership::Ours)]);
        assert_eq!(all, told([("a", true), ("b", true), ("c", true), ("d", true)]));
    }

    #[test]
    fn what_owns_itself_is_nobodys() {
        let next = |name: &str| Ownership::As(at(name));
        let all = settled([("a", next("a")), ("b", next("c")), ("c", next("b")), ("d", next("b"))]);
        assert_eq!(all, told([("a", false), ("b", false), ("c", false), ("d", false)]));
    }

    fn entry(principal: &str) -> Resource {
        let arn = format!("arn:aws:iam::111122223333:role/{principal}");
        Resource::AccessEntry(AccessEntry { name: arn.clone(), principal: arn, ..AccessEntry::default() })
    }

    /// Under which names what is seen comes in, in order of the addresses, and what AWS calls each.
    fn taken_in(seen: &[&str], wanted: &[&str]) -> Vec<(String, String)> {
        let wanted: Vec<Resource> = wanted.iter().map(|name| entry(name)).collect();
        let mut live = Live::default();
        live.take_in(seen.iter().map(|name| Seen::new(entry(name))), &wanted);
        let short = |arn: &str| arn.rsplit_once("role/").map_or_else(String::new, |(_, name)| name.to_owned());
        let entries = live.resources.iter().filter_map(|(address, it)| Some((address, it.resource.access_entry()?)));
        entries.map(|(address, entry)| (short(&address.name), short(&entry.principal))).collect()
    }

    fn pairs<const N: usize>(all: [(&str, &str); N]) -> Vec<(String, String)> {
        all.map(|(name, principal)| (name.to_owned(), principal.to_owned())).to_vec()
    }

    #[test]
    fn what_the_file_has_by_another_name_gets_that_one() {
        assert_eq!(taken_in(&["alice"], &["people/alice"]), pairs([("people/alice", "alice")]));
        assert_eq!(taken_in(&["alice"], &["people/bob"]), pairs([("alice", "alice")]));
        assert_eq!(taken_in(&["alice"], &[]), pairs([("alice", "alice")]));
        // Of two that are the same, the one with the same name.
        let both = taken_in(&["alice"], &["people/alice", "alice"]);
        assert_eq!(both, pairs([("alice", "alice")]));
    }

    #[test]
    fn what_is_wanted_is_called_what_aws_calls_it() {
        let mut live = Live::default();
        let mut seen = Seen::new(entry("people/alice"));
        seen.outputs = Outputs::default().with(Output::Id, Some("arn:aws:iam::111122223333:role/alice"));
        live.take_in([seen], &[entry("people/alice")]);
        let principal = |name: &str| {
            let identified = live.identified(entry(name));
            identified.access_entry().map(|entry| entry.principal.clone())
        };
        assert_eq!(principal("people/alice").as_deref(), Some("arn:aws:iam::111122223333:role/alice"));
        assert_eq!(principal("bob").as_deref(), Some("arn:aws:iam::111122223333:role/bob"));
    }

    #[test]
    fn facts_add_up_and_the_first_caller_counts() {
        let caller = |name: &str| Principal::of(&format!("arn:aws:iam::111122223333:role/{name}"));
        let of = |name: Option<&str>, version: &str| Facts {
            caller: name.and_then(caller),
            extended_support: BTreeSet::from([version.to_owned()]),
        };
        let both = of(Some("a"), "1.29").and(of(Some("b"), "1.30"));
        assert_eq!(both.caller, caller("a"));
        assert_eq!(both.extended_support, BTreeSet::from(["1.29".to_owned(), "1.30".to_owned()]));
        assert_eq!(of(None, "1.29").and(of(Some("b"), "1.30")).caller, caller("b"));
    }
}
