//! EKS Pod Identity: which role the pods of a service account have in AWS.
//!
//! The central type is [`PodIdentityAssociation`]. Namespace and service account are its identity; requests need the id
//! that AWS gives it. What belongs to an add-on goes with that and is left alone. Not here: the roles.

#[cfg(feature = "aws")]
mod aws;

use super::cluster::Cluster;
use super::tags::{self, listed};
use super::{Live, Managed, Protection, Traits, eks_console};
use crate::model::{Address, Call, Disruption, Effect, Field, Link, Output, Outputs, Ref, Rule, View, field};
use crate::spec::{self, Spec, Tags};

/// Sets everything but tags.
const UPDATE: Call = Call::exclusive("UpdatePodIdentityAssociation", "");

/// An association, wanted or seen. In what is wanted, `None` is unmanaged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PodIdentityAssociation {
    /// The cluster it belongs to.
    pub cluster: String,
    /// The cluster's region, for the ownership tag.
    pub region: String,
    /// `namespace/service-account`; also the name in addresses.
    pub name: String,
    /// The service account's namespace.
    pub namespace: String,
    /// The service account.
    pub service_account: String,
    /// The role.
    pub role: Ref,
    /// The role behind that; empty for none.
    pub target_role: Option<String>,
    /// Whether sessions carry no tags about the pod.
    pub disable_session_tags: Option<bool>,
    /// Tags: listed ones when wanted, all when seen.
    pub tags: Tags,
    /// What AWS calls it, once that is known.
    pub id: Option<String>,
    /// Whether an add-on has made it; only when seen.
    pub of_an_addon: bool,
}

impl Managed for PodIdentityAssociation {
    const KIND: &'static str = "pod-identity-association";
    const SECTION: &'static str = "podIdentityAssociations";

    fn console_page(region: &str, cluster: &str, _name: &str) -> Option<String> {
        Some(eks_console(region, cluster))
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn parent(&self) -> Option<Address> {
        Some(Address::new(Cluster::KIND, &self.cluster))
    }

    fn refs(&mut self, visit: &mut dyn FnMut(Link, &mut Ref)) {
        visit(Link::Holds, &mut self.role);
    }

    fn identify(&mut self, outputs: &Outputs) {
        if let Some(id) = outputs.get(Output::Id) {
            self.id = Some(id.to_owned());
        }
    }

    fn desired(spec: &Spec, _live: &Live) -> Vec<Self> {
        let wanted = |it: &spec::PodIdentityAssociation| Self {
            cluster: spec.metadata.name.clone(),
            region: spec.metadata.region.clone(),
            role: Ref::Literal(it.role_arn.clone()),
            target_role: it.target_role_arn.clone(),
            disable_session_tags: it.disable_session_tags,
            tags: listed(spec, &it.tags),
            ..Self::of(&it.namespace, &it.service_account)
        };
        spec.pod_identity_associations.iter().map(wanted).collect()
    }

    fn fields(&self, view: View<'_, Self>) -> Vec<Field> {
        let Self {
            cluster: _,
            region: _,
            name: _,
            namespace: _,
            service_account: _,
            role,
            target_role,
            disable_session_tags,
            tags,
            id: _,
            of_an_addon: _,
        } = self;
        let breaks = |change: &'static str| view.live().map(|_| Disruption::of_access(Effect::MayBreakAccess, change));
        vec![
            field("roleArn", Some(role), Rule::InPlace(UPDATE)).disrupts(breaks("its pods get another role")),
            field("targetRoleArn", target_role.clone(), Rule::InPlace(UPDATE))
                .disrupts(breaks("its pods get another role")),
            field("disableSessionTags", *disable_session_tags, Rule::InPlace(UPDATE))
                .disrupts(breaks("policies that ask for session tags may no longer match")),
            tags::row(tags, view.part(|it| &it.tags)),
        ]
    }

    fn traits(&self) -> Traits {
        Traits {
            removal: Some(Disruption::of_access(Effect::MayBreakAccess, "its pods lose their role")),
            with_parent: true,
            ..Traits::default()
        }
    }

    fn protection(&self, _live: &Live) -> Option<Protection> {
        self.of_an_addon.then_some(Protection::Because("an add-on has made it, and takes it along"))
    }
}

impl PodIdentityAssociation {
    fn of(namespace: &str, service_account: &str) -> Self {
        Self {
            name: format!("{namespace}/{service_account}"),
            namespace: namespace.to_owned(),
            service_account: service_account.to_owned(),
            ..Self::default()
        }
    }
}
