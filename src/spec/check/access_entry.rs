//! `accessEntries`: who may reach the Kubernetes API.
//!
//! The central function is [`check`], for the whole section. Not here: who can have an entry (`principal`), and what
//! its policies may be (`access_policy`).

use std::collections::BTreeMap;

use super::{Context, access_policy, principal, tags, values};
use crate::spec::place::Place;
use crate::spec::problem::Problem;
use crate::spec::suggest::quoted;
use crate::spec::types::{AccessEntry, AccessEntryType, AuthenticationMode, Cluster, Spec};

/// EKS' quota, which cannot be raised.
const MAX_ENTRIES: usize = 3_000;
/// What no group and no user of an access entry may begin with.
const RESERVED: [&str; 5] = ["system:", "eks:", "aws:", "amazon:", "iam:"];
const SESSION_NAME: &str = "{{SessionName}}";

/// The whole section.
pub(super) fn check(spec: &Spec, root: &Place<'_>, context: &Context<'_>, problems: &mut Vec<Problem>) {
    let place = root.key("accessEntries");
    values::at_most(MAX_ENTRIES, spec.access_entries.len(), &place, problems);
    problems.extend(without_effect(spec, root));
    repeated(&spec.access_entries, &place, problems);
    let before = problems.len();
    let of_nodes = roles_of_nodes(spec);
    for (index, entry) in spec.access_entries.iter().enumerate() {
        problems.extend(of_a_nodegroup(&of_nodes, entry, &place.index(index)));
        check_entry(entry, &place.index(index), context, problems);
    }
    // What is wrong with a policy may be why nobody has it.
    if !problems[before..].iter().any(|problem| problem.path.contains("accessPolicies")) {
        problems.extend(without_administrator(spec, root));
    }
}

fn without_effect(spec: &Spec, root: &Place<'_>) -> Option<Problem> {
    let mode = spec.cluster.access_config.as_ref()?.authentication_mode;
    (mode == AuthenticationMode::ConfigMap && !spec.access_entries.is_empty()).then(|| {
        let place = root.key("cluster").key("accessConfig").key("authenticationMode");
        let message = "EKS takes no access entries with `authenticationMode: CONFIG_MAP`";
        let problem = place.problem_with_key(&root.key("accessEntries"), message);
        problem.hinted("set `cluster.accessConfig.authenticationMode` to `API_AND_CONFIG_MAP` or `API`")
    })
}

/// A new cluster whose creator is no administrator, and whose entries make nobody one. Without the section somebody else
/// takes care of the entries.
fn without_administrator(spec: &Spec, root: &Place<'_>) -> Option<Problem> {
    let entries = root.key("accessEntries");
    let nobody = entries.is_present() && !spec.access_entries.iter().any(administrates);
    (nobody && excludes_creator(&spec.cluster)).then(|| {
        let key = root.key("cluster").key("accessConfig").key("bootstrapClusterCreatorAdminPermissions");
        let message = "nobody would administer the cluster: neither who creates it nor any of `accessEntries`";
        entries.problem_with_key(&key, message).hinted(format!(
            "give one of them `{}`, or leave this key out: after the creation it has no effect",
            access_policy::CLUSTER_ADMIN
        ))
    })
}

fn excludes_creator(cluster: &Cluster) -> bool {
    let config = cluster.access_config.as_ref();
    config.is_some_and(|config| {
        config.bootstrap_cluster_creator_admin_permissions == Some(false)
            && config.authentication_mode != AuthenticationMode::ConfigMap
    })
}

fn administrates(entry: &AccessEntry) -> bool {
    entry.access_policies.iter().flatten().any(access_policy::administrates)
}

/// A principal has one entry. EKS compares ARNs; but two paths cannot both be that of one role.
fn repeated(entries: &[AccessEntry], place: &Place<'_>, problems: &mut Vec<Problem>) {
    let mut seen = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let Some(principal) = known(&entry.principal_arn) else { continue };
        let (_, kind, name) = principal;
        let place = place.index(index).key("principalArn");
        match seen.insert(principal, &entry.principal_arn) {
            None => {}
            Some(first) if *first == entry.principal_arn => {
                let problem = place.problem(format!("{} is listed twice", quoted(&entry.principal_arn)));
                problems.push(problem.hinted("a principal has one entry: make one of the two"));
            }
            Some(first) => {
                let message = format!("the {kind} {} is listed already, as {}", quoted(name), quoted(first));
                let hint =
                    "its name is unique in the account, so one of the two paths is wrong; IAM shows the right one";
                problems.push(place.problem(message).hinted(hint));
            }
        }
    }
}

/// What an IAM principal is known by, whatever its path: account, kind and name.
type Known<'a> = (&'a str, &'a str, &'a str);

fn known(arn: &str) -> Option<Known<'_>> {
    principal::of(arn).map(|principal| (principal.account, principal.kind, principal.name))
}

/// The first nodegroup of each role.
fn roles_of_nodes(spec: &Spec) -> BTreeMap<Known<'_>, &str> {
    let roles = spec.nodegroups.iter().filter_map(|group| Some((known(&group.node_role)?, &*group.nodegroup_name)));
    // What comes last stays.
    roles.rev().collect()
}

/// Nodes join by an entry for nodes. EKS makes it together with their group, unless their role has one of any type already.
fn of_a_nodegroup(of_nodes: &BTreeMap<Known<'_>, &str>, entry: &AccessEntry, place: &Place<'_>) -> Option<Problem> {
    let own = known(&entry.principal_arn)?;
    let group = of_nodes.get(&own)?;
    (entry.entry_type.unwrap_or(AccessEntryType::Standard) == AccessEntryType::Standard).then(|| {
        let message = format!(
            "{} is the role of the nodes of {}, which cannot join by an entry of the type `STANDARD`",
            quoted(own.2),
            quoted(group)
        );
        place
            .problem_with_value(&place.key("principalArn"), message)
            .hinted("leave it out: EKS makes the entry of a nodegroup's role itself")
    })
}

fn check_entry(entry: &AccessEntry, place: &Place<'_>, context: &Context<'_>, problems: &mut Vec<Problem>) {
    let entry_type = entry.entry_type.unwrap_or(AccessEntryType::Standard);
    problems.extend(principal::problem(&entry.principal_arn, entry_type, &place.key("principalArn"), context));
    if entry_type == AccessEntryType::Standard {
        groups(entry.kubernetes_groups.as_deref().unwrap_or_default(), &place.key("kubernetesGroups"), problems);
        problems.extend(username(entry.username.as_deref(), &place.key("username")));
    } else {
        of_standard_only(entry_type, place, problems);
    }
    let policies = entry.access_policies.as_deref().unwrap_or_default();
    access_policy::check(policies, entry_type, &place.key("accessPolicies"), context, problems);
    let tags_place = place.key("tags");
    tags::check_eks(&entry.tags, &tags_place, problems);
    tags::count_with(context.tags, &entry.tags, &tags_place, problems);
}

/// What EKS decides itself for the entry of a node.
fn of_standard_only(entry_type: AccessEntryType, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let keys = ["kubernetesGroups", "username"].map(|key| place.key(key));
    for key in keys.iter().filter(|key| key.is_present()) {
        let message = format!("an entry of the type `{entry_type}` takes no `{}`", key.name());
        problems.push(key.key_problem(message).hinted("EKS decides it for nodes; leave the key out"));
    }
}

fn groups(groups: &[String], place: &Place<'_>, problems: &mut Vec<Problem>) {
    values::distinct(groups, |index| place.index(index), problems);
    for (index, group) in groups.iter().enumerate() {
        let place = place.index(index);
        if group.is_empty() {
            problems.push(place.problem("the group's name is empty"));
        }
        problems.extend(reserved("group", group, &place).map(|problem| match group.as_str() {
            "system:masters" => {
                problem.hinted(format!(
                    "for administrators, list `{}` under `accessPolicies`",
                    access_policy::CLUSTER_ADMIN
                ))
            }
            _ => problem.hinted("choose another name, and bind that in the cluster"),
        }));
    }
}

fn username(name: Option<&str>, place: &Place<'_>) -> Option<Problem> {
    let name = name?;
    if name.is_empty() {
        return Some(place.problem("the user's name is empty").hinted("leave the key out to have EKS choose"));
    }
    if let Some(problem) = reserved("user", name, place) {
        return Some(problem.hinted("choose another name, or leave the key out to have EKS choose"));
    }
    let (before, _) = name.split_once(SESSION_NAME)?;
    (!before.contains(':')).then(|| {
        let problem = place.problem(format!("{} has no colon before `{SESSION_NAME}`", quoted(name)));
        problem
            .hinted(format!("whoever assumes the role chooses the session's name: write such as `ci:{SESSION_NAME}`"))
    })
}

fn reserved(what: &str, name: &str, place: &Place<'_>) -> Option<Problem> {
    let prefix = RESERVED.iter().find(|prefix| name.starts_with(**prefix))?;
    Some(place.problem(format!("the {what} {} begins with `{prefix}`, which EKS reserves", quoted(name))))
}
