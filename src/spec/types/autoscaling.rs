//! `nodegroups[].autoscaling`: the Auto Scaling group behind a nodegroup, for which EKS has no words.
//!
//! The central type is [`Autoscaling`]. Sizes are not here: they are the nodegroup's `scalingConfig`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use strum::Display;

use super::Tags;

/// The keys of the tags that describe a group's nodes to Cluster Autoscaler begin so.
pub const NODE_TEMPLATE: &str = "k8s.io/cluster-autoscaler/node-template/";

/// The Auto Scaling group behind a nodegroup.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Autoscaling {
    /// Who scales the group.
    #[serde(default)]
    pub cluster_autoscaler: ClusterAutoscaler,
    /// Processes that stay suspended. Present means exact. `AZRebalance` is what kills running jobs.
    pub suspended_processes: Option<Vec<ScalingProcess>>,
    /// What Cluster Autoscaler cannot know of a group with no nodes.
    #[serde(default)]
    pub node_template: NodeTemplate,
    /// Further tags of the Auto Scaling group. Listed keys are ensured, others stay, and `null` removes one.
    #[serde(default)]
    pub tags: Tags,
}

/// Who scales a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ClusterAutoscaler {
    /// Cluster Autoscaler: discovery and node-template tags are kept as they must be.
    Managed,
    /// Nobody: discovery and node-template tags are removed.
    Excluded,
    /// Not trueup's business: no tag and no process is touched.
    #[default]
    Unmanaged,
}

/// A process of an Auto Scaling group that may be suspended. `Launch` and `Terminate` are not among them: EKS needs both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Display)]
pub enum ScalingProcess {
    /// New instances join the load balancers of the group.
    AddToLoadBalancer,
    /// Alarms change the group's size.
    AlarmNotification,
    /// Instances are ended in one zone and started in another, to have as many in each. It kills running jobs.
    AZRebalance,
    /// Instances are checked for health.
    HealthCheck,
    /// Instances are replaced in a refresh.
    InstanceRefresh,
    /// Unhealthy instances are replaced.
    ReplaceUnhealthy,
    /// Scheduled actions change the group's size.
    ScheduledActions,
}

/// What Cluster Autoscaler cannot know of a group with no nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeTemplate {
    /// Labels to add to, or override, those of the nodegroup.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Allocatable resources, as Kubernetes quantities.
    #[serde(default)]
    pub resources: BTreeMap<String, String>,
    /// Options of Cluster Autoscaler for this group, such as `scaledownunneededtime: 5m`.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
}
