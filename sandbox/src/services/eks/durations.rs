//! How long things take (facts §3): one table, so that a test can compute when something is over.
//!
//! Constants such as [`CLUSTER_CREATE`], in the middle of what practice shows. Not here: `Switches::duration_percent`,
//! which scales them all.

use std::time::Duration;

/// From `CreateCluster` to ACTIVE.
pub const CLUSTER_CREATE: Duration = Duration::from_mins(9);
/// From `DeleteCluster` to gone.
pub const CLUSTER_DELETE: Duration = Duration::from_mins(4);
/// A logging update.
pub const LOGGING_UPDATE: Duration = Duration::from_mins(2);
/// An update of the endpoint's reach.
pub const ENDPOINT_ACCESS_UPDATE: Duration = Duration::from_mins(5);
/// An update of the subnets and security groups.
pub const VPC_CONFIG_UPDATE: Duration = Duration::from_mins(8);
/// An update of zonal shift.
pub const ZONAL_SHIFT_UPDATE: Duration = Duration::from_mins(1);
/// An update of how the control plane gets out.
pub const CONTROL_PLANE_EGRESS_UPDATE: Duration = Duration::from_mins(5);
/// An update of the control plane's size.
pub const SCALING_TIER_UPDATE: Duration = Duration::from_mins(15);
/// An update of the authentication mode.
pub const ACCESS_CONFIG_UPDATE: Duration = Duration::from_mins(3);
/// An update of the support type.
pub const UPGRADE_POLICY_UPDATE: Duration = Duration::from_mins(1);
/// An update of deletion protection.
pub const DELETION_PROTECTION_UPDATE: Duration = Duration::from_mins(1);
/// One minor version of the control plane.
pub const VERSION_UPDATE: Duration = Duration::from_mins(12);
/// From `CreateNodegroup` to its Auto Scaling group.
pub const GROUP_CREATE: Duration = Duration::from_mins(1);
/// From `CreateNodegroup` to ACTIVE, or to its failure.
pub const NODEGROUP_CREATE: Duration = Duration::from_mins(3);
/// From `DeleteNodegroup` to gone.
pub const NODEGROUP_DELETE: Duration = Duration::from_mins(5);
/// From `CreateFargateProfile` to ACTIVE, or to its failure.
pub const FARGATE_PROFILE_CREATE: Duration = Duration::from_mins(2);
/// From `DeleteFargateProfile` to gone.
pub const FARGATE_PROFILE_DELETE: Duration = Duration::from_mins(3);
/// An update of a nodegroup's configuration.
pub const NODEGROUP_CONFIG_UPDATE: Duration = Duration::from_secs(30);
/// A version roll before and after the nodes are replaced.
pub const ROLL_SETUP: Duration = Duration::from_mins(2);
/// A version roll for each batch of `maxUnavailable` nodes.
pub const ROLL_BATCH: Duration = Duration::from_mins(6);
