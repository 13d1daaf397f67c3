//! A nodegroup's nested settings in the SDK's types.
//!
//! There is no central type: [`Scaling`], [`Update`], [`Repair`] and [`WarmPool`] are each made into a request and out
//! of a reply. Where AWS does not say whether an update merges or replaces a nested structure, the live values that the
//! file does not manage are sent along (`over`), which is right either way.

use std::collections::BTreeSet;

use aws_sdk_eks::types;

use super::super::{Repair, Scaling, Update, WarmPool};
use crate::model::View;
use crate::resources::Step;
use crate::spec::{NodeRepairConfigOverride, RepairAction};

impl Scaling {
    pub(super) fn creation(&self) -> Option<types::NodegroupScalingConfig> {
        let given = self.min_size.or(self.max_size).or(self.desired_size).is_some();
        given.then(|| {
            types::NodegroupScalingConfig::builder()
                .set_min_size(self.min_size)
                .set_max_size(self.max_size)
                .set_desired_size(self.desired(View::New))
                .build()
        })
    }

    /// Only the sizes that change: the live size belongs to the autoscaler.
    pub(super) fn request(&self, from: &Self, step: &Step<'_>) -> Option<types::NodegroupScalingConfig> {
        step.carries("scalingConfig").then(|| {
            types::NodegroupScalingConfig::builder()
                .set_min_size(self.min_size.filter(|_| step.carries("scalingConfig.minSize")))
                .set_max_size(self.max_size.filter(|_| step.carries("scalingConfig.maxSize")))
                .set_desired_size(self.desired(View::Over(from)).filter(|_| step.carries("scalingConfig.desiredSize")))
                .build()
        })
    }
}

impl From<types::NodegroupScalingConfig> for Scaling {
    fn from(seen: types::NodegroupScalingConfig) -> Self {
        let types::NodegroupScalingConfig { min_size, max_size, desired_size, .. } = seen;
        Self { min_size, max_size, desired_size, autoscaled: false }
    }
}

/// The wanted one of two values that exclude each other, or else the live one.
fn either(wanted: (Option<i32>, Option<i32>), live: (Option<i32>, Option<i32>)) -> (Option<i32>, Option<i32>) {
    if wanted == (None, None) { live } else { wanted }
}

impl Update {
    pub(super) fn over(&self, live: &Self) -> Self {
        let (max_unavailable, max_unavailable_percentage) = either(
            (self.max_unavailable, self.max_unavailable_percentage),
            (live.max_unavailable, live.max_unavailable_percentage),
        );
        let update_strategy = self.update_strategy.clone().or_else(|| live.update_strategy.clone());
        Self { max_unavailable, max_unavailable_percentage, update_strategy }
    }

    pub(super) fn request(&self) -> Option<types::NodegroupUpdateConfig> {
        (*self != Self::default()).then(|| {
            types::NodegroupUpdateConfig::builder()
                .set_max_unavailable(self.max_unavailable)
                .set_max_unavailable_percentage(self.max_unavailable_percentage)
                .set_update_strategy(self.update_strategy.as_deref().map(types::NodegroupUpdateStrategies::from))
                .build()
        })
    }
}

impl From<types::NodegroupUpdateConfig> for Update {
    fn from(seen: types::NodegroupUpdateConfig) -> Self {
        Self {
            max_unavailable: seen.max_unavailable,
            max_unavailable_percentage: seen.max_unavailable_percentage,
            update_strategy: Some(seen.update_strategy.map_or("DEFAULT".to_owned(), |it| it.as_str().to_owned())),
        }
    }
}

impl Repair {
    pub(super) fn over(&self, live: &Self) -> Self {
        let (threshold_count, threshold_percentage) = either(
            (self.threshold_count, self.threshold_percentage),
            (live.threshold_count, live.threshold_percentage),
        );
        let (parallel_count, parallel_percentage) =
            either((self.parallel_count, self.parallel_percentage), (live.parallel_count, live.parallel_percentage));
        Self {
            enabled: self.enabled.or(live.enabled),
            threshold_count,
            threshold_percentage,
            parallel_count,
            parallel_percentage,
            overrides: self.overrides.clone().or_else(|| live.overrides.clone()),
        }
    }

    pub(super) fn request(&self) -> Option<types::NodeRepairConfig> {
        (*self != Self::default()).then(|| {
            let overrides = self.overrides.as_ref().map(|set| set.iter().map(sent).collect());
            types::NodeRepairConfig::builder()
                .set_enabled(self.enabled)
                .set_max_unhealthy_node_threshold_count(self.threshold_count)
                .set_max_unhealthy_node_threshold_percentage(self.threshold_percentage)
                .set_max_parallel_nodes_repaired_count(self.parallel_count)
                .set_max_parallel_nodes_repaired_percentage(self.parallel_percentage)
                .set_node_repair_config_overrides(overrides)
                .build()
        })
    }
}

/// A group that EKS shows without the structure has repair switched off.
impl From<Option<types::NodeRepairConfig>> for Repair {
    fn from(seen: Option<types::NodeRepairConfig>) -> Self {
        let seen = seen.unwrap_or_else(|| types::NodeRepairConfig::builder().build());
        let overrides = seen.node_repair_config_overrides.unwrap_or_default();
        Self {
            enabled: Some(seen.enabled.unwrap_or(false)),
            threshold_count: seen.max_unhealthy_node_threshold_count,
            threshold_percentage: seen.max_unhealthy_node_threshold_percentage,
            parallel_count: seen.max_parallel_nodes_repaired_count,
            parallel_percentage: seen.max_parallel_nodes_repaired_percentage,
            overrides: Some(overrides.into_iter().filter_map(received).collect::<BTreeSet<NodeRepairConfigOverride>>()),
        }
    }
}

fn sent(wanted: &NodeRepairConfigOverride) -> types::NodeRepairConfigOverrides {
    types::NodeRepairConfigOverrides::builder()
        .node_monitoring_condition(&wanted.node_monitoring_condition)
        .node_unhealthy_reason(&wanted.node_unhealthy_reason)
        .min_repair_wait_time_mins(wanted.min_repair_wait_time_mins)
        .repair_action(types::RepairAction::from(wanted.repair_action.to_string().as_str()))
        .build()
}

/// `None` for an action that this version of trueup does not know.
fn received(seen: types::NodeRepairConfigOverrides) -> Option<NodeRepairConfigOverride> {
    let repair_action = match seen.repair_action?.as_str() {
        "NoAction" => RepairAction::NoAction,
        "Reboot" => RepairAction::Reboot,
        "Replace" => RepairAction::Replace,
        _ => return None,
    };
    Some(NodeRepairConfigOverride {
        node_monitoring_condition: seen.node_monitoring_condition?,
        node_unhealthy_reason: seen.node_unhealthy_reason?,
        min_repair_wait_time_mins: seen.min_repair_wait_time_mins?,
        repair_action,
    })
}

impl WarmPool {
    pub(super) fn over(&self, live: &Self) -> Self {
        Self {
            enabled: self.enabled.or(live.enabled),
            min_size: self.min_size.or(live.min_size),
            max_group_prepared_capacity: self.max_group_prepared_capacity.or(live.max_group_prepared_capacity),
            pool_state: self.pool_state.clone().or_else(|| live.pool_state.clone()),
            reuse_on_scale_in: self.reuse_on_scale_in.or(live.reuse_on_scale_in),
        }
    }

    pub(super) fn request(&self) -> Option<types::WarmPoolConfig> {
        (*self != Self::default()).then(|| {
            types::WarmPoolConfig::builder()
                .set_enabled(self.enabled)
                .set_min_size(self.min_size)
                .set_max_group_prepared_capacity(self.max_group_prepared_capacity)
                .set_pool_state(self.pool_state.as_deref().map(types::WarmPoolState::from))
                .set_reuse_on_scale_in(self.reuse_on_scale_in)
                .build()
        })
    }
}

/// A group that EKS shows without the structure has no warm pool.
impl From<Option<types::WarmPoolConfig>> for WarmPool {
    fn from(seen: Option<types::WarmPoolConfig>) -> Self {
        let seen = seen.unwrap_or_else(|| types::WarmPoolConfig::builder().build());
        Self {
            enabled: Some(seen.enabled.unwrap_or(false)),
            min_size: seen.min_size,
            max_group_prepared_capacity: seen.max_group_prepared_capacity,
            pool_state: seen.pool_state.map(|it| it.as_str().to_owned()),
            reuse_on_scale_in: seen.reuse_on_scale_in,
        }
    }
}
