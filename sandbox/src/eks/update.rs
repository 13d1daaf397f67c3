//! Reading updates, of a cluster and of its nodegroups.
//!
//! Functions without state: [`list`] and [`describe`]. Not here: beginning one (`cluster_update`, `nodegroup_update`),
//! ending one (`advance`).

use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

use serde_json::{Value, json};

use super::describe as show;
use super::input::{DescribeUpdate, ListUpdates};
use super::state::Update;
use super::validate::ensure;
use crate::paging::BadToken;
use crate::refusal::{Refusal, invalid_parameter, not_found};
use crate::world::World;

/// facts §5: 1 to 100, by default 100
const LARGEST_PAGE: usize = 100;

/// One page of names or ids under `member`.
pub(super) fn names(
    world: &World,
    member: &str,
    scope: &str,
    all: impl Iterator<Item = String>,
    paging: (Option<i64>, Option<&str>),
) -> Result<Value, Refusal> {
    page(world, member, scope, all.map(|name| (name.clone(), name.into())).collect(), paging)
}

/// One page of anything under `member`, sorted by the key.
pub(super) fn page(
    world: &World,
    member: &str,
    scope: &str,
    items: Vec<(String, Value)>,
    paging: (Option<i64>, Option<&str>),
) -> Result<Value, Refusal> {
    let (max_results, token) = paging;
    let size = max_results.map_or(Ok(LARGEST_PAGE), usize::try_from).unwrap_or_default();
    ensure((1..=LARGEST_PAGE).contains(&size), || {
        invalid_parameter(format!("maxResults must be between 1 and {LARGEST_PAGE}"))
    })?;
    let page = world.page(&format!("{member} {scope}"), items, size, token);
    let page = page.map_err(|BadToken| invalid_parameter("The nextToken is invalid"))?;
    Ok(json!({ member: page.items, "nextToken": page.next }))
}

pub(super) fn list(world: &World, input: &ListUpdates) -> Result<Value, Refusal> {
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

/// The ids of updates, the oldest first.
pub(crate) fn oldest_first<C>(updates: &BTreeMap<String, Update<C>>) -> Vec<String> {
    let mut ids: Vec<&Update<C>> = updates.values().collect();
    ids.sort_by_key(|update| by_age(update).0);
    ids.into_iter().map(|update| update.id.clone()).collect()
}

/// An update of a nodegroup is found only with the nodegroup's name.
pub(super) fn describe(world: &World, input: &DescribeUpdate) -> Result<Value, Refusal> {
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
