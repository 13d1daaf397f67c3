//! Rules about deleting, owning and replacing.
//!
//! The central function is [`only_owned`]: what may be deleted at all. Not here: what a deletion disrupts.

use serde_json::Value;

use super::case::Case;
use crate::kernel::clock::epoch;
use crate::services::eks::input::{CreateNodegroup, NodegroupName, TagResource, UntagResource};
use crate::services::eks::state::NodegroupStatus;
use crate::wire::decode::decode;
use crate::wire::operation::{Kind, Operation};
use crate::world::World;

/// Deletion needs pruning and ownership; what never came to life needs ownership only.
pub(super) fn only_owned(case: &Case<'_>) -> Option<String> {
    let Kind::Deletes(target) = case.operation.kind else { return None };
    let target = target(case.world, case.input)?;
    match (case.owns(&target.tags), case.audit.prune || target.unborn) {
        (true, true) => None,
        (false, _) => Some(format!("it does not carry the tag {}", case.audit.ownership_key)),
        (true, false) => Some("it is owned, but pruning is not allowed".to_owned()),
    }
}

pub(super) fn ownership_tag_untouched(case: &Case<'_>) -> Option<String> {
    let key = &case.audit.ownership_key;
    let written = case.input::<TagResource>("eks:TagResource").is_some_and(|input| input.tags.contains_key(key));
    let removed = case.input::<UntagResource>("eks:UntagResource").is_some_and(|input| input.tag_keys.contains(key));
    (written || removed).then(|| format!("the tag {key} is written or removed"))
}

pub(super) fn no_replacement(case: &Case<'_>) -> Option<String> {
    let input: CreateNodegroup = case.input("eks:CreateNodegroup")?;
    let identity = (cluster_identity(case.world, &input.cluster_name)?, input.nodegroup_name);
    let deleted = case.world.ledger.deleted_nodegroups.contains(&identity);
    deleted.then(|| format!("nodegroup {} was deleted and is created again", identity.1))
}

/// The nodegroup that this request deletes, unless it never came to life; to be noted for [`no_replacement`].
pub(crate) fn deleted_nodegroup(world: &World, operation: &Operation, input: &Value) -> Option<(String, String)> {
    let input: NodegroupName = (operation.name == "eks:DeleteNodegroup").then(|| decode(input).ok()).flatten()?;
    let nodegroup = world.nodegroup(&input.cluster_name, &input.nodegroup_name).ok()?;
    let lived = nodegroup.status != NodegroupStatus::CreateFailed;
    cluster_identity(world, &input.cluster_name).filter(|_| lived).map(|cluster| (cluster, input.nodegroup_name))
}

/// A cluster that is made anew under the same name is another one.
fn cluster_identity(world: &World, name: &str) -> Option<String> {
    world.clusters().get(name).map(|cluster| format!("{name} of {}", epoch(cluster.created_at)))
}
