//! The wanted size of a group: what an autoscaler sets.
//!
//! The one function is [`set`]. Not here: the bounds, which are EKS' to set (`eks::group`).

use serde_json::Value;

use super::input::SetDesiredCapacity;
use super::lookup::changeable;
use crate::kernel::refusal::Refusal;
use crate::services::autoscaling::refusal::validation;
use crate::wire::operation::{Kind, Operation};
use crate::world::World;

pub(super) const OPERATIONS: &[Operation] = &[Operation {
    name: "autoscaling:SetDesiredCapacity",
    route: "",
    kind: Kind::Writes,
    token: None,
    bad_input: "ValidationError",
    lag: None,
    handler: |world, call| set(world, &call.input()?),
}];

/// Within the group's bounds, at once.
fn set(world: &mut World, input: &SetDesiredCapacity) -> Result<Value, Refusal> {
    let wanted = input.desired_capacity.ok_or_else(|| validation("DesiredCapacity is missing"))?;
    let group = changeable(world, &input.auto_scaling_group_name)?;
    let (min, max) = (group.min_size, group.max_size);
    let beyond = if wanted < min { Some(("below min", min)) } else { (wanted > max).then_some(("above max", max)) };
    if let Some((side, bound)) = beyond {
        return Err(validation(format!(
            "New SetDesiredCapacity value {wanted} is {side} value {bound} for the AutoScalingGroup."
        )));
    }
    group.desired_capacity = wanted;
    Ok(Value::Null)
}
