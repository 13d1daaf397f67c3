//! Suspending and resuming the processes of a group (facts §1.7).
//!
//! Functions without state: [`suspend`] and [`resume`]. Not here: what a process does; only EKS' rolls care
//! (`eks::group`).

use serde_json::Value;

use super::input::Processes;
use super::lookup::changeable;
use crate::kernel::clock::iso;
use crate::kernel::refusal::Refusal;
use crate::services::autoscaling::refusal::validation;
use crate::wire::operation::{Kind, Operation};
use crate::world::World;

const PROCESSES: [&str; 9] = [
    "AZRebalance",
    "AddToLoadBalancer",
    "AlarmNotification",
    "HealthCheck",
    "InstanceRefresh",
    "Launch",
    "ReplaceUnhealthy",
    "ScheduledActions",
    "Terminate",
];

/// How the reason begins when somebody asked for the suspension (facts §1.7 compare).
const BY_USER: &str = "User suspended at ";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "autoscaling:SuspendProcesses",
        route: "",
        kind: Kind::Writes,
        token: None,
        bad_input: "ValidationError",
        lag: None,
        handler: |world, call| suspend(world, &call.input()?),
    },
    Operation {
        name: "autoscaling:ResumeProcesses",
        route: "",
        kind: Kind::Writes,
        token: None,
        bad_input: "ValidationError",
        lag: None,
        handler: |world, call| resume(world, &call.input()?),
    },
];

/// Whether a user suspended it, and not the service itself.
pub(crate) fn is_users(reason: &str) -> bool {
    reason.starts_with(BY_USER)
}

/// Idempotent: what is suspended already keeps its reason.
fn suspend(world: &mut World, input: &Processes) -> Result<Value, Refusal> {
    let reason = format!("{BY_USER}{}", iso(world.now));
    let processes = meant(&input.scaling_processes)?;
    let group = changeable(world, &input.auto_scaling_group_name)?;
    for process in processes {
        group.suspended.entry(process).or_insert_with(|| reason.clone());
    }
    Ok(Value::Null)
}

fn resume(world: &mut World, input: &Processes) -> Result<Value, Refusal> {
    let processes = meant(&input.scaling_processes)?;
    let group = changeable(world, &input.auto_scaling_group_name)?;
    group.suspended.retain(|process, _| !processes.contains(process));
    Ok(Value::Null)
}

/// None named means all (facts §0.9); names are case-sensitive.
fn meant(named: &[String]) -> Result<Vec<String>, Refusal> {
    if let Some(unknown) = named.iter().find(|name| !PROCESSES.contains(&name.as_str())) {
        return Err(validation(format!("{unknown} is not a valid scaling process")));
    }
    let all = || PROCESSES.iter().map(|name| (*name).to_owned()).collect();
    Ok(if named.is_empty() { all() } else { named.to_vec() })
}
