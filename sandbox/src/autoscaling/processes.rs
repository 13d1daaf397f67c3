//! Suspending and resuming the processes of a group (facts §1.7).
//!
//! Functions without state: [`suspend`] and [`resume`]. Not here: what a process does; only EKS' rolls care
//! (`lifecycle`).

use serde_json::Value;

use super::changeable;
use super::input::Processes;
use crate::refusal::{Refusal, validation};
use crate::time::iso;
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

/// Whether a user suspended it, and not the service itself.
pub(crate) fn is_users(reason: &str) -> bool {
    reason.starts_with(BY_USER)
}

/// Idempotent: what is suspended already keeps its reason.
pub(super) fn suspend(world: &mut World, input: &Processes) -> Result<Value, Refusal> {
    let reason = format!("{BY_USER}{}", iso(world.now));
    let processes = meant(&input.scaling_processes)?;
    let group = changeable(world, &input.auto_scaling_group_name)?;
    for process in processes {
        group.suspended.entry(process).or_insert_with(|| reason.clone());
    }
    Ok(Value::Null)
}

pub(super) fn resume(world: &mut World, input: &Processes) -> Result<Value, Refusal> {
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
