//! Updates, of a cluster and of its nodegroups: beginning one, and reading it. The central type is [`Planned`].
//!
//! Not here: whether one may begin (`cluster_update`, `nodegroup_update`), ending one (`advance`).

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

use super::describe as show;
use super::input::{DescribeUpdate, ListUpdates};
use super::lists::page;
use super::state::{Update, UpdateStatus};
use crate::kernel::refusal::Refusal;
use crate::services::eks::refusal::not_found;
use crate::wire::operation::{Kind, Operation};
use crate::world::World;

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "eks:ListUpdates",
        route: "GET /clusters/{name}/updates",
        kind: Kind::Reads,
        token: None,
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| list(world, &call.input()?),
    },
    Operation {
        name: "eks:DescribeUpdate",
        route: "GET /clusters/{name}/updates/{updateId}",
        kind: Kind::Reads,
        token: None,
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| describe(world, &call.input()?),
    },
];

/// A change that passed its checks.
#[derive(Debug)]
pub(super) struct Planned<C> {
    pub(super) kind: &'static str,
    pub(super) params: Vec<(&'static str, String)>,
    pub(super) change: C,
    pub(super) duration: Duration,
}

impl<C> Planned<C> {
    /// The update that begins with it.
    pub(super) fn begin(self, world: &mut World) -> Update<C> {
        Update {
            id: world.next_id("update"),
            kind: self.kind.to_owned(),
            status: UpdateStatus::InProgress,
            params: self.params.into_iter().map(|(kind, value)| (kind.to_owned(), value)).collect(),
            created_at: world.now,
            ends_at: world.over_after(self.duration),
            errors: Vec::new(),
            doom: None,
            change: self.change,
        }
    }
}

fn list(world: &World, input: &ListUpdates) -> Result<Value, Refusal> {
    no_part_but_nodes(world, &input.name, input.addon_name.as_deref(), input.capability_name.as_deref())?;
    let mut ids: Vec<(String, Value)> = match &input.nodegroup_name {
        None => world.cluster(&input.name)?.updates.values().map(by_age).collect(),
        Some(nodegroup) => world.nodegroup(&input.name, nodegroup)?.updates.values().map(by_age).collect(),
    };
    ids.sort_by(|(one, _), (other, _)| one.cmp(other));
    let scope = format!("{} {}", input.name, input.nodegroup_name.as_deref().unwrap_or_default());
    page(world, "updateIds", &scope, ids, (input.max_results, input.next_token.as_deref()))
}

/// The id of an update, and a key that puts the oldest first.
fn by_age<C>(update: &Update<C>) -> (String, Value) {
    let age = update.created_at.duration_since(UNIX_EPOCH).unwrap_or_default();
    (format!("{:030} {}", age.as_nanos(), update.id), update.id.as_str().into())
}

/// Updates, the oldest first.
pub(super) fn oldest_first<C>(updates: &BTreeMap<String, Update<C>>) -> Vec<&Update<C>> {
    let mut updates: Vec<&Update<C>> = updates.values().collect();
    updates.sort_by_key(|update| by_age(update).0);
    updates
}

/// An update of a nodegroup is found only with the nodegroup's name.
fn describe(world: &World, input: &DescribeUpdate) -> Result<Value, Refusal> {
    no_part_but_nodes(world, &input.name, input.addon_name.as_deref(), input.capability_name.as_deref())?;
    let id = &input.update_id;
    let update = match &input.nodegroup_name {
        None => world.cluster(&input.name)?.updates.get(id).map(show::update),
        Some(nodegroup) => world.nodegroup(&input.name, nodegroup)?.updates.get(id).map(show::update),
    };
    let update = update.ok_or_else(|| not_found(format!("No update found for ID: {id}")).of_cluster(&input.name))?;
    Ok(json!({ "update": update }))
}

/// A cluster here has neither add-ons nor capabilities, so none is found.
fn no_part_but_nodes(
    world: &World,
    cluster: &str,
    addon: Option<&str>,
    capability: Option<&str>,
) -> Result<(), Refusal> {
    world.cluster(cluster)?;
    let missing = |kind: &str, name: &str| not_found(format!("No {kind}: {name} found in cluster: {cluster}"));
    match (addon, capability) {
        (Some(addon), _) => Err(missing("addon", addon).of_cluster(cluster).of_addon(addon)),
        (None, Some(capability)) => Err(missing("capability", capability).of_cluster(cluster)),
        (None, None) => Ok(()),
    }
}
