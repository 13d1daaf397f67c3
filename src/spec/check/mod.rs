//! The rules that a schema cannot say: what values make sense, alone and together.
//!
//! The one function is [`check`]. One file per section of the file; what several sections need is in `values`, `tags`
//! and `labels`. A rule is here if AWS, Kubernetes or Cluster Autoscaler would refuse or silently ignore what breaks
//! it, and the file alone shows it. Nothing is said about what may be wise: that is advice, not an error. Nor of quotas
//! that AWS raises on request, such as thirty nodegroups of 450 nodes: the file cannot know them.

mod access_entry;
mod access_policy;
mod autoscaling;
mod cluster;
mod fargate_profile;
mod labels;
mod metadata;
mod nodegroup;
mod pod_identity;
mod principal;
mod tags;
mod values;

use super::place::Place;
use super::problem::Problem;
use super::syntax;
use super::types::{Spec, Tags};

/// What the rules of one section need to know of the others.
struct Context<'a> {
    /// The account, if it is one.
    account: Option<&'a str>,
    /// The region's partition, such as `aws-cn`, if the region is one.
    partition: Option<&'static str>,
    /// The control plane's version, if it is one.
    version: Option<u32>,
    /// `metadata.tags`, which every resource carries.
    tags: &'a Tags,
}

/// Everything that breaks a rule.
pub(super) fn check(spec: &Spec, root: &Place<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let context = Context {
        account: Some(spec.metadata.account_id.as_str()).filter(|account| syntax::is_account(account)),
        partition: syntax::partition(&spec.metadata.region),
        version: spec.cluster.version.as_deref().and_then(syntax::minor),
        tags: &spec.metadata.tags,
    };
    metadata::check(&spec.metadata, &root.key("metadata"), &mut problems);
    cluster::check(&spec.cluster, &root.key("cluster"), &context, &mut problems);
    access_entry::check(spec, root, &context, &mut problems);
    if let Some(autoscaler) = &spec.autoscaler {
        values::version(autoscaler.version.as_deref(), &root.key("autoscaler").key("version"), &mut problems);
    }
    nodegroups(spec, &root.key("nodegroups"), &context, &mut problems);
    let associations = &spec.pod_identity_associations;
    pod_identity::check(associations, &root.key("podIdentityAssociations"), &context, &mut problems);
    fargate_profile::check(&spec.fargate_profiles, &root.key("fargateProfiles"), &context, &mut problems);
    problems
}

fn nodegroups(spec: &Spec, place: &Place<'_>, context: &Context<'_>, problems: &mut Vec<Problem>) {
    let names = spec.nodegroups.iter().map(|group| &group.nodegroup_name);
    values::distinct(names, |index| place.index(index).key("nodegroupName"), problems);
    for (index, group) in spec.nodegroups.iter().enumerate() {
        nodegroup::check(group, &place.index(index), context, problems);
    }
}
