//! Changing a nodegroup: its configuration in one call, its version in another (facts §1.2).
//!
//! Functions without state: [`config`] and [`version`].
//! Not here: carrying the change out when its time has come (`advance`).

use serde_json::{Value, json};

use super::catalogue::{minor, releases};
use super::input::{ScalingConfig, UpdateNodegroupConfig, UpdateNodegroupVersion};
use super::state::{Nodegroup, NodegroupChange, NodegroupConfig, NodegroupStatus, Scaling};
use super::validate::ensure;
use super::{describe as show, durations, group, labels, nodegroup_validate as check};
use crate::kernel::refusal::Refusal;
use crate::services::eks::refusal::{in_use, invalid_parameter};
use crate::services::eks::token::CLIENT_REQUEST_TOKEN;
use crate::wire::operation::{Kind, Operation};
use crate::world::World;

type Planned = super::update::Planned<NodegroupChange>;

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "eks:UpdateNodegroupConfig",
        route: "POST /clusters/{clusterName}/node-groups/{nodegroupName}/update-config",
        kind: Kind::StartsUpdate,
        token: Some(CLIENT_REQUEST_TOKEN),
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| config(world, &call.input()?),
    },
    Operation {
        name: "eks:UpdateNodegroupVersion",
        route: "POST /clusters/{clusterName}/node-groups/{nodegroupName}/update-version",
        kind: Kind::StartsUpdate,
        token: Some(CLIENT_REQUEST_TOKEN),
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| version(world, &call.input()?),
    },
];

fn config(world: &mut World, input: &UpdateNodegroupConfig) -> Result<Value, Refusal> {
    let (cluster, name) = (&input.cluster_name, &input.nodegroup_name);
    let nodegroup = world.nodegroup(cluster, name)?;
    let planned = ready(world, nodegroup, "ConfigUpdate").and_then(|()| config_after(world, nodegroup, input));
    begin(world, cluster, name, planned)
}

fn version(world: &mut World, input: &UpdateNodegroupVersion) -> Result<Value, Refusal> {
    let (cluster, name) = (&input.cluster_name, &input.nodegroup_name);
    let nodegroup = world.nodegroup(cluster, name)?;
    let cluster_version = world.cluster(cluster)?.version.clone();
    let planned = ready(world, nodegroup, "VersionUpdate")
        .and_then(|()| version_after(world, nodegroup, &cluster_version, input));
    begin(world, cluster, name, planned)
}

fn begin(world: &mut World, cluster: &str, name: &str, planned: Result<Planned, Refusal>) -> Result<Value, Refusal> {
    let planned = planned.map_err(|refusal| refusal.of_cluster(cluster).of_nodegroup(name))?;
    let update = planned.begin(world);
    let (shown, polls) = (show::update(&update), world.settings.switches.polls_still_active);
    let mut nodegroup = world.nodegroup(cluster, name)?.clone();
    if matches!(update.change, NodegroupChange::Version { .. }) {
        group::begin_surge(world, &mut nodegroup);
    }
    nodegroup.updates.insert(update.id.clone(), update);
    nodegroup.status = NodegroupStatus::Updating;
    nodegroup.polls_still_active = polls;
    *world.nodegroup_mut(cluster, name)? = nodegroup;
    Ok(json!({ "update": shown }))
}

/// One update at a time, of a group that is in service (facts §2.1 (b), §3 DEGRADED).
fn ready(world: &World, nodegroup: &Nodegroup, kind: &str) -> Result<(), Refusal> {
    let switches = &world.settings.switches;
    let not_active = || in_use("Nodegroup cannot be updated as it is currently not in Active State");
    if let Some(update) = nodegroup.update_in_flight().filter(|_| switches.nodegroup_conflict_names_update) {
        let (name, id) = (&nodegroup.name, &update.id);
        return Err(in_use(format!("Cannot {kind} because nodegroup {name} currently has update {id} in progress")));
    }
    ensure(nodegroup.update_in_flight().is_none(), not_active)?;
    let operable = nodegroup.status == NodegroupStatus::Active
        || (nodegroup.status == NodegroupStatus::Degraded && !switches.degraded_refuses_updates);
    ensure(operable, not_active)
}

fn config_after(world: &World, nodegroup: &Nodegroup, input: &UpdateNodegroupConfig) -> Result<Planned, Refusal> {
    let before = &nodegroup.config;
    let live = Scaling { desired: world.live_desired(nodegroup), ..before.scaling };
    let repair = input.node_repair_config.clone().unwrap_or_else(|| before.node_repair.clone());
    check::node_repair(&repair)?;
    let after = NodegroupConfig {
        labels: labels::labels_after(&before.labels, &input.labels)?,
        taints: labels::taints_after(&before.taints, &input.taints)?,
        scaling: input.scaling_config.map_or(Ok(live), |asked| scaling_after(asked, live))?,
        update_config: check::update_config(input.update_config.as_ref(), &before.update_config)?,
        node_repair: super::state::NodeRepairConfig {
            enabled: repair.enabled.or(before.node_repair.enabled),
            ..repair
        },
        warm_pool: check::warm_pool(input.warm_pool_config.as_ref(), before.warm_pool.as_ref())?,
    };
    // facts §0.2
    let same = after == NodegroupConfig { scaling: live, ..before.clone() };
    ensure(!same, || invalid_parameter("No changes needed for the nodegroup configuration provided"))?;
    let sets_desired = input.scaling_config.is_some_and(|scaling| scaling.desired_size.is_some());
    Ok(Planned {
        kind: "ConfigUpdate",
        params: config_params(input),
        change: NodegroupChange::Config { config: Box::new(after), sets_desired },
        duration: durations::NODEGROUP_CONFIG_UPDATE,
    })
}

/// The model of this operation, unlike that of the creation, knows no `ResourceLimitExceededException`.
fn scaling_after(asked: ScalingConfig, live: Scaling) -> Result<Scaling, Refusal> {
    check::scaling(asked, live).map_err(|refusal| invalid_parameter(refusal.message))
}

/// What was asked for, as an update tells it.
fn config_params(input: &UpdateNodegroupConfig) -> Vec<(&'static str, String)> {
    let list = |kind, value: Value| (value != json!([]) && value != json!({})).then(|| (kind, value.to_string()));
    let number = |kind, value: Option<i64>| value.map(|value| (kind, value.to_string()));
    let flag = |kind, value: Option<bool>| value.map(|value| (kind, value.to_string()));
    let ScalingConfig { min_size, max_size, desired_size } = input.scaling_config.unwrap_or_default();
    let update = input.update_config.clone().unwrap_or_default();
    let warm_pool = input.warm_pool_config.clone().unwrap_or_default();
    let params = [
        list("LabelsToAdd", json!(input.labels.add_or_update_labels)),
        list("LabelsToRemove", json!(input.labels.remove_labels)),
        list("TaintsToAdd", json!(input.taints.add_or_update_taints)),
        list("TaintsToRemove", json!(input.taints.remove_taints)),
        number("MinSize", min_size),
        number("MaxSize", max_size),
        number("DesiredSize", desired_size),
        number("MaxUnavailable", update.max_unavailable),
        number("MaxUnavailablePercentage", update.max_unavailable_percentage),
        update.update_strategy.map(|strategy| ("UpdateStrategy", strategy)),
        input.node_repair_config.as_ref().map(|config| ("NodeRepairConfig", json!(config).to_string())),
        flag("WarmPoolEnabled", warm_pool.enabled),
        number("WarmPoolMinSize", warm_pool.min_size),
        number("WarmPoolMaxGroupPreparedCapacity", warm_pool.max_group_prepared_capacity),
        warm_pool.pool_state.map(|state| ("WarmPoolState", state)),
        flag("WarmPoolReuseOnScaleIn", warm_pool.reuse_on_scale_in),
    ];
    params.into_iter().flatten().collect()
}

/// facts §4 nodegroup version, UNV inputs
fn version_after(
    world: &World,
    nodegroup: &Nodegroup,
    cluster_version: &str,
    input: &UpdateNodegroupVersion,
) -> Result<Planned, Refusal> {
    let omitted =
        if world.settings.switches.omitted_version_is_clusters { cluster_version } else { nodegroup.version.as_str() };
    let version = input.version.as_deref().unwrap_or(omitted);
    let live = &nodegroup.version;
    ensure(minor(version) >= minor(live) && minor(version) <= minor(cluster_version), || {
        invalid_parameter(format!(
            "Nodegroup version {version} must be between its own {live} and the cluster's {cluster_version}"
        ))
    })?;
    let release_version = check::release(&nodegroup.ami_type, version, input.release_version.as_deref())?;
    let known = releases(&nodegroup.ami_type, version);
    let position = |release: &str| known.iter().position(|known| known == release);
    let same = version == live && release_version == nodegroup.release_version;
    ensure(!same, || invalid_parameter("No changes needed for the nodegroup version provided"))?; // facts §0.2
    ensure(version != live || position(&release_version) > position(&nodegroup.release_version), || {
        invalid_parameter(format!(
            "Nodegroup cannot be rolled back from release version {} to {release_version}",
            nodegroup.release_version
        ))
    })?;
    let nodes = world.live_desired(nodegroup);
    let batches = u32::try_from((nodes + nodegroup.max_unavailable(nodes) - 1) / nodegroup.max_unavailable(nodes));
    Ok(Planned {
        kind: "VersionUpdate",
        params: vec![("Version", version.to_owned()), ("ReleaseVersion", release_version.clone())],
        change: NodegroupChange::Version { version: version.to_owned(), release_version },
        duration: durations::ROLL_SETUP + durations::ROLL_BATCH * batches.unwrap_or_default(),
    })
}
