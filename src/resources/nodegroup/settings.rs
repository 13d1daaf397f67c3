//! The rows of a nodegroup's nested settings: sizes, updates, repair, warm pool.
//!
//! There is no central type: [`Scaling`], [`Update`], [`Repair`] and [`WarmPool`] each have their rows and come from
//! the file. The one decision is [`Scaling::desired`]: whose the size is. Not here: the SDK's types
//! (`aws/settings.rs`).

use std::collections::BTreeSet;

use super::{CONFIG, Repair, Scaling, Update, WarmPool};
use crate::model::{Disruption, Effect, Field, Phase, Rule, View, field};
use crate::spec;

impl Scaling {
    pub(super) fn fields(&self, view: View<'_, Self>) -> Vec<Field> {
        let Self { min_size, max_size, desired_size: _, autoscaled: _ } = self;
        vec![
            field("scalingConfig.minSize", *min_size, Rule::InPlace(CONFIG)),
            field("scalingConfig.maxSize", *max_size, Rule::InPlace(CONFIG)),
            field("scalingConfig.desiredSize", self.desired(view), Rule::InPlace(CONFIG))
                .disrupts(self.terminates(view))
                .follows_live(self.autoscaled || self.desired_size.is_none())
                .note("after create the autoscaler's, where it manages the group: only brought between minSize and maxSize"),
        ]
    }

    /// The size as it is, or the one to ask for. On create: the listed one, else the smallest allowed. Later: the listed one where nobody
    /// else scales the group, else the live one. Where the limits change it is brought between them, without which EKS
    /// refuses them; otherwise it is left alone, for a roll may hold it above the maximum for a while.
    pub(super) fn desired(&self, view: View<'_, Self>) -> Option<i32> {
        let live = match view {
            View::Live => return self.desired_size,
            View::New => return self.desired_size.or(self.min_size),
            View::Over(live) => live,
        };
        if !self.autoscaled && self.desired_size.is_some() {
            return self.desired_size;
        }
        let same_limits = self.min_size.is_none_or(|min| live.min_size == Some(min))
            && self.max_size.is_none_or(|max| live.max_size == Some(max));
        if same_limits {
            return live.desired_size;
        }
        let min = self.min_size.or(live.min_size).unwrap_or(i32::MIN);
        let max = self.max_size.or(live.max_size).unwrap_or(i32::MAX);
        live.desired_size.map(|size| size.min(max).max(min))
    }

    fn terminates(&self, view: View<'_, Self>) -> Option<Disruption> {
        let lost = view.live()?.desired_size? - self.desired(view)?;
        (lost > 0).then(|| Disruption::of_nodes(Effect::Terminates, lost, "the group shrinks"))
    }
}

impl Update {
    pub(super) fn fields(&self) -> Vec<Field> {
        let Self { max_unavailable, max_unavailable_percentage, update_strategy } = self.clone();
        // Early: a roll in the same plan should already honour them.
        vec![
            field("updateConfig.maxUnavailable", max_unavailable, Rule::InPlace(CONFIG)).phase(Phase::Early),
            field("updateConfig.maxUnavailablePercentage", max_unavailable_percentage, Rule::InPlace(CONFIG))
                .phase(Phase::Early),
            field("updateConfig.updateStrategy", update_strategy, Rule::InPlace(CONFIG)).phase(Phase::Early),
        ]
    }
}

impl Repair {
    pub(super) fn fields(&self) -> Vec<Field> {
        let Self { enabled, threshold_count, threshold_percentage, parallel_count, parallel_percentage, overrides } =
            self.clone();
        let overrides = overrides.map(|set| set.iter().map(spelled_override).collect::<BTreeSet<String>>());
        let rule = Rule::InPlace(CONFIG);
        vec![
            field("nodeRepairConfig.enabled", enabled, rule),
            field("nodeRepairConfig.maxUnhealthyNodeThresholdCount", threshold_count, rule),
            field("nodeRepairConfig.maxUnhealthyNodeThresholdPercentage", threshold_percentage, rule),
            field("nodeRepairConfig.maxParallelNodesRepairedCount", parallel_count, rule),
            field("nodeRepairConfig.maxParallelNodesRepairedPercentage", parallel_percentage, rule),
            field("nodeRepairConfig.nodeRepairConfigOverrides", overrides, rule).note("exact; a set"),
        ]
    }
}

fn spelled_override(it: &spec::NodeRepairConfigOverride) -> String {
    let spec::NodeRepairConfigOverride {
        node_monitoring_condition,
        node_unhealthy_reason,
        min_repair_wait_time_mins,
        repair_action,
    } = it;
    format!(
        "{node_monitoring_condition}/{node_unhealthy_reason}: {repair_action} after {min_repair_wait_time_mins} min"
    )
}

impl WarmPool {
    pub(super) fn fields(&self) -> Vec<Field> {
        // A pool that is off has no settings.
        let on =
            if self.enabled == Some(false) { Self { enabled: self.enabled, ..Self::default() } } else { self.clone() };
        let Self { enabled, min_size, max_group_prepared_capacity, pool_state, reuse_on_scale_in } = on;
        let rule = Rule::InPlace(CONFIG);
        vec![
            field("warmPoolConfig.enabled", enabled, rule),
            field("warmPoolConfig.minSize", min_size, rule),
            field("warmPoolConfig.maxGroupPreparedCapacity", max_group_prepared_capacity, rule),
            field("warmPoolConfig.poolState", pool_state, rule),
            field("warmPoolConfig.reuseOnScaleIn", reuse_on_scale_in, rule),
        ]
    }
}

impl From<&spec::ScalingConfig> for Scaling {
    fn from(wanted: &spec::ScalingConfig) -> Self {
        let spec::ScalingConfig { min_size, max_size, desired_size } = *wanted;
        Self { min_size, max_size, desired_size, autoscaled: false }
    }
}

impl From<&spec::UpdateConfig> for Update {
    fn from(wanted: &spec::UpdateConfig) -> Self {
        let spec::UpdateConfig { max_unavailable, max_unavailable_percentage, update_strategy } = *wanted;
        Self { max_unavailable, max_unavailable_percentage, update_strategy: update_strategy.map(|it| it.to_string()) }
    }
}

impl From<&spec::NodeRepairConfig> for Repair {
    fn from(wanted: &spec::NodeRepairConfig) -> Self {
        Self {
            enabled: wanted.enabled,
            threshold_count: wanted.max_unhealthy_node_threshold_count,
            threshold_percentage: wanted.max_unhealthy_node_threshold_percentage,
            parallel_count: wanted.max_parallel_nodes_repaired_count,
            parallel_percentage: wanted.max_parallel_nodes_repaired_percentage,
            overrides: wanted.node_repair_config_overrides.as_ref().map(|list| list.iter().cloned().collect()),
        }
    }
}

impl From<&spec::WarmPoolConfig> for WarmPool {
    fn from(wanted: &spec::WarmPoolConfig) -> Self {
        let spec::WarmPoolConfig { enabled, min_size, max_group_prepared_capacity, pool_state, reuse_on_scale_in } =
            *wanted;
        Self {
            enabled,
            min_size,
            max_group_prepared_capacity,
            pool_state: pool_state.map(|it| it.to_string()),
            reuse_on_scale_in,
        }
    }
}
