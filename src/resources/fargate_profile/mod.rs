//! Fargate profiles: which pods run without nodes of their own.
//!
//! The central type is [`FargateProfile`]. A profile cannot change but for its tags. EKS creates and deletes one at a time
//! within a cluster. Not here: the access entry that EKS makes for a profile's role.

#[cfg(feature = "aws")]
mod aws;

use std::collections::BTreeSet;
use std::time::Duration;

use super::cluster::Cluster;
use super::tags::{self, listed};
use super::{Expected, Live, Managed, Traits, eks_console};
use crate::model::{Address, Disruption, Effect, Field, Link, Ref, Rule, View, field};
use crate::spec::{self, FargateSelector, Spec, Tags};

/// What a change costs that only a new profile could have.
const REPLACE: Rule = Rule::Replace("end every pod on it");

/// A Fargate profile, wanted or seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FargateProfile {
    /// The cluster it belongs to.
    pub cluster: String,
    /// The cluster's region, for the ownership tag.
    pub region: String,
    /// The profile's name.
    pub name: String,
    /// The role that Fargate pulls images and writes logs with.
    pub pod_execution_role: Ref,
    /// Subnets of the pods.
    pub subnets: BTreeSet<String>,
    /// Which pods run there.
    pub selectors: BTreeSet<FargateSelector>,
    /// Tags: listed ones when wanted, all when seen.
    pub tags: Tags,
}

impl Managed for FargateProfile {
    const KIND: &'static str = "fargate-profile";
    const SECTION: &'static str = "fargateProfiles";

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
        visit(Link::Holds, &mut self.pod_execution_role);
    }

    fn desired(spec: &Spec, _live: &Live) -> Vec<Self> {
        let wanted = |profile: &spec::FargateProfile| Self {
            cluster: spec.metadata.name.clone(),
            region: spec.metadata.region.clone(),
            name: profile.fargate_profile_name.clone(),
            pod_execution_role: Ref::Literal(profile.pod_execution_role_arn.clone()),
            subnets: profile.subnets.iter().cloned().collect(),
            selectors: profile.selectors.iter().cloned().collect(),
            tags: listed(spec, &profile.tags),
        };
        spec.fargate_profiles.iter().map(wanted).collect()
    }

    fn fields(&self, view: View<'_, Self>) -> Vec<Field> {
        let Self { cluster: _, region: _, name: _, pod_execution_role, subnets, selectors, tags } = self;
        let selectors: BTreeSet<String> = selectors.iter().map(spelled).collect();
        vec![
            field("podExecutionRoleArn", Some(pod_execution_role), REPLACE),
            field("subnets", Some(subnets.clone()), REPLACE).note("a set"),
            field("selectors", Some(selectors), REPLACE).note("a set"),
            tags::row(tags, view.part(|it| &it.tags)),
        ]
    }

    /// How many pods there are, EKS does not tell.
    fn traits(&self) -> Traits {
        let expected =
            Expected { create: Duration::from_mins(2), delete: Duration::from_mins(2), ..Expected::default() };
        Traits {
            timeout: Duration::from_mins(30),
            expected,
            removal: Some(Disruption {
                effect: Effect::EndsPods,
                nodes: None,
                because: "the profile is deleted".into(),
            }),
            carries_pods: true,
            needs_quiet_parent: true,
            serial_within_parent: true,
            ..Traits::default()
        }
    }
}

/// `namespace`, or `namespace {key=value, …}`.
fn spelled(selector: &FargateSelector) -> String {
    let FargateSelector { namespace, labels } = selector;
    let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if labels.is_empty() { namespace.clone() } else { format!("{namespace} {{{}}}", labels.join(", ")) }
}
