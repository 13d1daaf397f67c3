//! What the operations of Auto Scaling take, nothing else.
//!
//! One struct for each operation, such as [`DescribeAutoScalingGroups`]. Everything arrives as text. Not here: whether
//! a value makes sense.

use serde::Deserialize;

use crate::wire::text;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeAutoScalingGroups {
    #[serde(default, deserialize_with = "text::list")]
    pub(crate) auto_scaling_group_names: Vec<String>,
    #[serde(default, deserialize_with = "text::structures")]
    pub(crate) filters: Vec<Filter>,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) max_records: Option<usize>,
    pub(crate) next_token: Option<String>,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) include_instances: Option<bool>,
    /// Accepted: none of the groups here is managed by anybody else.
    #[serde(default, rename = "IncludeManagedResources", deserialize_with = "text::parsed")]
    _include_managed_resources: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Filter {
    pub(crate) name: String,
    #[serde(default, deserialize_with = "text::list")]
    pub(crate) values: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeTags {
    #[serde(default, deserialize_with = "text::structures")]
    pub(crate) filters: Vec<Filter>,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) max_records: Option<usize>,
    pub(crate) next_token: Option<String>,
    /// Accepted: none of the groups here is managed by anybody else.
    #[serde(default, rename = "IncludeManagedResources", deserialize_with = "text::parsed")]
    _include_managed_resources: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct SetDesiredCapacity {
    pub(crate) auto_scaling_group_name: String,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) desired_capacity: Option<i64>,
    /// Accepted: there are no scaling activities here, and so no cooldown.
    #[serde(default, rename = "HonorCooldown", deserialize_with = "text::parsed")]
    _honor_cooldown: Option<bool>,
}

/// Of `CreateOrUpdateTags` and `DeleteTags`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Tags {
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Tag {
    pub(crate) resource_id: String,
    pub(crate) resource_type: String,
    pub(crate) key: String,
    pub(crate) value: Option<String>,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) propagate_at_launch: Option<bool>,
}

/// Of `SuspendProcesses` and `ResumeProcesses`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Processes {
    pub(crate) auto_scaling_group_name: String,
    #[serde(default, deserialize_with = "text::list")]
    pub(crate) scaling_processes: Vec<String>,
}
