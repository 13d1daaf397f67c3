//! Creating, describing, listing, changing and deleting entries.
//!
//! Functions without state, one for each operation, such as [`create`]. Not here: their policies (`policies`), the
//! entries that EKS makes itself (`made`).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::describe as show;
use super::input::{CreateAccessEntry, EntryName, ListAccessEntries, UpdateAccessEntry};
use super::lookup::{changeable, entry, entry_mut, with_entries};
use super::principal::{Principal, check_groups, check_type, check_username, default_groups};
use super::state::{AccessEntry, STANDARD};
use crate::kernel::clock::epoch;
use crate::kernel::refusal::Refusal;
use crate::services::eks::lists::names;
use crate::services::eks::refusal::{in_use, invalid_parameter, limit_exceeded};
use crate::services::eks::token::CLIENT_REQUEST_TOKEN;
use crate::services::eks::validate::{self, ensure};
use crate::wire::decode::decode;
use crate::wire::operation::{Kind, Operation, Target};
use crate::world::World;

/// facts §5
const ENTRY_LIMIT: usize = 3000;

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "eks:CreateAccessEntry",
        route: "POST /clusters/{clusterName}/access-entries",
        kind: Kind::Writes,
        token: Some(CLIENT_REQUEST_TOKEN),
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| create(world, &call.input()?),
    },
    Operation {
        name: "eks:ListAccessEntries",
        route: "GET /clusters/{clusterName}/access-entries",
        kind: Kind::Reads,
        token: None,
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| list(world, &call.input()?),
    },
    Operation {
        name: "eks:DescribeAccessEntry",
        route: "GET /clusters/{clusterName}/access-entries/{principalArn}",
        kind: Kind::Reads,
        token: None,
        bad_input: "InvalidRequestException",
        lag: None,
        handler: |world, call| describe(world, &call.input()?),
    },
    Operation {
        name: "eks:UpdateAccessEntry",
        route: "POST /clusters/{clusterName}/access-entries/{principalArn}",
        kind: Kind::Writes,
        token: Some(CLIENT_REQUEST_TOKEN),
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| update(world, &call.input()?),
    },
    Operation {
        name: "eks:DeleteAccessEntry",
        route: "DELETE /clusters/{clusterName}/access-entries/{principalArn}",
        kind: Kind::Deletes(target),
        token: None,
        bad_input: "InvalidRequestException",
        lag: None,
        handler: |world, call| delete(world, &call.input()?),
    },
];

fn create(world: &mut World, input: &CreateAccessEntry) -> Result<Value, Refusal> {
    let (cluster, arn) = (&input.cluster_name, &input.principal_arn);
    changeable(world, cluster)?;
    let about = |refusal: Refusal| refusal.of_cluster(cluster);
    let entry = new_entry(world, input).map_err(about)?;
    let entries = &mut world.cluster_mut(cluster)?.access_entries;
    // facts §2.1 (a)
    ensure(!entries.contains_key(arn), || {
        about(in_use("The specified access entry resource is already in use on this cluster."))
    })?;
    ensure(entries.len() < ENTRY_LIMIT, || {
        about(limit_exceeded(format!("A cluster can have at most {ENTRY_LIMIT} access entries")))
    })?;
    entries.insert(arn.clone(), entry.clone());
    Ok(json!({ "accessEntry": show::entry(world, cluster, arn, &entry) }))
}

pub(crate) fn describe(world: &World, input: &EntryName) -> Result<Value, Refusal> {
    let (cluster, arn) = (with_entries(world, &input.cluster_name)?, &input.principal_arn);
    Ok(json!({ "accessEntry": show::entry(world, &cluster.name, arn, entry(cluster, arn)?) }))
}

fn list(world: &World, input: &ListAccessEntries) -> Result<Value, Refusal> {
    let cluster = with_entries(world, &input.cluster_name)?;
    let policy = input.associated_policy_arn.as_deref();
    let wanted = |entry: &AccessEntry| policy.is_none_or(|policy| entry.policies.contains_key(policy));
    let arns = cluster.access_entries.iter().filter(|(_, entry)| wanted(entry)).map(|(arn, _)| arn.clone());
    let scope = format!("{} {}", cluster.name, policy.unwrap_or_default());
    names(world, "accessEntries", &scope, arns, (input.max_results, input.next_token.as_deref()))
}

/// Whether what is omitted is reset is a switch.
fn update(world: &mut World, input: &UpdateAccessEntry) -> Result<Value, Refusal> {
    let (cluster, arn) = (&input.cluster_name, &input.principal_arn);
    let before = entry(changeable(world, cluster)?, arn)?;
    let about = |refusal: Refusal| refusal.of_cluster(cluster);
    ensure(before.entry_type == STANDARD, || about(not_for_nodes(&before.entry_type)))?;
    if let Some(groups) = &input.kubernetes_groups {
        check_groups(groups).map_err(about)?;
    }
    if let Some(username) = &input.username {
        check_username(username).map_err(about)?;
    }
    let reset = world.settings.switches.entry_updates_reset;
    let default = Principal::parse(arn).map_err(about)?.default_username(STANDARD);
    let now = world.now;
    let entry = entry_mut(world, cluster, arn)?;
    if reset || input.kubernetes_groups.is_some() {
        entry.kubernetes_groups = input.kubernetes_groups.clone().unwrap_or_default();
    }
    if reset || input.username.is_some() {
        entry.username = input.username.clone().unwrap_or(default);
    }
    entry.modified_at = now;
    let entry = entry.clone();
    Ok(json!({ "accessEntry": show::entry(world, cluster, arn, &entry) }))
}

fn delete(world: &mut World, input: &EntryName) -> Result<Value, Refusal> {
    entry(changeable(world, &input.cluster_name)?, &input.principal_arn)?;
    world.cluster_mut(&input.cluster_name)?.access_entries.remove(&input.principal_arn);
    Ok(json!({}))
}

/// The entry that a deletion deletes.
fn target(world: &World, input: &Value) -> Option<Target> {
    let input: EntryName = decode(input).ok()?;
    let entry = world.clusters().get(&input.cluster_name)?.access_entries.get(&input.principal_arn)?;
    Some(Target { tags: entry.tags.clone(), unborn: false })
}

fn new_entry(world: &World, input: &CreateAccessEntry) -> Result<AccessEntry, Refusal> {
    let principal = Principal::parse(&input.principal_arn)?;
    let entry_type = input.entry_type.as_deref().unwrap_or(STANDARD);
    check_type(entry_type, &principal, &world.settings.account)?;
    let given = input.kubernetes_groups.as_ref().is_some_and(|groups| !groups.is_empty()) || input.username.is_some();
    ensure(entry_type == STANDARD || !given, || not_for_nodes(entry_type))?;
    let groups = input.kubernetes_groups.clone().unwrap_or_default();
    check_groups(&groups)?;
    if let Some(username) = &input.username {
        check_username(username)?;
    }
    let tags = input.tags.clone().unwrap_or_default();
    validate::tags(&tags)?;
    // facts §2.2: who was made just now may not be known yet, either
    let known = principal.account != world.settings.account || world.iam().unique_id(principal.arn).is_some();
    ensure(known, || invalid_parameter("The specified principalArn is invalid: invalid principal"))?;
    let mut entry = fresh(world, &input.cluster_name, &principal, entry_type);
    entry.username = input.username.clone().unwrap_or(entry.username);
    entry.kubernetes_groups.extend(groups);
    entry.tags = tags;
    Ok(entry)
}

/// facts §7: EKS alone says what nodes are called
fn not_for_nodes(entry_type: &str) -> Refusal {
    invalid_parameter(format!(
        "The kubernetesGroups and username of an access entry of type {entry_type} cannot be set"
    ))
}

/// An entry with EKS' defaults.
pub(super) fn fresh(world: &World, cluster: &str, principal: &Principal<'_>, entry_type: &str) -> AccessEntry {
    let Principal { arn, account, kind, name } = *principal;
    let id = world.uuid_of(&["access-entry", cluster, arn, &epoch(world.now).to_string()]);
    let (region, owner) = (&world.settings.region, &world.settings.account);
    AccessEntry {
        arn: format!("arn:aws:eks:{region}:{owner}:access-entry/{cluster}/{kind}/{account}/{name}/{id}"),
        created_at: world.now,
        modified_at: world.now,
        entry_type: entry_type.to_owned(),
        kubernetes_groups: default_groups(entry_type),
        username: principal.default_username(entry_type),
        tags: BTreeMap::new(),
        former_tags: None,
        policies: BTreeMap::new(),
        principal_id: world.iam().unique_id(arn).map(str::to_owned),
    }
}
