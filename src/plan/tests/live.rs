//! A live account described by a file: everything that the file asks for, as it would be seen once it is there.
//!
//! The central type is [`Account`]. This is the one module of these tests that knows how resources are built; the
//! others see texts only. It invents nothing but what AWS fills in by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::{PIPELINE, parsed, role, short};
use crate::model::{Address, Blocker, Output, Outputs, Ownership, Principal, Ref, Seen, State};
use crate::plan::{Action, Plan, Refreshed, refresh};
use crate::resources::access_entry::AccessEntry;
use crate::resources::autoscaling_group::AutoscalingGroup;
use crate::resources::cluster::Cluster;
use crate::resources::nodegroup::Nodegroup;
use crate::resources::tags::{OWNERSHIP, ownership};
use crate::resources::{Live, Managed, Resource, desired};
use crate::spec::{Spec, Tags};

/// A health issue.
const NO_CAPACITY: &str = "AsgInstanceLaunchFailures: no capacity";

/// What was read from AWS.
#[derive(Clone)]
pub(super) struct Account(pub(super) Live);

/// An account with everything of the file: ready, ours, and read by the pipeline's role.
pub(super) fn live(file: &impl Display) -> Account {
    let spec = parsed(file);
    let mut account = nothing();
    for resource in desired(&spec, &account.0).into_iter().filter(|it| it.autoscaling_group().is_none()) {
        account = account.with(as_seen(resource, &spec));
    }
    for resource in autoscaling_groups(&spec, &account.0) {
        account = account.with(as_seen(resource, &spec));
    }
    account
}

/// An account without a cluster.
pub(super) fn nothing() -> Account {
    Account(Live::default()).caller(PIPELINE)
}

impl Account {
    fn with(mut self, seen: Seen<Resource>) -> Self {
        self.0.resources.insert(seen.resource.address(), seen);
        self
    }

    #[track_caller]
    fn change(mut self, address: &str, change: impl FnOnce(&mut Seen<Resource>)) -> Self {
        let seen = self.0.resources.get_mut(&named(address));
        change(seen.unwrap_or_else(|| panic!("{address} is not in this account")));
        self
    }

    fn change_group(self, nodegroup: &str, change: impl FnOnce(&mut AutoscalingGroup)) -> Self {
        self.change(&format!("autoscaling-group/{nodegroup}"), |seen| {
            let Resource::AutoscalingGroup(group) = &mut seen.resource else { panic!("another kind") };
            change(group);
        })
    }

    fn change_nodegroup(self, name: &str, change: impl FnOnce(&mut Nodegroup)) -> Self {
        self.change(&format!("nodegroup/{name}"), |seen| {
            let Resource::Nodegroup(group) = &mut seen.resource else { panic!("another kind") };
            change(group);
        })
    }

    fn change_cluster(self, change: impl FnOnce(&mut Cluster)) -> Self {
        self.change("cluster/runners", |seen| {
            let Resource::Cluster(cluster) = &mut seen.resource else { panic!("another kind") };
            change(cluster);
        })
    }

    /// Somebody else made it: it has no ownership tag.
    pub(super) fn foreign(self, address: &str) -> Self {
        self.change(address, |seen| {
            seen.ownership = Ownership::NotOurs;
            if let Some(tags) = tags(&mut seen.resource) {
                tags.remove(OWNERSHIP);
            }
        })
    }

    /// It has this status, as EKS spells it.
    pub(super) fn is(self, address: &str, status: &str) -> Self {
        let reported = format!("EKS reports {status}");
        self.change(address, |seen| {
            seen.state = match status {
                "DEGRADED" => State::Degraded(vec![NO_CAPACITY.to_owned()]),
                "CREATING" => State::Making(status.to_owned()),
                "UPDATING" => State::Working(status.to_owned()),
                "DELETING" => State::Leaving(status.to_owned()),
                "CREATE_FAILED" | "FAILED" => State::Broken(reported),
                "DELETE_FAILED" => {
                    State::Stuck(Blocker::new(reported, "look at it in AWS; once it is repaired or deleted, run again"))
                }
                _ => panic!("no resource is {status}"),
            };
            if status == "DEGRADED" {
                seen.notes.push(NO_CAPACITY.to_owned());
            }
        })
    }

    /// It is not there.
    pub(super) fn without(mut self, address: &str) -> Self {
        assert!(self.0.resources.remove(&named(address)).is_some(), "{address} is not in this account");
        self
    }

    /// Whoever looks has this ARN.
    pub(super) fn caller(mut self, arn: &str) -> Self {
        self.0.facts.caller = Principal::of(arn);
        self
    }

    /// Somebody put a tag on it.
    pub(super) fn tagged(self, address: &str, key: &str, value: &str) -> Self {
        self.change(address, |seen| {
            let tags = tags(&mut seen.resource).unwrap_or_else(|| panic!("{address} has no tags here"));
            tags.insert(key.to_owned(), Some(value.to_owned()));
        })
    }

    /// An Auto Scaling group's instances inherit this tag.
    pub(super) fn inherited(self, nodegroup: &str, key: &str) -> Self {
        self.change_group(nodegroup, |group| group.propagated.extend([key.to_owned()]))
    }

    /// AWS itself suspended a process.
    pub(super) fn suspended_by_aws(self, nodegroup: &str, process: &str) -> Self {
        self.change_group(nodegroup, |group| group.suspended_by_aws.extend([process.to_owned()]))
    }

    /// A service alone may change an Auto Scaling group.
    pub(super) fn operated_by(self, nodegroup: &str, service: &str) -> Self {
        self.change_group(nodegroup, |group| group.operator = Some(service.to_owned()))
    }

    /// EKS does not show how a group is updated, as long as it makes the group.
    pub(super) fn hides_update_config(self, nodegroup: &str) -> Self {
        self.change_nodegroup(nodegroup, |group| group.update = crate::resources::nodegroup::Update::default())
    }

    /// EKS names no version.
    pub(super) fn hides_version(self, nodegroup: &str) -> Self {
        self.change_nodegroup(nodegroup, |group| group.version = None)
    }

    /// EKS Auto Mode is on.
    pub(super) fn auto_mode(self) -> Self {
        self.change_cluster(|cluster| cluster.auto_mode = true)
    }

    /// This account as it is, and what another one has beside it.
    pub(super) fn and(mut self, other: &Self) -> Self {
        for (address, seen) in &other.0.resources {
            self.0.resources.entry(address.clone()).or_insert_with(|| seen.clone());
        }
        self
    }

    /// It is there since a moment ago.
    pub(super) fn just_created(self, address: &str) -> Self {
        self.change(address, |seen| seen.is_new = true)
    }

    /// What there is, under the addresses of a file, as a reading pairs the two.
    pub(super) fn paired(&self, spec: &Spec) -> Live {
        let mut live = Live { facts: self.0.facts.clone(), ..Live::default() };
        live.take_in(self.0.resources.values().cloned(), &desired(spec, &Live::default()));
        live
    }

    /// The addresses of everything that is there.
    pub(super) fn addresses(&self) -> Vec<String> {
        self.0.resources.keys().map(ToString::to_string).collect()
    }
}

/// What an apply leaves: everything as the file says, and of what the file does not have, whatever was not deleted.
pub(super) fn applied(file: &impl Display, before: &Account, deleted: &BTreeSet<String>) -> Account {
    let mut after = Account(Live { facts: before.0.facts.clone(), ..live(file).0 });
    for (address, seen) in &before.0.resources {
        let parent = seen.resource.parent();
        let is_gone =
            [Some(address), parent.as_ref()].into_iter().flatten().any(|it| deleted.contains(&it.to_string()));
        match after.0.resources.get_mut(address) {
            // Whoever made it did so once and for all.
            Some(same) if !is_gone => same.ownership = seen.ownership.clone(),
            None if !is_gone => after = after.with(seen.clone()),
            Some(_) | None => {}
        }
    }
    after
}

/// The actions that would be found to do more than was shown although nothing has changed since. Not those that start
/// from what an earlier action leaves.
pub(super) fn exceeded_at_the_same_look(plan: &Plan, account: &Account) -> Vec<String> {
    let seen = |action: &Action| account.0.get(&action.address).filter(|it| action.from.as_ref() == Some(&it.resource));
    let outcomes = plan.actions.iter().filter_map(|action| Some((action, refresh(action, Some(seen(action)?)))));
    let more = outcomes.filter(|(_, outcome)| matches!(outcome, Refreshed::Exceeds(_) | Refreshed::UpToDate));
    more.map(|(action, outcome)| format!("{}: {outcome:?}", action.id)).collect()
}

/// What becomes of one action of a plan when the account is looked at again right before it is sent.
#[track_caller]
pub(super) fn refreshed(plan: &Plan, id: &str, account: &Account) -> String {
    let action = plan.actions.iter().find(|action| short(&action.id.0) == id);
    let action = action.unwrap_or_else(|| panic!("{id} is not planned: {:?}", super::text::text(plan)));
    match refresh(action, account.0.get(&action.address)) {
        Refreshed::UpToDate => "up to date".to_owned(),
        Refreshed::Busy(status) => format!("busy: {status}"),
        Refreshed::InProgressElsewhere => "in progress elsewhere".to_owned(),
        Refreshed::Exceeds(why) => format!("exceeds: {}", short(&why)),
        Refreshed::Proceed(action) => {
            let changes = action.changes.iter().map(super::text::field);
            let disruption = action.disruption.iter().map(super::text::disruption);
            short(&format!("proceed: {}", changes.chain(disruption).collect::<Vec<String>>().join("; ")))
        }
    }
}

/// How one action of a later plan goes beyond the same action of an earlier one.
#[track_caller]
pub(super) fn exceeded(id: &str, earlier: &Plan, later: &Plan) -> Option<String> {
    let of = |plan: &Plan| plan.actions.iter().find(|action| short(&action.id.0) == id).cloned();
    let (earlier, later) = (of(earlier).expect("it is planned"), of(later).expect("it is planned"));
    crate::plan::exceeds(&earlier, &later)
}

/// What one action relies on.
#[track_caller]
pub(super) fn reliance(plan: &Plan, id: &str) -> Vec<String> {
    let action = plan.actions.iter().find(|action| short(&action.id.0) == id).expect("it is planned");
    let on = action.relies.iter().flat_map(|relies| &relies.on);
    on.map(|resource| short(&resource.address().to_string())).collect()
}

/// An address whose entries may be named by their role alone.
fn named(address: &str) -> Address {
    let (kind, name) = address.split_once('/').expect("an address has a kind");
    let name = if kind == AccessEntry::KIND && !name.contains(':') { role(name) } else { name.to_owned() };
    Address::new(kind.to_owned(), name)
}

/// Of every nodegroup, also of those whose Auto Scaling group the file leaves alone.
fn autoscaling_groups(spec: &Spec, live: &Live) -> Vec<Resource> {
    let mut all: BTreeMap<Address, Resource> = BTreeMap::new();
    for group in live.resources.values().filter_map(|seen| seen.resource.nodegroup()) {
        let plain = AutoscalingGroup {
            cluster: group.cluster.clone(),
            nodegroup: group.name.clone(),
            names: Ref::Literal(group_name(&group.name)),
            ..AutoscalingGroup::default()
        };
        let born = Resource::AutoscalingGroup(plain.created_by_parent().unwrap_or(plain));
        all.insert(born.address(), born);
    }
    let wanted = desired(spec, live).into_iter().filter(|it| it.autoscaling_group().is_some());
    all.extend(wanted.map(|resource| (resource.address(), resource)));
    all.into_values().collect()
}

/// Where the tests change tags. A kind without tests of its own here need not be listed.
#[expect(clippy::wildcard_enum_match_arm, reason = "a new kind needs no line here")]
fn tags(resource: &mut Resource) -> Option<&mut Tags> {
    match resource {
        Resource::Cluster(it) => Some(&mut it.tags),
        Resource::AccessEntry(it) => Some(&mut it.tags),
        Resource::Nodegroup(it) => Some(&mut it.tags),
        Resource::AutoscalingGroup(it) => Some(&mut it.tags),
        _ => None,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a new kind needs no line here")]
fn as_seen(resource: Resource, spec: &Spec) -> Seen<Resource> {
    match resource {
        Resource::Cluster(it) => {
            let path = format!("cluster/{}", it.name);
            of_eks(Resource::Cluster(cluster(it)), &path, Outputs::default())
        }
        Resource::AccessEntry(it) => {
            let path = format!("access-entry/{}/{}", it.cluster, short(&it.principal));
            let outputs = Outputs::default().with(Output::Id, Some(&*it.principal));
            of_eks(Resource::AccessEntry(access_entry(it)), &path, outputs)
        }
        Resource::Nodegroup(it) => {
            let path = format!("nodegroup/{}/{}/1", it.cluster, it.name);
            let outputs = Outputs::default().with(Output::GroupNames, Some(group_name(&it.name)));
            of_eks(Resource::Nodegroup(nodegroup(it, spec)), &path, outputs)
        }
        Resource::AutoscalingGroup(it) => Seen::new(Resource::AutoscalingGroup(autoscaling_group(it, spec))),
        other => {
            let path = other.address().to_string();
            of_eks(other, &path, Outputs::default())
        }
    }
}

/// Ours, and with the ARN by which it could become so.
fn of_eks(resource: Resource, path: &str, outputs: Outputs) -> Seen<Resource> {
    let arn = format!("arn:aws:eks:us-east-1:111122223333:{path}");
    Seen {
        ownership: Ownership::Ours,
        adopt: Some(format!("aws eks tag-resource --resource-arn {arn} --tags {OWNERSHIP}=us-east-1/runners")),
        outputs: outputs.with(Output::Arn, Some(&*arn)),
        uid: Some(arn),
        ..Seen::new(resource)
    }
}

/// What EKS calls the Auto Scaling group of a nodegroup.
fn group_name(nodegroup: &str) -> String {
    format!("eks-{nodegroup}-1")
}

/// The listed tags and our mark, as only a create call leaves them.
fn made(listed: Tags, region: &str, cluster: &str) -> Tags {
    let listed = listed.into_iter().filter(|(_, value)| value.is_some());
    listed.chain([(OWNERSHIP.to_owned(), Some(ownership(region, cluster)))]).collect()
}

fn or(listed: Option<String>, default: &str) -> Option<String> {
    listed.or_else(|| Some(default.to_owned()))
}

fn cluster(wanted: Cluster) -> Cluster {
    Cluster {
        tags: made(wanted.tags, &wanted.region, &wanted.name),
        version: or(wanted.version, "1.34"),
        security_group_ids: wanted.security_group_ids.or(Some(BTreeSet::new())),
        endpoint_public_access: wanted.endpoint_public_access.or(Some(true)),
        endpoint_private_access: wanted.endpoint_private_access.or(Some(false)),
        public_access_cidrs: wanted.public_access_cidrs.or(Some(BTreeSet::from(["0.0.0.0/0".to_owned()]))),
        authentication_mode: or(wanted.authentication_mode, "API_AND_CONFIG_MAP"),
        bootstrap_creator_admin: None,
        bootstrap_addons: None,
        service_ipv4_cidr: or(wanted.service_ipv4_cidr, "10.100.0.0/16"),
        ip_family: or(wanted.ip_family, "ipv4"),
        zonal_shift: wanted.zonal_shift.or(Some(false)),
        scaling_tier: or(wanted.scaling_tier, "standard"),
        support_type: or(wanted.support_type, "EXTENDED"),
        logging: wanted.logging.or(Some(BTreeSet::new())),
        deletion_protection: wanted.deletion_protection.or(Some(false)),
        auto_mode: false,
        extended_support: false,
        name: wanted.name,
        region: wanted.region,
        role_arn: wanted.role_arn,
        subnet_ids: wanted.subnet_ids,
    }
}

fn access_entry(wanted: AccessEntry) -> AccessEntry {
    AccessEntry {
        tags: made(wanted.tags, &wanted.region, &wanted.cluster),
        entry_type: or(wanted.entry_type, "STANDARD"),
        kubernetes_groups: wanted.kubernetes_groups.or(Some(BTreeSet::new())),
        username: wanted.username.or(Some(wanted.principal.clone())),
        policies: wanted.policies.or(Some(BTreeMap::new())),
        callers: false,
        creators: false,
        possible: true,
        cluster: wanted.cluster,
        region: wanted.region,
        name: wanted.name,
        principal: wanted.principal,
    }
}

fn nodegroup(wanted: Nodegroup, spec: &Spec) -> Nodegroup {
    let mut seen = Nodegroup {
        tags: made(wanted.tags, &wanted.region, &wanted.cluster),
        ami_type: or(wanted.ami_type, "AL2023_x86_64_STANDARD"),
        instance_types: wanted.instance_types.or(Some(vec!["t3.medium".to_owned()])),
        capacity_type: or(wanted.capacity_type, "ON_DEMAND"),
        disk_size: wanted.disk_size.or(Some(20)),
        version: or(wanted.version.or(spec.cluster.version.clone()), "1.34"),
        release_version: or(wanted.release_version, "1.34.1-20251016"),
        labels: wanted.labels.or(Some(BTreeMap::new())),
        taints: wanted.taints.or(Some(BTreeSet::new())),
        consents: false,
        ..wanted
    };
    seen.scaling.autoscaled = false;
    seen.scaling.min_size = seen.scaling.min_size.or(Some(1));
    seen.scaling.max_size = seen.scaling.max_size.or(Some(2));
    seen.scaling.desired_size = seen.scaling.desired_size.or(seen.scaling.min_size);
    if seen.update.max_unavailable_percentage.is_none() {
        seen.update.max_unavailable = seen.update.max_unavailable.or(Some(1));
    }
    seen.update.update_strategy = or(seen.update.update_strategy, "DEFAULT");
    seen.repair.enabled = seen.repair.enabled.or(Some(false));
    seen.repair.overrides = seen.repair.overrides.or(Some(BTreeSet::new()));
    seen.warm_pool.enabled = seen.warm_pool.enabled.or(Some(false));
    seen
}

fn autoscaling_group(wanted: AutoscalingGroup, spec: &Spec) -> AutoscalingGroup {
    let born = wanted.created_by_parent().unwrap_or_default();
    let listed = wanted.tags.into_iter().filter(|(_, value)| value.is_some());
    let size = spec.nodegroups.iter().find(|group| group.nodegroup_name == wanted.nodegroup);
    let size = size.and_then(|group| group.scaling_config.as_ref()).and_then(|it| it.desired_size.or(it.min_size));
    AutoscalingGroup {
        tags: born.tags.into_iter().filter(|(key, _)| key.contains(':') || key.contains('/')).chain(listed).collect(),
        suspended: wanted.suspended.or(Some(BTreeSet::new())),
        nodes: size.unwrap_or(1),
        consents: false,
        ambiguous_taints: BTreeSet::new(),
        ..wanted
    }
}
