//! Random files and random accounts, from a small grammar: few names and few values, so that they often meet.
//!
//! The central type is [`Scenario`]. Only sensible files come out, for a file with a mistake never reaches the planner.
//! Not here: what must hold for all of them (`properties.rs`).

use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::live::{Account, live, nothing};
use super::{ADMIN, File, PIPELINE, VIEW, cluster, parsed, role};
use crate::spec::Spec;

/// A file, an account, and the flags of a command.
#[derive(Debug, Clone)]
pub(super) struct Scenario {
    file: Picture,
    there: Option<Picture>,
    caller: String,
    moods: Vec<(&'static str, Option<&'static str>, bool)>,
    pub(super) flags: String,
}

/// What a file says, or what an account is made from.
#[derive(Debug, Clone)]
struct Picture {
    version: Option<u32>,
    mode: Option<&'static str>,
    creator: bool,
    settings: Vec<&'static str>,
    entries: Vec<(&'static str, String)>,
    groups: Vec<(&'static str, Group)>,
}

#[derive(Debug, Clone)]
struct Group {
    version: Option<u32>,
    scaling: (i32, i32, Option<i32>),
    scaled_by: &'static str,
    suspended: Option<Vec<&'static str>>,
    settings: Vec<&'static str>,
}

impl Scenario {
    pub(super) fn file(&self) -> File {
        self.file.file()
    }

    pub(super) fn spec(&self) -> Spec {
        parsed(&self.file())
    }

    pub(super) fn account(&self) -> Account {
        let Some(there) = &self.there else { return nothing().caller(&self.caller) };
        let account = live(&there.file()).caller(&self.caller);
        let addresses = account.addresses();
        let is_there = |address: &str| addresses.iter().any(|it| it.replace(&role(""), "") == address);
        let moods = self.moods.iter().filter(|(address, ..)| is_there(address));
        moods.fold(account, |account, (address, status, foreign)| {
            let account = if *foreign { account.foreign(address) } else { account };
            match status {
                Some("gone") => account.without(address),
                Some(status) => account.is(address, status),
                None => account,
            }
        })
    }
}

impl Picture {
    fn file(&self) -> File {
        let version = self.version.map(|minor| format!("version: '1.{minor}'"));
        let entries = if self.mode == Some("CONFIG_MAP") { &[][..] } else { &self.entries };
        let administered = entries.is_empty() || entries.iter().any(|(_, settings)| settings.contains(ADMIN));
        let closed = !self.creator && administered && self.mode != Some("CONFIG_MAP");
        let creator = if closed { ", bootstrapClusterCreatorAdminPermissions: false" } else { "" };
        let mode = self.mode.map(|mode| format!("accessConfig: {{ authenticationMode: {mode}{creator} }}"));
        let settings = self.settings.iter().map(|&it| it.to_owned());
        let settings: Vec<String> = version.into_iter().chain(mode).chain(settings).collect();
        let file = cluster(&settings.join(", "));
        let file = entries.iter().fold(file, |file, (name, settings)| file.entry(name, settings));
        self.groups.iter().fold(file, |file, (name, group)| file.group(name, &group.settings(self.version)))
    }
}

impl Group {
    fn settings(&self, control_plane: Option<u32>) -> String {
        let version = self.version.map(|minor| control_plane.map_or(minor, |limit| limit.min(minor)));
        let (min, spread, desired) = self.scaling;
        let desired = desired.map(|it| format!(", desiredSize: {}", min + it.min(spread))).unwrap_or_default();
        let suspended = self.suspended.as_ref().filter(|_| self.scaled_by != "unmanaged");
        let suspended = suspended.map(|list| format!(", suspendedProcesses: [{}]", list.join(", ")));
        let scaling = format!("scalingConfig: {{ minSize: {min}, maxSize: {}{desired} }}", min + spread);
        let autoscaling =
            format!("autoscaling: {{ clusterAutoscaler: {}{} }}", self.scaled_by, suspended.unwrap_or_default());
        let settings = self.settings.iter().map(|&it| it.to_owned());
        let version = version.map(|minor| format!("version: '1.{minor}'"));
        version.into_iter().chain([scaling, autoscaling]).chain(settings).collect::<Vec<String>>().join(", ")
    }
}

/// Everything that can happen.
pub(super) fn scenario() -> BoxedStrategy<Scenario> {
    let flags = ["--prune", "--allow-disruption", "--allow-irreversible", "--disable-deletion-protection"];
    let targets = ["nodegroup/a", "nodegroup/*", "access-entry/*", "autoscaling-group/b", "cluster/runners", "nowhere"];
    let targets = prop_oneof![3 => Just(vec![]), 1 => subsequence(targets.to_vec(), 1..=2)];
    let flags = (subsequence(flags.to_vec(), 0..=4), targets).prop_map(|(flags, targets)| {
        let targets: Vec<String> = targets.iter().map(|target| format!("--target {target}")).collect();
        format!("{} {}", flags.join(" "), targets.join(" "))
    });
    of(moods(), flags.boxed())
}

/// What can be applied as a whole: everything is agreed to, and nothing needs a person.
pub(super) fn agreeable() -> BoxedStrategy<Scenario> {
    let flags = ["--allow-disruption --allow-irreversible", "--prune --allow-disruption --allow-irreversible"];
    let moods = moods().prop_map(|mut moods: Vec<Mood>| {
        moods.retain(|(_, status, _)| !matches!(status, Some("FAILED" | "DELETE_FAILED")));
        moods
    });
    of(moods.boxed(), select(flags.to_vec()).prop_map(str::to_owned).boxed())
}

fn of(moods: BoxedStrategy<Vec<Mood>>, flags: BoxedStrategy<String>) -> BoxedStrategy<Scenario> {
    let callers = vec![PIPELINE.to_owned(), role("alice"), "arn:aws:iam::111122223333:root".to_owned()];
    let there = prop_oneof![1 => Just(None), 8 => picture().prop_map(Some)].boxed();
    let all = (picture(), there, select(callers), moods, flags);
    all.prop_map(|(file, there, caller, moods, flags)| Scenario { file, there, caller, moods, flags }).boxed()
}

/// An address, its status if it is a particular one, and whether somebody else made it.
type Mood = (&'static str, Option<&'static str>, bool);

fn moods() -> BoxedStrategy<Vec<Mood>> {
    let of = |address: &'static str, statuses: &[&'static str]| {
        let status = prop_oneof![5 => Just(None), 1 => select(statuses.to_vec()).prop_map(Some)];
        (Just(address), status, prop::bool::weighted(0.2)).boxed()
    };
    let groups = ["UPDATING", "CREATING", "DELETING", "CREATE_FAILED", "DELETE_FAILED", "DEGRADED"];
    let groups = ["nodegroup/a", "nodegroup/b", "nodegroup/c"].map(|address| of(address, &groups));
    let entry = (Just("access-entry/alice"), Just(None), any::<bool>()).boxed();
    let cluster = of("cluster/runners", &["UPDATING", "UPDATING", "CREATING", "DELETING", "FAILED"]);
    let all: Vec<BoxedStrategy<Mood>> =
        groups.into_iter().chain([cluster, entry, of("autoscaling-group/a", &["gone"])]).collect();
    all.boxed()
}

fn picture() -> BoxedStrategy<Picture> {
    let modes = vec!["CONFIG_MAP", "API_AND_CONFIG_MAP", "API", "API"];
    let settings = one_of_each(&[
        &["logging: []", "logging: [api]", "logging: [api, audit]"],
        &["deletionProtection: true", "deletionProtection: false"],
        &["upgradePolicy: { supportType: STANDARD }"],
        &[
            "resourcesVpcConfig: { SUBNETS, publicAccessCidrs: [203.0.113.0/24] }",
            "resourcesVpcConfig: { SUBNETS, publicAccessCidrs: [203.0.113.0/25, 192.0.2.0/24] }",
            "resourcesVpcConfig: { SUBNETS, endpointPublicAccess: false, endpointPrivateAccess: true }",
        ],
        &["tags: { t: u }", "tags: { t: null }"],
    ]);
    let (version, mode) = (option::of(33..=35_u32), option::of(select(modes)));
    let (entries, groups) = (members(["alice", "bob", "pipeline"], entry), members(["a", "b", "c"], group));
    let all = (version, mode, prop::bool::weighted(0.8), settings, entries, groups);
    all.prop_map(|(version, mode, creator, settings, entries, groups)| Picture {
        version,
        mode,
        creator,
        settings,
        entries,
        groups,
    })
    .boxed()
}

/// Of each list one setting or none.
fn one_of_each(lists: &[&[&'static str]]) -> BoxedStrategy<Vec<&'static str>> {
    let one = |list: &&[&'static str]| option::of(select(list.to_vec())).boxed();
    let all: Vec<BoxedStrategy<Option<&'static str>>> = lists.iter().map(one).collect();
    all.prop_map(|settings| settings.into_iter().flatten().collect()).boxed()
}

/// Each of three, if it is there at all.
fn members<T: Clone + std::fmt::Debug + 'static>(
    names: [&'static str; 3],
    each: fn() -> BoxedStrategy<T>,
) -> BoxedStrategy<Vec<(&'static str, T)>> {
    let member = |name: &'static str| option::weighted(0.6, (Just(name), each())).boxed();
    let all: Vec<BoxedStrategy<Option<(&'static str, T)>>> = names.into_iter().map(member).collect();
    all.prop_map(|members| members.into_iter().flatten().collect()).boxed()
}

fn entry() -> BoxedStrategy<String> {
    let namespaced = "accessPolicies: [{ policyArn: AmazonEKSClusterAdminPolicy, accessScope: { type: namespace, \
                      namespaces: [ci] } }]";
    let settings = one_of_each(&[
        &["accessPolicies: []", VIEW, ADMIN, ADMIN, namespaced],
        &["kubernetesGroups: []", "kubernetesGroups: [g]", "kubernetesGroups: [g, h]"],
        &["username: u", "username: v"],
    ]);
    settings.prop_map(|settings| settings.join(", ")).boxed()
}

fn group() -> BoxedStrategy<Group> {
    let settings = one_of_each(&[
        &["labels: {}", "labels: { l: m }", "labels: { l: n, o: p }"],
        &[
            "taints: []",
            "taints: [{ key: k, value: v, effect: NoSchedule }]",
            "taints: [{ key: k, value: w, effect: NoExecute }]",
        ],
        &["updateConfig: { maxUnavailable: 1 }", "updateConfig: { maxUnavailable: 2 }"],
        &["diskSize: 20", "diskSize: 20", "diskSize: 20", "diskSize: 50"],
        &["disruption: allow"],
        &["tags: { t: u }", "tags: { t: null }"],
    ]);
    let scaling = (0..=2, 1..=3, option::of(0..=3));
    let scaled_by = select(vec!["managed", "managed", "excluded", "unmanaged"]);
    let suspended = option::of(subsequence(vec!["AZRebalance", "HealthCheck"], 0..=2));
    let all = (option::weighted(0.4, 32..=35_u32), scaling, scaled_by, suspended, settings);
    all.prop_map(|(version, scaling, scaled_by, suspended, settings)| Group {
        version,
        scaling,
        scaled_by,
        suspended,
        settings,
    })
    .boxed()
}
