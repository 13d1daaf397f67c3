//! trueup trues an EKS cluster up with one YAML file.
//!
//! ```text
//! cluster.yaml --spec--> Spec --resources::desired--> [Resource]   what we want     pure
//! AWS --observe-----------------------------> Live                 what there is    reads only
//! plan(&Spec, &Live) ------------------------> Plan                 what differs, and the actions    pure, total
//! execute::run(&Plan, aws) ------------------> Event*               one mutation and one wait per action
//! Event* --report--> terminal or plain lines
//! ```
//!
//! The central type is [`plan::Plan`]: everything is decided before anything is done. There is no state file: live AWS
//! is the state.

#[cfg(feature = "aws")]
pub mod apply;
#[cfg(feature = "aws")]
pub mod aws;
#[cfg(feature = "aws")]
pub mod cli;
pub mod event;
#[cfg(feature = "aws")]
pub mod execute;
pub mod model;
#[cfg(feature = "aws")]
pub mod observe;
pub mod plan;
pub mod record;
pub mod report;
pub mod resources;
pub mod spec;
