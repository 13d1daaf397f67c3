//! Creating, listing, describing and deleting a nodegroup.
//!
//! Functions without state, one for each operation, such as [`create`]. Not here: changing one (`nodegroup_update`),
//! its Auto Scaling group (`group`).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::input::{CreateNodegroup, ListNodegroups, NodegroupName, ScalingConfig};
use super::life::Transition;
use super::state::{Cluster, Nodegroup, NodegroupConfig, NodegroupStatus, Scaling, UpdateConfig};
use super::validate::{self, ensure, one_of};
use super::{access, describe as show, durations, labels, lists, nodegroup_validate as check};
use crate::kernel::refusal::Refusal;
use crate::services::eks::refusal::{in_use, invalid_parameter, invalid_request, limit_exceeded};
use crate::services::eks::token::CLIENT_REQUEST_TOKEN;
use crate::wire::decode::decode;
use crate::wire::operation::{Kind, Operation, Target};
use crate::world::World;

/// facts §5
const NODEGROUP_LIMIT: usize = 30;

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "eks:CreateNodegroup",
        route: "POST /clusters/{clusterName}/node-groups",
        kind: Kind::Creates,
        token: Some(CLIENT_REQUEST_TOKEN),
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| create(world, call.input()?),
    },
    Operation {
        name: "eks:ListNodegroups",
        route: "GET /clusters/{clusterName}/node-groups",
        kind: Kind::Reads,
        token: None,
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| list(world, &call.input()?),
    },
    Operation {
        name: "eks:DescribeNodegroup",
        route: "GET /clusters/{clusterName}/node-groups/{nodegroupName}",
        kind: Kind::Reads,
        token: None,
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| describe(world, &call.input()?),
    },
    Operation {
        name: "eks:DeleteNodegroup",
        route: "DELETE /clusters/{clusterName}/node-groups/{nodegroupName}",
        kind: Kind::Deletes(target),
        token: None,
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| delete(world, &call.input()?),
    },
];

fn create(world: &mut World, input: CreateNodegroup) -> Result<Value, Refusal> {
    let (cluster_name, name) = (input.cluster_name.clone(), input.nodegroup_name.clone());
    let about = |refusal: Refusal| refusal.of_cluster(&cluster_name).of_nodegroup(&name);
    may_be_created(world.cluster(&cluster_name)?, &name).map_err(about)?;
    let nodegroup = made(world, input).map_err(about)?;
    let shown = show::nodegroup(world, &cluster_name, &nodegroup, NodegroupStatus::Creating);
    let mut cluster = world.cluster(&cluster_name)?.clone();
    access::made::for_nodes(world, &mut cluster, &nodegroup);
    cluster.nodegroups.insert(name, nodegroup);
    *world.cluster_mut(&cluster_name)? = cluster;
    Ok(json!({ "nodegroup": shown }))
}

fn list(world: &World, input: &ListNodegroups) -> Result<Value, Refusal> {
    let names = world.cluster(&input.cluster_name)?.nodegroups.keys().cloned();
    lists::names(world, "nodegroups", &input.cluster_name, names, (input.max_results, input.next_token.as_deref()))
}

pub(super) fn describe(world: &mut World, input: &NodegroupName) -> Result<Value, Refusal> {
    let (cluster, name) = (&input.cluster_name, &input.nodegroup_name);
    let status = shown_status(world, cluster, name)?;
    let nodegroup = world.nodegroup(cluster, name)?;
    Ok(json!({ "nodegroup": show::nodegroup(world, cluster, nodegroup, status) }))
}

fn delete(world: &mut World, input: &NodegroupName) -> Result<Value, Refusal> {
    let (cluster, name) = (&input.cluster_name, &input.nodegroup_name);
    let ends = world.over_after(durations::NODEGROUP_DELETE);
    let nodegroup = world.nodegroup_mut(cluster, name)?;
    // facts §2.1 (c)
    let busy = matches!(nodegroup.status, NodegroupStatus::Creating | NodegroupStatus::Deleting);
    ensure(!busy && nodegroup.update_in_flight().is_none(), || {
        in_use(format!("Nodegroup {name} cannot be deleted while it is being created, updated or deleted"))
            .of_cluster(cluster)
            .of_nodegroup(name)
    })?;
    nodegroup.status = NodegroupStatus::Deleting;
    nodegroup.transition = Some(Transition::Gone { at: ends });
    let nodegroup = world.nodegroup(cluster, name)?;
    Ok(json!({ "nodegroup": show::nodegroup(world, cluster, nodegroup, NodegroupStatus::Deleting) }))
}

/// The nodegroup that a deletion deletes.
fn target(world: &World, input: &Value) -> Option<Target> {
    let input: NodegroupName = decode(input).ok()?;
    let nodegroup = world.nodegroup(&input.cluster_name, &input.nodegroup_name).ok()?;
    Some(Target { tags: nodegroup.tags.clone(), unborn: nodegroup.status == NodegroupStatus::CreateFailed })
}

/// The status as a describe shows it: at the start of an update it lags behind (facts §0.3).
fn shown_status(world: &mut World, cluster: &str, name: &str) -> Result<NodegroupStatus, Refusal> {
    let nodegroup = world.nodegroup(cluster, name)?;
    if nodegroup.status != NodegroupStatus::Updating || nodegroup.polls_still_active == 0 {
        return Ok(nodegroup.status);
    }
    world.nodegroup_mut(cluster, name)?.polls_still_active -= 1;
    Ok(NodegroupStatus::Active)
}

fn may_be_created(cluster: &Cluster, name: &str) -> Result<(), Refusal> {
    let cluster_name = &cluster.name;
    // facts §2.1 (a)
    ensure(!cluster.nodegroups.contains_key(name), || {
        in_use(format!("NodeGroup already exists with name {name} and cluster name {cluster_name}"))
    })?;
    // facts §10.2
    ensure(cluster.is_settled(), || invalid_request(format!("Cluster '{cluster_name}' is not in ACTIVE status")))?;
    ensure(cluster.nodegroups.len() < NODEGROUP_LIMIT, || limit_exceeded("Nodegroup limit exceeded for cluster"))?;
    // facts §1.2 nodegroupName
    ensure(name.len() <= 63, || invalid_parameter("nodeGroupName can't be longer than 63 characters!"))?;
    ensure(validate::is_name(name, 63), || invalid_parameter(format!("{name} is not a valid nodegroup name")))
}

fn made(world: &mut World, input: CreateNodegroup) -> Result<Nodegroup, Refusal> {
    check_surroundings(world, &input)?;
    let cluster_version = world.cluster(&input.cluster_name)?.version.clone();
    let version = input.version.clone().unwrap_or_else(|| cluster_version.clone());
    // facts §1.2 version
    ensure(version == cluster_version, || {
        invalid_parameter(format!("Nodegroup version {version} must be the cluster's version {cluster_version}"))
    })?;
    let ami_type = input.ami_type.clone().unwrap_or_else(|| check::default_ami_type(&input.instance_types).into());
    check::ami_type(&ami_type, &version, world.settings.switches.amazon_linux_2_ends)?;
    let instance_types =
        if input.instance_types.is_empty() { default_instance_types(&ami_type) } else { input.instance_types.clone() };
    check::instance_types(&instance_types, &ami_type)?;
    let capacity_type = input.capacity_type.clone().unwrap_or_else(|| "ON_DEMAND".into());
    one_of("capacityType", &capacity_type, &["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"])?;
    let default_disk = if ami_type.starts_with("WINDOWS") { 50 } else { 20 };
    let disk_size = input.disk_size.unwrap_or(default_disk);
    ensure(disk_size >= 1, || invalid_parameter("diskSize must be at least 1 GiB"))?;
    let release_version = check::release(&ami_type, &version, input.release_version.as_deref())?;
    let config = config(world, &input)?;
    Ok(Nodegroup {
        arn: arn(world, &input),
        name: input.nodegroup_name,
        created_at: world.now,
        modified_at: world.now,
        version,
        release_version,
        status: NodegroupStatus::Creating,
        transition: Some(Transition::Created { at: world.over_after(durations::NODEGROUP_CREATE), failure: None }),
        polls_still_active: 0,
        node_role: input.node_role,
        subnets: input.subnets,
        ami_type,
        instance_types,
        capacity_type,
        disk_size,
        launch_template: None,
        remote_access: input.remote_access,
        config,
        tags: input.tags,
        former_tags: None,
        health_issues: Vec::new(),
        group_due: Some(world.over_after(durations::GROUP_CREATE)),
        group: None,
        surge: 0,
        updates: BTreeMap::new(),
    })
}

fn check_surroundings(world: &World, input: &CreateNodegroup) -> Result<(), Refusal> {
    validate::node_role(world.iam(), &input.node_role)?;
    let (vpc, _) = validate::network(world.ec2(), &input.subnets)?;
    // facts §1.2 subnets
    ensure(vpc == world.cluster(&input.cluster_name)?.vpc_id, || {
        invalid_parameter("Subnets of the nodegroup must be in the cluster's VPC")
    })?;
    if let Some(access) = &input.remote_access {
        check::remote_access(world.ec2(), access, &vpc)?;
    }
    validate::tags(&input.tags)
}

/// facts §1.2 instanceTypes: `t3.medium`; a type that the architecture can run
fn default_instance_types(ami_type: &str) -> Vec<String> {
    vec![if ami_type.contains("_ARM_64") { "t4g.medium" } else { "t3.medium" }.to_owned()]
}

fn config(world: &World, input: &CreateNodegroup) -> Result<NodegroupConfig, Refusal> {
    labels::check_labels(&input.labels)?;
    labels::check_taints(&input.taints)?;
    let node_repair = input.node_repair_config.clone().unwrap_or_default();
    check::node_repair(&node_repair)?;
    let default_update = UpdateConfig {
        max_unavailable: Some(1),
        max_unavailable_percentage: None,
        update_strategy: Some("DEFAULT".into()),
    };
    Ok(NodegroupConfig {
        labels: input.labels.clone(),
        taints: input.taints.iter().map(labels::normal).collect(),
        scaling: initial_scaling(world, input.scaling_config)?,
        update_config: check::update_config(input.update_config.as_ref(), &default_update)?,
        node_repair: super::state::NodeRepairConfig { enabled: node_repair.enabled.or(Some(false)), ..node_repair },
        warm_pool: check::warm_pool(input.warm_pool_config.as_ref(), None)?,
    })
}

/// facts §1.2 scalingConfig: what is not sent is 1, 2 and, a switch, 2
fn initial_scaling(world: &World, asked: Option<ScalingConfig>) -> Result<Scaling, Refusal> {
    let desired = i64::from(world.settings.switches.default_desired_size);
    check::scaling(asked.unwrap_or_default(), Scaling { min: 1, max: 2, desired })
}

fn arn(world: &mut World, input: &CreateNodegroup) -> String {
    let id = world.next_id("nodegroup");
    let (region, account) = (&world.settings.region, &world.settings.account);
    format!("arn:aws:eks:{region}:{account}:nodegroup/{}/{}/{id}", input.cluster_name, input.nodegroup_name)
}
