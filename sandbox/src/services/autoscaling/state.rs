//! What Auto Scaling knows. The central type is [`AutoScalingGroup`].
//!
//! Plain data, with all fields public so that a test can be somebody else, such as an autoscaler. Not here: instances
//! as things of their own; they follow from the desired capacity.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::kernel::stale::StaleView;
use crate::kernel::table::Table;

/// Everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// The groups by name.
    pub groups: Table<AutoScalingGroup>,
}

/// An Auto Scaling group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoScalingGroup {
    /// The name.
    pub name: String,
    /// The ARN.
    pub arn: String,
    /// When it was created.
    pub created_at: SystemTime,
    /// The least instances.
    pub min_size: i64,
    /// The most instances.
    pub max_size: i64,
    /// The wanted instances.
    pub desired_capacity: i64,
    /// The zones of the subnets.
    pub availability_zones: Vec<String>,
    /// The subnets.
    pub subnets: Vec<String>,
    /// The instance types, the preferred one first.
    pub instance_types: Vec<String>,
    /// Whether instances at risk are replaced early.
    pub capacity_rebalance: bool,
    /// The tags by key.
    pub tags: BTreeMap<String, GroupTag>,
    /// The tags that a describe by name still sees.
    pub former_tags: Option<StaleView<BTreeMap<String, GroupTag>>>,
    /// The tags that a filter still sees.
    pub former_filter_tags: Option<StaleView<BTreeMap<String, GroupTag>>>,
    /// The suspended processes and why each is.
    pub suspended: BTreeMap<String, String>,
    /// The only principal that may change the group, if it belongs to a service.
    pub operator: Option<String>,
    /// From when on it is found by name.
    pub named_from: SystemTime,
    /// From when on a filter finds it.
    pub filtered_from: SystemTime,
}

/// The value of a tag, and whether new instances get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupTag {
    /// The value.
    pub value: String,
    /// Whether new instances get it.
    pub propagate_at_launch: bool,
}
