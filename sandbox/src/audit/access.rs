//! Rules about who is let in: nobody locks out the caller, the nodes, or the last administrator. The central type is
//! [`Loss`].
//!
//! A request is taken at its worst: what an update omits counts as given up. Not here: whose an entry is, which is
//! about deletion.

use std::collections::BTreeSet;

use super::case::Case;
use crate::services::eks::access::input::{
    AssociateAccessPolicy, DisassociateAccessPolicy, EntryName, UpdateAccessEntry,
};
use crate::services::eks::access::principal::default_username;
use crate::services::eks::access::state::{AccessEntry, AssociatedPolicy, CLUSTER_ADMIN, STANDARD};
use crate::services::eks::input::UpdateClusterConfig;
use crate::services::eks::state::{Cluster, NodegroupStatus};

/// What can take something away from an entry.
pub(super) const OPERATIONS: &[&str] =
    &["eks:DeleteAccessEntry", "eks:DisassociateAccessPolicy", "eks:AssociateAccessPolicy", "eks:UpdateAccessEntry"];

/// What a request takes away from an entry.
struct Loss<'a> {
    cluster: &'a Cluster,
    principal: String,
    entry: &'a AccessEntry,
    what: String,
    /// Whether it is what makes an administrator of the whole cluster.
    administration: bool,
    deletes: bool,
}

pub(super) fn entries_stay(case: &Case<'_>) -> Option<String> {
    let Loss { cluster, principal, entry, what, administration, deletes } =
        deletion(case).or_else(|| disassociation(case)).or_else(|| association(case)).or_else(|| update(case))?;
    if entry.entry_type != STANDARD {
        return Some(format!("{principal} {what}, but nodes join by its entry"));
    }
    if is_callers(case, &principal) {
        return Some(format!("{principal} {what}, but is the caller itself"));
    }
    let last = administration && !other_administrators(case, cluster, &principal);
    let may_be = deletes && is_about_to_go(case, cluster);
    (last && !may_be).then(|| format!("{principal} {what}, but is the last administrator of {}", cluster.name))
}

/// Once the `ConfigMap` is no longer read, only entries let anybody in.
pub(super) fn an_administrator_before_the_api_mode(case: &Case<'_>) -> Option<String> {
    let input: UpdateClusterConfig = case.input("eks:UpdateClusterConfig")?;
    let cluster = case.world.clusters().get(&input.name)?;
    let to_api = input.access_config?.authentication_mode.as_deref() == Some("API");
    let nobody = cluster.has_access_entries() && !other_administrators(case, cluster, "");
    (to_api && nobody).then(|| format!("no access entry makes an administrator of {}", cluster.name))
}

fn deletion<'a>(case: &Case<'a>) -> Option<Loss<'a>> {
    let input: EntryName = case.input("eks:DeleteAccessEntry")?;
    let (cluster, entry) = found(case, &input.cluster_name, &input.principal_arn)?;
    let (what, administration) = ("loses its entry".to_owned(), entry.is_cluster_admin());
    Some(Loss { cluster, principal: input.principal_arn, entry, what, administration, deletes: true })
}

fn disassociation<'a>(case: &Case<'a>) -> Option<Loss<'a>> {
    let input: DisassociateAccessPolicy = case.input("eks:DisassociateAccessPolicy")?;
    let (cluster, entry) = found(case, &input.cluster_name, &input.principal_arn)?;
    let policy = entry.policies.get(&input.policy_arn)?;
    let administration = input.policy_arn == CLUSTER_ADMIN && policy.is_for_cluster();
    let what = format!("loses {}", input.policy_arn);
    Some(Loss { cluster, principal: input.principal_arn, entry, what, administration, deletes: false })
}

fn association<'a>(case: &Case<'a>) -> Option<Loss<'a>> {
    let input: AssociateAccessPolicy = case.input("eks:AssociateAccessPolicy")?;
    let (cluster, entry) = found(case, &input.cluster_name, &input.principal_arn)?;
    let before = entry.policies.get(&input.policy_arn)?;
    let for_cluster = input.access_scope.scope_type.as_deref() == Some("cluster");
    let lost = is_narrower(before, for_cluster, &input.access_scope.namespaces.unwrap_or_default());
    let administration = input.policy_arn == CLUSTER_ADMIN && before.is_for_cluster();
    let what = format!("has {} in fewer places", input.policy_arn);
    lost.then_some(Loss { cluster, principal: input.principal_arn, entry, what, administration, deletes: false })
}

/// Patterns count as names: what exactly they cover, only Kubernetes knows.
fn is_narrower(before: &AssociatedPolicy, for_cluster: bool, namespaces: &BTreeSet<String>) -> bool {
    !for_cluster && (before.is_for_cluster() || !before.namespaces.is_subset(namespaces))
}

fn update<'a>(case: &Case<'a>) -> Option<Loss<'a>> {
    let input: UpdateAccessEntry = case.input("eks:UpdateAccessEntry")?;
    let (cluster, entry) = found(case, &input.cluster_name, &input.principal_arn)?;
    let username = input.username.or_else(|| default_username(&input.principal_arn))?;
    let lost = !entry.kubernetes_groups.is_subset(&input.kubernetes_groups.unwrap_or_default());
    let what = "loses groups or its user name".to_owned();
    (lost || username != entry.username).then_some(Loss {
        cluster,
        principal: input.principal_arn,
        entry,
        what,
        administration: false,
        deletes: false,
    })
}

fn found<'a>(case: &Case<'a>, cluster: &str, principal: &str) -> Option<(&'a Cluster, &'a AccessEntry)> {
    let cluster = case.world.clusters().get(cluster)?;
    cluster.access_entries.get(principal).map(|entry| (cluster, entry))
}

/// An administrator whose entry is dead is none.
fn other_administrators(case: &Case<'_>, cluster: &Cluster, principal: &str) -> bool {
    let others = cluster.access_entries.iter().filter(|(other, _)| *other != principal);
    others.into_iter().any(|(_, entry)| entry.is_cluster_admin() && entry.is_alive(case.world.iam()))
}

/// By account, kind and name: a session's ARN tells no path.
fn is_callers(case: &Case<'_>, principal: &str) -> bool {
    let identity = |arn: &str| {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let (account, resource) = (parts.get(4)?.to_string(), parts.get(5)?);
        let (kind, path) = resource.split_once('/')?;
        let name = if kind == "assumed-role" { path.split('/').next() } else { path.rsplit('/').next() };
        Some((account, if kind == "user" { "user" } else { "role" }, name?.to_owned()))
    };
    identity(principal).is_some_and(|principal| identity(&case.world.settings.caller_arn) == Some(principal))
}

/// A cluster that the caller is about to delete, with everything in it: it may, and no node is left.
fn is_about_to_go(case: &Case<'_>, cluster: &Cluster) -> bool {
    let empty = cluster.nodegroups.values().all(|nodegroup| nodegroup.status == NodegroupStatus::Deleting);
    empty && case.audit.prune && case.owns(&cluster.tags) && !cluster.deletion_protection
}
