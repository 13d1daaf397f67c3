//! All services there are. The central item is [`SERVICES`].
//!
//! Not here: what a service does; each is a folder.

pub(crate) mod autoscaling;
pub(crate) mod ec2;
pub(crate) mod eks;
pub(crate) mod iam;
pub(crate) mod sts;

use crate::wire::operation::Operation;
use crate::wire::service::Service;

/// Those that can be asked for something.
pub(crate) const SERVICES: &[&Service] = &[&eks::SERVICE, &autoscaling::SERVICE, &sts::SERVICE];

/// All operations there are.
pub(crate) fn all_operations() -> impl Iterator<Item = &'static Operation> {
    SERVICES.iter().flat_map(|service| service.operations).copied().flatten()
}

/// The names of all operations there are, as `service:Name`.
pub fn operations() -> impl Iterator<Item = &'static str> {
    all_operations().map(|operation| operation.name)
}
