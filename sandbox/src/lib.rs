//! An AWS in memory, on the real wire protocols: STS, EKS (REST-JSON) and Auto Scaling (query-XML).
//!
//! The central type is [`World`]: all state there is, and [`World::handle`], one function from request to response.
//! [`Mount`] puts a world behind an AWS SDK as its HTTP client, in memory or as a file in a directory; [`serve()`] puts
//! it behind a socket for every other client.
//!
//! Deliberately not here: signatures, permissions, a clock of its own, randomness. Time is a parameter, identifiers
//! follow from a seed and a counter. What the sandbox does not know it refuses; it never ignores anything.
//!
//! Comments such as `facts §0.2` cite the collected facts about the AWS APIs. Whatever those facts could not verify is
//! a switch in [`Switches`], so that a test suite can run with either answer.

mod audit;
mod connector;
mod faults;
mod handle;
mod kernel;
mod serve;
mod services;
mod settings;
mod show;
#[cfg(test)]
mod testing;
mod wire;
mod world;
mod worlds;

pub use audit::state::{Audit, DisruptionConsent, Violation};
pub use connector::{Call, Mount};
pub use kernel::fault::{Effect, Fault};
pub use kernel::stale::StaleView;
pub use kernel::table::Table;
pub use serve::{Answered, serve};
pub use services::autoscaling::state::{AutoScalingGroup, GroupTag};
pub use services::ec2::state::{NatGateway, RouteTable, Subnet, Vpc};
pub use services::eks::access::state::{AccessEntry, AssociatedPolicy};
pub use services::eks::durations;
pub use services::eks::fargate::state::{FargateProfile, FargateProfileStatus, FargateSelector};
pub use services::eks::life::{Issue, Transition};
pub use services::eks::pod_identity::state::PodIdentityAssociation;
pub use services::eks::state::{
    Cluster, ClusterChange, ClusterStatus, Nodegroup, NodegroupChange, NodegroupConfig, NodegroupStatus, Scaling,
    Update, UpdateError, UpdateStatus,
};
pub use services::eks::state::{
    ComputeConfig, LaunchTemplate, NodeRepairConfig, NodeRepairOverride, RemoteAccess, Taint, UpdateConfig,
    WarmPoolConfig,
};
pub use services::eks::state::{EncryptionConfig, EncryptionProvider, RemoteNetworkConfig, RemoteNetworks};
pub use services::iam::state::{Role, User};
pub use services::operations;
pub use settings::{Settings, Switches};
pub use world::World;
