//! Auto Scaling: groups as others made them, their tags and their suspended processes. The central type is
//! `AutoScalingGroup` in [`state`].
//!
//! Not here: creating or deleting groups, and their bounds; here EKS alone does that (`lifecycle`).

mod describe;
pub(crate) mod input;
pub(crate) mod lifecycle;
mod processes;
mod size;
pub(crate) mod state;
mod tags;

#[cfg(test)]
mod tests;

use crate::refusal::{Refusal, validation};
use crate::wire::{Operation, Protocol, decode};
use crate::world::World;
use state::AutoScalingGroup;

pub(crate) use processes::is_users;

pub(crate) const PROTOCOL: Protocol =
    Protocol::Query { version: "2011-01-01", namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/" };

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "autoscaling:DescribeAutoScalingGroups",
        route: "POST /",
        mutating: false,
        handler: |world, input| describe::describe(world, &decode(input)?),
    },
    Operation {
        name: "autoscaling:DescribeTags",
        route: "POST /",
        mutating: false,
        handler: |world, input| tags::describe(world, &decode(input)?),
    },
    Operation {
        name: "autoscaling:SetDesiredCapacity",
        route: "POST /",
        mutating: true,
        handler: |world, input| size::set(world, &decode(input)?),
    },
    Operation {
        name: "autoscaling:CreateOrUpdateTags",
        route: "POST /",
        mutating: true,
        handler: |world, input| tags::create_or_update(world, &decode(input)?),
    },
    Operation {
        name: "autoscaling:DeleteTags",
        route: "POST /",
        mutating: true,
        handler: |world, input| tags::delete(world, &decode(input)?),
    },
    Operation {
        name: "autoscaling:SuspendProcesses",
        route: "POST /",
        mutating: true,
        handler: |world, input| processes::suspend(world, &decode(input)?),
    },
    Operation {
        name: "autoscaling:ResumeProcesses",
        route: "POST /",
        mutating: true,
        handler: |world, input| processes::resume(world, &decode(input)?),
    },
];

/// The group, if the caller may change it (facts §2.4, §8 Operator.Principal).
fn changeable<'a>(world: &'a mut World, name: &str) -> Result<&'a mut AutoScalingGroup, Refusal> {
    let group = world.groups.get_mut(name);
    let group = group
        .ok_or_else(|| validation(format!("AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")))?;
    match &group.operator {
        Some(principal) => Err(Refusal::new(403, "AccessDenied", format!("Only {principal} may change group {name}"))),
        None => Ok(group),
    }
}
