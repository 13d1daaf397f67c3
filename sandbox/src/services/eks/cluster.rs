//! Creating, listing, describing and deleting a cluster.
//!
//! Functions without state, one for each operation, such as [`create`]. Not here: changing one (`cluster_update`), what
//! time brings (`advance`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::catalogue::{self, Support};
use super::input::{AccessConfig, ClusterName, CreateCluster, ListClusters, Logging, NetworkConfig, VpcConfig};
use super::life::Transition;
use super::lookup::no_cluster;
use super::state::{Cluster, ClusterStatus, RemoteNetworkConfig};
use super::validate::{self, ensure, one_of};
use super::{access, auto_mode, describe as show, durations, lists, remote_networks};
use crate::kernel::refusal::Refusal;
use crate::kernel::table::Table;
use crate::services::eks::refusal::{in_use, invalid_parameter, invalid_request, limit_exceeded};
use crate::services::eks::token::CLIENT_REQUEST_TOKEN;
use crate::wire::decode::decode;
use crate::wire::operation::{Kind, Operation, Target};
use crate::world::World;

/// facts §5
const CLUSTER_LIMIT: usize = 100;
const AUTHENTICATION_MODES: &[&str] = &["CONFIG_MAP", "API_AND_CONFIG_MAP", "API"];
/// The default first.
pub(super) const EGRESS_MODES: &[&str] = &["AWS_MANAGED", "CUSTOMER_ROUTED", "CUSTOMER_ISOLATED"];
pub(super) const TIERS: &[&str] = &["standard", "tier-xl", "tier-2xl", "tier-4xl", "tier-8xl"];

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "eks:CreateCluster",
        route: "POST /clusters",
        kind: Kind::Creates,
        token: Some(CLIENT_REQUEST_TOKEN),
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| create(world, call.input()?),
    },
    Operation {
        name: "eks:ListClusters",
        route: "GET /clusters",
        kind: Kind::Reads,
        token: None,
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| list(world, &call.input()?),
    },
    Operation {
        name: "eks:DescribeCluster",
        route: "GET /clusters/{name}",
        kind: Kind::Reads,
        token: None,
        bad_input: "ClientException",
        lag: Some(|switches| switches.create_lag_seconds),
        handler: |world, call| describe(world, &call.input()?, call.lag),
    },
    Operation {
        name: "eks:DeleteCluster",
        route: "DELETE /clusters/{name}",
        kind: Kind::Deletes(target),
        token: None,
        bad_input: "InvalidRequestException",
        lag: None,
        handler: |world, call| delete(world, &call.input()?),
    },
];

fn create(world: &mut World, input: CreateCluster) -> Result<Value, Refusal> {
    let name = input.name.clone();
    // facts §2.1 (a)
    ensure(!world.clusters().contains_key(&name), || {
        in_use(format!("Cluster already exists with name: {name}")).of_cluster(&name)
    })?;
    ensure(world.clusters().len() < CLUSTER_LIMIT, || limit_exceeded("Cluster limit exceeded").of_cluster(&name))?;
    let mut cluster = made(world, input).map_err(|refusal| refusal.of_cluster(&name))?;
    access::made::at_first(world, &mut cluster);
    let shown = show::cluster(world, &cluster, ClusterStatus::Creating);
    world.clusters_mut().insert(name, cluster);
    Ok(json!({ "cluster": shown }))
}

/// Connected clusters of other makers, which `all` would add, are none here.
fn list(world: &World, input: &ListClusters) -> Result<Value, Refusal> {
    for include in &input.include {
        one_of("include", include, &["all"])?;
    }
    let names = world.clusters().keys().cloned();
    let scope = input.include.join(" ");
    lists::names(world, "clusters", &scope, names, (input.max_results, input.next_token.as_deref()))
}

pub(super) fn describe(world: &mut World, input: &ClusterName, lag: Duration) -> Result<Value, Refusal> {
    let now = world.now;
    let cluster = world.cluster(&input.name)?;
    // facts §2.3: rarely not found for seconds
    ensure(now >= cluster.created_at + lag, || no_cluster(&input.name))?;
    let shown = shown_status(world, &input.name)?;
    let cluster = world.cluster(&input.name)?;
    Ok(json!({ "cluster": show::cluster(world, cluster, shown) }))
}

fn delete(world: &mut World, input: &ClusterName) -> Result<Value, Refusal> {
    let ends = world.over_after(durations::CLUSTER_DELETE);
    let name = &input.name;
    let cluster = world.cluster_mut(name)?;
    may_be_deleted(cluster).map_err(|refusal| refusal.of_cluster(name))?;
    cluster.status = ClusterStatus::Deleting;
    cluster.transition = Some(Transition::Gone { at: ends });
    let cluster = world.cluster(name)?;
    Ok(json!({ "cluster": show::cluster(world, cluster, ClusterStatus::Deleting) }))
}

/// The cluster that a deletion deletes.
fn target(world: &World, input: &Value) -> Option<Target> {
    let input: ClusterName = decode(input).ok()?;
    Some(Target { tags: world.clusters().get(&input.name)?.tags.clone(), unborn: false })
}

/// facts §1.1 deletionProtection, §2.1 (c), §10.4. What could not be made is not protected (EKS user guide: protection
/// "only applies to clusters in an active state").
fn may_be_deleted(cluster: &Cluster) -> Result<(), Refusal> {
    let name = &cluster.name;
    ensure(!cluster.deletion_protection || cluster.status == ClusterStatus::Failed, || {
        invalid_request(format!("Cluster {name} cannot be deleted because deletion protection is enabled"))
    })?;
    ensure(cluster.nodegroups.is_empty(), || in_use("Cluster has nodegroups attached"))?;
    // cluster-api-provider-aws issue 4728
    ensure(cluster.fargate_profiles.is_empty(), || in_use("Cluster has Fargate Profiles in ACTIVE/CREATING state"))?;
    if let Some(update) = cluster.update_in_flight() {
        return Err(in_use(format!(
            "Cannot delete because cluster {name} currently has update {} in progress",
            update.id
        )));
    }
    ensure(!matches!(cluster.status, ClusterStatus::Creating | ClusterStatus::Deleting), || {
        in_use(format!("Cannot delete because cluster {name} is being created or deleted"))
    })
}

/// The status as a describe shows it: at the start of an update it lags behind (facts §0.3).
fn shown_status(world: &mut World, name: &str) -> Result<ClusterStatus, Refusal> {
    let cluster = world.cluster(name)?;
    if cluster.status != ClusterStatus::Updating || cluster.polls_still_active == 0 {
        return Ok(cluster.status);
    }
    world.cluster_mut(name)?.polls_still_active -= 1;
    Ok(ClusterStatus::Active)
}

fn made(world: &mut World, input: CreateCluster) -> Result<Cluster, Refusal> {
    ensure(validate::is_name(&input.name, 100), || {
        invalid_parameter(format!("{} is not a valid cluster name", input.name))
    })?;
    validate::cluster_role(world.iam(), &input.role_arn)?;
    validate::tags(&input.tags)?;
    let version = version(input.version.as_deref(), world.now)?;
    let (authentication_mode, bootstrap_creator_admin) = access(input.access_config.as_ref())?;
    let (compute_config, block_storage) = auto_mode::checked(world.iam(), &input, &authentication_mode)?;
    let network = input.kubernetes_network_config.unwrap_or_default();
    let support_type = input.upgrade_policy.and_then(|policy| policy.support_type);
    let support_type = support_type.unwrap_or_else(|| "EXTENDED".into()); // facts §1.1
    one_of("supportType", &support_type, &["STANDARD", "EXTENDED"])?;
    let scaling_tier = input.control_plane_scaling_config.and_then(|config| config.tier);
    let scaling_tier = scaling_tier.unwrap_or_else(|| "standard".into());
    one_of("tier", &scaling_tier, TIERS)?;
    // facts §1.1 encryptionConfig
    ensure(
        input.encryption_config.len() <= 1 && input.encryption_config.iter().all(|c| c.resources == ["secrets"]),
        || invalid_parameter("encryptionConfig must be one entry with resources [secrets]"),
    )?;
    ensure(input.encryption_config.iter().all(|config| config.provider.key_arn.starts_with("arn:aws:kms:")), || {
        invalid_parameter("keyArn must be the ARN of a KMS key")
    })?;
    let blank = blank(world, input.name, input.role_arn);
    let cluster = Cluster {
        version,
        ip_family: network.ip_family.clone().unwrap_or_else(|| "ipv4".into()),
        elastic_load_balancing: network.elastic_load_balancing.as_ref().is_some_and(|switch| switch.enabled),
        compute_config,
        block_storage,
        log_types: log_types(input.logging.as_ref(), &BTreeSet::new())?,
        authentication_mode,
        bootstrap_creator_admin,
        support_type,
        zonal_shift: input.zonal_shift_config.is_some_and(|switch| switch.enabled),
        deletion_protection: input.deletion_protection.unwrap_or(false),
        scaling_tier,
        encryption_config: input.encryption_config,
        tags: input.tags,
        ..blank
    };
    let cluster = with_vpc(world, cluster, input.resources_vpc_config)?;
    with_networks(world, cluster, &network, input.remote_network_config)
}

/// facts §7; without entries, nobody but the creator could come in (terraform-aws-eks issue 3026)
fn access(config: Option<&AccessConfig>) -> Result<(String, bool), Refusal> {
    let mode = config.and_then(|config| config.authentication_mode.as_deref()).unwrap_or("CONFIG_MAP");
    one_of("authenticationMode", mode, AUTHENTICATION_MODES)?;
    let bootstraps = config.and_then(|config| config.bootstrap_cluster_creator_admin_permissions).unwrap_or(true);
    ensure(bootstraps || mode != "CONFIG_MAP", || {
        invalid_parameter(
            "bootstrapClusterCreatorAdminPermissions must be true if cluster authentication mode is set to CONFIG_MAP",
        )
    })?;
    Ok((mode.to_owned(), bootstraps))
}

/// A cluster of which only the identity is known, with EKS' defaults for the rest (facts §1.1).
fn blank(world: &mut World, name: String, role_arn: String) -> Cluster {
    let arn = format!("arn:aws:eks:{}:{}:cluster/{name}", world.settings.region, world.settings.account);
    let security_group = world.next_id("security-group").replace('-', "");
    Cluster {
        arn,
        name,
        role_arn,
        created_at: world.now,
        version: String::new(),
        platform_version: 1,
        status: ClusterStatus::Creating,
        transition: Some(Transition::Created { at: world.over_after(durations::CLUSTER_CREATE), failure: None }),
        polls_still_active: 0,
        vpc_id: String::new(),
        subnet_ids: Vec::new(),
        security_group_ids: Vec::new(),
        cluster_security_group_id: format!("sg-{}", &security_group[..17]),
        endpoint_public_access: true,
        endpoint_private_access: false,
        public_access_cidrs: vec!["0.0.0.0/0".into()],
        control_plane_egress_mode: "AWS_MANAGED".into(),
        service_ipv4_cidr: None,
        ip_family: "ipv4".into(),
        elastic_load_balancing: false,
        compute_config: None,
        block_storage: None,
        log_types: BTreeSet::new(),
        authentication_mode: "CONFIG_MAP".into(),
        bootstrap_creator_admin: true,
        creator_arn: world.iam().principal_of(&world.settings.caller_arn),
        access_entries: Table::default(),
        support_type: "EXTENDED".into(),
        zonal_shift: false,
        deletion_protection: false,
        scaling_tier: "standard".into(),
        remote_network_config: None,
        encryption_config: Vec::new(),
        tags: BTreeMap::new(),
        former_tags: None,
        health_issues: Vec::new(),
        nodegroups: Table::default(),
        fargate_profiles: Table::default(),
        pod_identity_associations: Table::default(),
        updates: BTreeMap::new(),
    }
}

/// facts §1.1 resourcesVpcConfig
fn with_vpc(world: &World, mut cluster: Cluster, config: VpcConfig) -> Result<Cluster, Refusal> {
    let (vpc, zones) = validate::network(world.ec2(), &config.subnet_ids)?;
    validate::spans_two_zones(&zones)?;
    validate::security_groups(world.ec2(), &config.security_group_ids, &vpc)?;
    let egress = config.control_plane_egress_mode.unwrap_or(cluster.control_plane_egress_mode);
    one_of("controlPlaneEgressMode", &egress, EGRESS_MODES)?;
    cluster.vpc_id = vpc;
    cluster.subnet_ids = config.subnet_ids;
    cluster.security_group_ids = config.security_group_ids;
    cluster.control_plane_egress_mode = egress;
    cluster.endpoint_public_access = config.endpoint_public_access.unwrap_or(true);
    cluster.endpoint_private_access = config.endpoint_private_access.unwrap_or(false);
    reachable(cluster.endpoint_public_access, cluster.endpoint_private_access)?;
    if let Some(cidrs) = config.public_access_cidrs {
        cluster.public_access_cidrs = validate::public_access_cidrs(&cidrs)?;
    }
    Ok(cluster)
}

/// facts §1.1 endpointPublicAccess
pub(super) fn reachable(public: bool, private: bool) -> Result<(), Refusal> {
    ensure(public || private, || invalid_parameter("Private and public endpoint access cannot be false"))
}

/// facts §1.1 kubernetesNetworkConfig, remoteNetworkConfig
fn with_networks(
    world: &World,
    mut cluster: Cluster,
    network: &NetworkConfig,
    remote: Option<RemoteNetworkConfig>,
) -> Result<Cluster, Refusal> {
    one_of("ipFamily", &cluster.ip_family, &["ipv4", "ipv6"])?;
    // The VPC and its subnets need ranges of IPv6, and no VPC here has one.
    ensure(cluster.ip_family == "ipv4", || {
        invalid_parameter(format!("ipFamily ipv6 needs IPv6 CIDR blocks, and the VPC {} has none", cluster.vpc_id))
    })?;
    let vpc = world.ec2().vpcs.get(&cluster.vpc_id).map(|vpc| vpc.cidr.as_str()).unwrap_or_default();
    // The default is the one that cannot overlap with the VPC.
    let default = if vpc.starts_with("10.") { "172.20.0.0/16" } else { "10.100.0.0/16" };
    let cidr = network.service_ipv4_cidr.as_deref().unwrap_or(default);
    validate::service_cidr(cidr, vpc)?;
    cluster.service_ipv4_cidr = Some(cidr.to_owned());
    if let Some(remote) = &remote {
        remote_networks::check(remote, &cluster, vpc)?;
    }
    cluster.remote_network_config = remote;
    Ok(cluster)
}

/// facts §1.1 version
fn version(asked: Option<&str>, now: SystemTime) -> Result<String, Refusal> {
    let version = asked.unwrap_or(catalogue::DEFAULT_VERSION);
    supported(version, now)?;
    Ok(version.to_owned())
}

/// facts §1.1 version
pub(super) fn supported(version: &str, now: SystemTime) -> Result<Support, Refusal> {
    let support = catalogue::support(version, now);
    ensure(support != Support::Ended, || invalid_parameter(format!("unsupported Kubernetes version {version}")))?;
    Ok(support)
}

/// The log types that are on after these setups (facts §1.1 logging).
pub(super) fn log_types(logging: Option<&Logging>, before: &BTreeSet<String>) -> Result<BTreeSet<String>, Refusal> {
    let mut after = before.clone();
    let setups = || logging.iter().flat_map(|logging| &logging.cluster_logging);
    let types = |enabled: bool| setups().filter(move |it| it.enabled == enabled).flat_map(|it| &it.types);
    let both = types(true).find(|log_type| types(false).any(|off| off == *log_type));
    if let Some(both) = both {
        return Err(invalid_parameter(format!("The log type {both} cannot be both enabled and disabled")));
    }
    for setup in setups() {
        for log_type in &setup.types {
            one_of("log type", log_type, &show::LOG_TYPES)?;
            if setup.enabled {
                after.insert(log_type.clone())
            } else {
                after.remove(log_type)
            };
        }
    }
    Ok(after)
}
