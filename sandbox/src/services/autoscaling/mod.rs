//! Auto Scaling: groups as others made them, their tags and their suspended processes. The central type is
//! `AutoScalingGroup` in [`state`].
//!
//! Not here: creating or deleting groups, and their bounds; here EKS alone does that (`eks::group`).

mod describe;
pub(crate) mod input;
mod lookup;
pub(crate) mod processes;
pub(crate) mod refusal;
mod size;
pub(crate) mod state;
mod tags;

#[cfg(test)]
mod tests;

use crate::wire::query::Query;
use crate::wire::service::Service;

pub(crate) const SERVICE: Service = Service {
    name: "autoscaling",
    global: None,
    protocol: &Query { version: "2011-01-01", namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/" },
    operations: &[describe::OPERATIONS, tags::OPERATIONS, size::OPERATIONS, processes::OPERATIONS],
    advance: |_| {},
    show: describe::show,
    fail_later: |_, _, _| {},
    update_errors: &[],
};
