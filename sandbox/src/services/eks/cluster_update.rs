//! Changing a cluster: one category at a time, each an asynchronous update. The central type
//! is [`Case`].
//!
//! Not here: carrying the change out when its time has come (`advance`).

use std::collections::BTreeSet;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::catalogue::{self, Support, minor};
use super::cluster::{EGRESS_MODES, TIERS, log_types, reachable, supported};
use super::input::{UpdateClusterConfig, UpdateClusterVersion, VpcConfigUpdate};
use super::state::{Cluster, ClusterChange, ClusterStatus, NodegroupStatus};
use super::validate::{self, ensure, one_of};
use super::{describe as show, durations, rollback};
use crate::kernel::refusal::Refusal;
use crate::services::ec2::state::State as Ec2;
use crate::services::eks::refusal::{in_use, invalid_parameter, invalid_request};
use crate::services::eks::token::CLIENT_REQUEST_TOKEN;
use crate::wire::operation::{Kind, Operation};
use crate::world::World;

/// How far nodes may be behind the control plane (facts §4 skew gate).
const SKEW: u32 = 3;

type Planned = super::update::Planned<ClusterChange>;

/// What a category's check may look at.
struct Case<'a> {
    now: SystemTime,
    ec2: &'a Ec2,
    cluster: &'a Cluster,
    input: &'a UpdateClusterConfig,
}

/// One category of `UpdateClusterConfig`: whether it is in the request, its update type, and its check.
type Category = (bool, &'static str, fn(&Case<'_>) -> Result<Planned, Refusal>);

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "eks:UpdateClusterConfig",
        route: "POST /clusters/{name}/update-config",
        kind: Kind::StartsUpdate,
        token: Some(CLIENT_REQUEST_TOKEN),
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| config(world, &call.input()?),
    },
    Operation {
        name: "eks:UpdateClusterVersion",
        route: "POST /clusters/{name}/updates",
        kind: Kind::StartsUpdate,
        token: Some(CLIENT_REQUEST_TOKEN),
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| version(world, &call.input()?),
    },
];

fn config(world: &mut World, input: &UpdateClusterConfig) -> Result<Value, Refusal> {
    let cluster = world.cluster(&input.name)?;
    let vpc = input.resources_vpc_config.as_ref();
    let categories: [Category; 9] = [
        (input.logging.is_some(), "LoggingUpdate", logging),
        (vpc.is_some_and(VpcConfigUpdate::is_of_endpoint), "EndpointAccessUpdate", endpoint_access),
        (vpc.is_some_and(VpcConfigUpdate::is_of_network), "VpcConfigUpdate", network),
        (vpc.is_some_and(|vpc| vpc.control_plane_egress_mode.is_some()), "ControlPlaneEgressUpdate", egress),
        (input.access_config.is_some(), "AccessConfigUpdate", authentication_mode),
        (input.upgrade_policy.is_some(), "UpgradePolicyUpdate", upgrade_policy),
        (input.zonal_shift_config.is_some(), "ZonalShiftConfigUpdate", zonal_shift),
        (input.deletion_protection.is_some(), "DeletionProtectionUpdate", deletion_protection),
        (input.control_plane_scaling_config.is_some(), "ControlPlaneScalingConfigUpdate", scaling_tier),
    ];
    let mut asked = categories.into_iter().filter(|(present, ..)| *present);
    let planned = match (asked.next(), asked.next()) {
        (None, _) => Err(invalid_parameter("No changes needed: nothing was given")),
        // facts §0.1
        (_, Some(_)) => Err(invalid_parameter("Only one type of update can be allowed.")),
        (Some((_, kind, check)), None) => {
            ready(cluster, kind).and_then(|()| check(&Case { now: world.now, ec2: world.ec2(), cluster, input }))
        }
    };
    begin(world, &input.name, planned.map_err(|refusal| refusal.of_cluster(&input.name))?)
}

fn version(world: &mut World, input: &UpdateClusterVersion) -> Result<Value, Refusal> {
    let (now, strict) = (world.now, world.settings.switches.nodegroups_must_match);
    let cluster = world.cluster(&input.name)?;
    let planned = ready(cluster, "VersionUpdate")
        .and_then(|()| rollback::planned(now, cluster, input))
        .and_then(|rollback| rollback.map_or_else(|| next_version(now, cluster, &input.version, strict), Ok));
    begin(world, &input.name, planned.map_err(|refusal| refusal.of_cluster(&input.name))?)
}

fn begin(world: &mut World, name: &str, planned: Planned) -> Result<Value, Refusal> {
    let (update, polls) = (planned.begin(world), world.settings.switches.polls_still_active);
    let shown = show::update(&update);
    let cluster = world.cluster_mut(name)?;
    cluster.updates.insert(update.id.clone(), update);
    cluster.status = ClusterStatus::Updating;
    cluster.polls_still_active = polls;
    Ok(json!({ "update": shown }))
}

/// One update at a time, of a cluster that is in service (facts §0.1, §2.1).
fn ready(cluster: &Cluster, kind: &str) -> Result<(), Refusal> {
    let name = &cluster.name;
    if let Some(update) = cluster.update_in_flight() {
        let id = &update.id;
        return Err(in_use(format!("Cannot {kind} because cluster {name} currently has update {id} in progress")));
    }
    ensure(cluster.status == ClusterStatus::Active, || {
        invalid_request(format!("Cluster '{name}' is not in ACTIVE status"))
    })
}

/// facts §0.2
fn no_changes(what: &str) -> Refusal {
    invalid_parameter(format!("No changes needed for the {what} provided"))
}

/// facts §1.1 logging
fn logging(Case { cluster, input, .. }: &Case<'_>) -> Result<Planned, Refusal> {
    let after = log_types(input.logging.as_ref(), &cluster.log_types)?;
    ensure(after != cluster.log_types, || no_changes("logging config"))?;
    let setups: Vec<Value> = input
        .logging
        .iter()
        .flat_map(|logging| &logging.cluster_logging)
        .map(|setup| json!({ "types": setup.types, "enabled": setup.enabled }))
        .collect();
    Ok(Planned {
        kind: "LoggingUpdate",
        params: vec![("ClusterLogging", json!({ "clusterLogging": setups }).to_string())],
        change: ClusterChange::Logging(after),
        duration: durations::LOGGING_UPDATE,
    })
}

/// facts §1.1 endpointPublicAccess, publicAccessCidrs: one category, and the CIDRs stay as they are while not public
fn endpoint_access(Case { cluster, input, .. }: &Case<'_>) -> Result<Planned, Refusal> {
    let nothing = VpcConfigUpdate::default();
    let asked = input.resources_vpc_config.as_ref().unwrap_or(&nothing);
    let public = asked.endpoint_public_access.unwrap_or(cluster.endpoint_public_access);
    let private = asked.endpoint_private_access.unwrap_or(cluster.endpoint_private_access);
    reachable(public, private)?;
    let given = asked.public_access_cidrs.as_deref().map(validate::public_access_cidrs).transpose()?;
    let cidrs = given.filter(|_| public).unwrap_or_else(|| cluster.public_access_cidrs.clone());
    let same_cidrs = is_same_set(&cidrs, &cluster.public_access_cidrs);
    let same = public == cluster.endpoint_public_access && private == cluster.endpoint_private_access && same_cidrs;
    // facts §0.2
    ensure(!same, || {
        invalid_parameter(format!(
            "Cluster is already at the desired configuration with endpointPrivateAccess: {private} , \
             endpointPublicAccess: {public}, and Public Endpoint Restrictions: [{}]",
            cidrs.join(", ")
        ))
    })?;
    Ok(Planned {
        kind: "EndpointAccessUpdate",
        params: vec![
            ("EndpointPublicAccess", public.to_string()),
            ("EndpointPrivateAccess", private.to_string()),
            ("PublicAccessCidrs", json!(cidrs).to_string()),
        ],
        change: ClusterChange::Endpoint { public, private, cidrs },
        duration: durations::ENDPOINT_ACCESS_UPDATE,
    })
}

/// As sets: their order means nothing.
fn is_same_set(some: &[String], others: &[String]) -> bool {
    BTreeSet::from_iter(some) == BTreeSet::from_iter(others)
}

impl VpcConfigUpdate {
    /// Whether it says where the control plane's interfaces are.
    fn is_of_network(&self) -> bool {
        self.subnet_ids.is_some() || self.security_group_ids.is_some()
    }

    /// Whether it says who reaches the API server, or nothing at all.
    fn is_of_endpoint(&self) -> bool {
        let access = self.endpoint_public_access.is_some() || self.endpoint_private_access.is_some();
        let of_others = self.is_of_network() || self.control_plane_egress_mode.is_some();
        access || self.public_access_cidrs.is_some() || !of_others
    }
}

/// facts §1.1 subnetIds, securityGroupIds: what is omitted stays; the VPC and the set of zones cannot change
fn network(Case { ec2, cluster, input, .. }: &Case<'_>) -> Result<Planned, Refusal> {
    let asked = input.resources_vpc_config.as_ref();
    let subnet_ids = asked.and_then(|asked| asked.subnet_ids.as_ref()).unwrap_or(&cluster.subnet_ids);
    let security_group_ids =
        asked.and_then(|asked| asked.security_group_ids.as_ref()).unwrap_or(&cluster.security_group_ids);
    let (vpc, zones) = validate::network(ec2, subnet_ids)?;
    ensure(vpc == cluster.vpc_id, || {
        invalid_parameter(format!("Subnets specified must be in the VPC of the cluster, {}", cluster.vpc_id))
    })?;
    validate::spans_two_zones(&zones)?;
    let (_, before) = validate::network(ec2, &cluster.subnet_ids)?;
    ensure(zones == before, || {
        let list = |zones: &BTreeSet<String>| zones.iter().cloned().collect::<Vec<_>>().join(", ");
        invalid_parameter(format!(
            "Subnets specified must be in the same set of availability zones as at the creation of the cluster, [{}], \
             not [{}]",
            list(&before),
            list(&zones)
        ))
    })?;
    validate::security_groups(ec2, security_group_ids, &vpc)?;
    let same =
        is_same_set(subnet_ids, &cluster.subnet_ids) && is_same_set(security_group_ids, &cluster.security_group_ids);
    ensure(!same, || no_changes("VPC config"))?;
    Ok(Planned {
        kind: "VpcConfigUpdate",
        params: vec![
            ("Subnets", json!(subnet_ids).to_string()),
            ("SecurityGroups", json!(security_group_ids).to_string()),
        ],
        change: ClusterChange::Vpc { subnet_ids: subnet_ids.clone(), security_group_ids: security_group_ids.clone() },
        duration: durations::VPC_CONFIG_UPDATE,
    })
}

/// facts §1.1 controlPlaneEgressMode: what the customer has taken over stays with the customer
fn egress(Case { cluster, input, .. }: &Case<'_>) -> Result<Planned, Refusal> {
    let from = &cluster.control_plane_egress_mode;
    let to = input.resources_vpc_config.as_ref().and_then(|config| config.control_plane_egress_mode.as_ref());
    let to = to.unwrap_or(from);
    one_of("controlPlaneEgressMode", to, EGRESS_MODES)?;
    ensure(to != from, || no_changes("control plane egress mode"))?;
    ensure(to != EGRESS_MODES[0], || {
        invalid_parameter(format!("Unsupported control plane egress mode update from {from} to {to}"))
    })?;
    Ok(Planned {
        kind: "ControlPlaneEgressUpdate",
        params: vec![("ControlPlaneEgressMode", to.clone())],
        change: ClusterChange::Egress(to.clone()),
        duration: durations::CONTROL_PLANE_EGRESS_UPDATE,
    })
}

/// facts §1.1 zonalShiftConfig
fn zonal_shift(Case { cluster, input, .. }: &Case<'_>) -> Result<Planned, Refusal> {
    let to = input.zonal_shift_config.as_ref().and_then(|config| config.enabled).unwrap_or(cluster.zonal_shift);
    ensure(to != cluster.zonal_shift, || no_changes("zonal shift config"))?;
    Ok(Planned {
        kind: "ZonalShiftConfigUpdate",
        params: vec![("ZonalShiftConfig", json!({ "enabled": to }).to_string())],
        change: ClusterChange::ZonalShift(to),
        duration: durations::ZONAL_SHIFT_UPDATE,
    })
}

/// facts §1.1 controlPlaneScalingConfig
fn scaling_tier(Case { cluster, input, .. }: &Case<'_>) -> Result<Planned, Refusal> {
    let to = input.control_plane_scaling_config.as_ref().and_then(|config| config.tier.as_ref());
    let to = to.ok_or_else(|| invalid_parameter("tier must be specified"))?;
    one_of("tier", to, TIERS)?;
    ensure(*to != cluster.scaling_tier, || no_changes("control plane scaling config"))?;
    Ok(Planned {
        kind: "ControlPlaneScalingConfigUpdate",
        params: vec![("UpdatedTier", to.clone()), ("PreviousTier", cluster.scaling_tier.clone())],
        change: ClusterChange::ScalingTier(to.clone()),
        duration: durations::SCALING_TIER_UPDATE,
    })
}

/// facts §7: only towards API, one step at a time
fn authentication_mode(Case { cluster, input, .. }: &Case<'_>) -> Result<Planned, Refusal> {
    let from = cluster.authentication_mode.as_str();
    let to = input.access_config.as_ref().and_then(|config| config.authentication_mode.as_deref()).unwrap_or(from);
    ensure(matches!((from, to), ("CONFIG_MAP", "API_AND_CONFIG_MAP") | ("API_AND_CONFIG_MAP", "API")), || {
        invalid_parameter(format!("Unsupported authentication mode update from {from} to {to}"))
    })?;
    Ok(Planned {
        kind: "AccessConfigUpdate",
        params: vec![("AuthenticationMode", to.to_owned())],
        change: ClusterChange::AuthenticationMode(to.to_owned()),
        duration: durations::ACCESS_CONFIG_UPDATE,
    })
}

/// facts §4 supportType
fn upgrade_policy(Case { now, cluster, input, .. }: &Case<'_>) -> Result<Planned, Refusal> {
    let to = input.upgrade_policy.as_ref().and_then(|policy| policy.support_type.clone());
    let to = to.ok_or_else(|| invalid_parameter("supportType must be specified"))?;
    one_of("supportType", &to, &["STANDARD", "EXTENDED"])?;
    ensure(to != cluster.support_type, || no_changes("upgrade policy"))?;
    ensure(catalogue::support(&cluster.version, *now) == Support::Standard, || {
        invalid_request(format!(
            "Cannot change the support type to {to} while Kubernetes version {} is in extended support",
            cluster.version
        ))
    })?;
    Ok(Planned {
        kind: "UpgradePolicyUpdate",
        params: vec![("UpgradePolicy", json!({ "supportType": to }).to_string())],
        change: ClusterChange::SupportType(to),
        duration: durations::UPGRADE_POLICY_UPDATE,
    })
}

/// facts §1.1 deletionProtection
fn deletion_protection(Case { cluster, input, .. }: &Case<'_>) -> Result<Planned, Refusal> {
    let to = input.deletion_protection.unwrap_or(cluster.deletion_protection);
    ensure(to != cluster.deletion_protection, || no_changes("deletion protection"))?;
    Ok(Planned {
        kind: "DeletionProtectionUpdate",
        params: vec![("DeletionProtection", to.to_string())],
        change: ClusterChange::DeletionProtection(to),
        duration: durations::DELETION_PROTECTION_UPDATE,
    })
}

/// facts §4 control plane step, skew gate
fn next_version(now: SystemTime, cluster: &Cluster, to: &str, strict: bool) -> Result<Planned, Refusal> {
    supported(to, now)?;
    let from = &cluster.version;
    ensure(minor(from).map(|minor| minor + 1) == minor(to), || {
        invalid_parameter(format!("Unsupported Kubernetes minor version update from {from} to {to}"))
    })?;
    let behind: Vec<&str> = cluster
        .nodegroups
        .values()
        .filter(|nodegroup| nodegroup.status != NodegroupStatus::CreateFailed)
        .filter(|nodegroup| is_behind(&nodegroup.version, from, to, strict))
        .map(|nodegroup| nodegroup.name.as_str())
        .collect();
    ensure(behind.is_empty(), || {
        let behind = behind.join(", ");
        invalid_request(format!(
            "Nodegroups {behind} must be updated to match cluster version {from} before updating cluster version"
        ))
    })?;
    Ok(Planned {
        kind: "VersionUpdate",
        params: vec![("Version", to.to_owned()), ("PlatformVersion", "eks.1".to_owned())],
        change: ClusterChange::Version(to.to_owned()),
        duration: durations::VERSION_UPDATE,
    })
}

fn is_behind(nodes: &str, from: &str, to: &str, strict: bool) -> bool {
    if strict { nodes != from } else { minor(nodes).map(|minor| minor + SKEW) < minor(to) }
}
