//! Finding the group that a request names.
//!
//! The one function is [`changeable`]. Not here: what is done with it.

use super::refusal::validation;
use super::state::AutoScalingGroup;
use crate::kernel::refusal::Refusal;
use crate::world::World;

/// The group, if the caller may change it (facts §2.4, §8 Operator.Principal).
pub(super) fn changeable<'a>(world: &'a mut World, name: &str) -> Result<&'a mut AutoScalingGroup, Refusal> {
    let group = world.auto_scaling_groups_mut().get_mut(name);
    let group = group
        .ok_or_else(|| validation(format!("AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")))?;
    match &group.operator {
        Some(principal) => Err(Refusal::new(403, "AccessDenied", format!("Only {principal} may change group {name}"))),
        None => Ok(group),
    }
}
