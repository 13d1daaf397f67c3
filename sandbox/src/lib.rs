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

mod account;
mod audit;
mod autoscaling;
mod connector;
mod eks;
mod eksctl;
mod fault;
mod paging;
mod refusal;
mod serve;
mod settings;
mod show;
mod store;
mod sts;
#[cfg(test)]
mod testing;
mod time;
mod wire;
mod world;

pub use account::{Account, Role, Subnet, User, Vpc};
pub use audit::{Audit, DisruptionConsent, Violation};
pub use autoscaling::state::{AutoScalingGroup, GroupTag};
pub use connector::{Call, Mount};
pub use eks::access::state::{AccessEntry, AssociatedPolicy};
pub use eks::durations;
pub use eks::state::{
    Cluster, ClusterChange, ClusterStatus, Issue, Nodegroup, NodegroupChange, NodegroupConfig, NodegroupStatus,
    Scaling, Transition, Update, UpdateError, UpdateStatus,
};
pub use eks::state::{
    ComputeConfig, LaunchTemplate, NodeRepairConfig, NodeRepairOverride, RemoteAccess, Taint, UpdateConfig,
    WarmPoolConfig,
};
pub use eks::state::{EncryptionConfig, EncryptionProvider, RemoteNetworkConfig, RemoteNetworks};
pub use fault::{Effect, Fault};
pub use serve::{Answered, serve};
pub use settings::{Settings, Switches};
pub use time::Former;
pub use wire::operations;
pub use world::World;
