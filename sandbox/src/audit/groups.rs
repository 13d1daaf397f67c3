//! Rules about Auto Scaling groups: tags, processes, and whose they are.
//!
//! Functions without state, one for each rule, such as [`true_tags`]. Not here: rebalancing, which is a disruption.

use super::case::Case;
use crate::services::autoscaling::input::{Processes, SetDesiredCapacity, Tag, Tags};
use crate::services::autoscaling::processes::is_users;
use crate::services::autoscaling::state::AutoScalingGroup;

pub(super) const TAGS: &[&str] = &["autoscaling:CreateOrUpdateTags", "autoscaling:DeleteTags"];
pub(super) const PROCESSES: &[&str] = &["autoscaling:SuspendProcesses", "autoscaling:ResumeProcesses"];
/// All that changes a group.
pub(super) const OPERATIONS: &[&str] =
    &[TAGS[0], TAGS[1], PROCESSES[0], PROCESSES[1], "autoscaling:SetDesiredCapacity"];

/// Keys that belong to AWS, to Kubernetes' cloud provider, or to another tool.
const FOREIGN: [&str; 3] = ["eks:", "aws:", "kubernetes.io/cluster/"];
const AUTOSCALER: &str = "k8s.io/cluster-autoscaler/";
const NODE_TEMPLATE: &str = "k8s.io/cluster-autoscaler/node-template/";
const TAINT_TEMPLATE: &str = "k8s.io/cluster-autoscaler/node-template/taint/";
const EFFECTS: [&str; 3] = ["NoSchedule", "NoExecute", "PreferNoSchedule"];

fn written(case: &Case<'_>) -> Vec<Tag> {
    case.input::<Tags>("autoscaling:CreateOrUpdateTags").map(|input| input.tags).unwrap_or_default()
}

fn removed(case: &Case<'_>) -> Vec<Tag> {
    case.input::<Tags>("autoscaling:DeleteTags").map(|input| input.tags).unwrap_or_default()
}

pub(super) fn foreign_tags(case: &Case<'_>) -> Option<String> {
    let touched = written(case).into_iter().chain(removed(case));
    let mut foreign = touched.filter(|tag| FOREIGN.iter().any(|prefix| tag.key.starts_with(prefix)));
    foreign.next().map(|tag| format!("the tag {} belongs to somebody else", tag.key))
}

pub(super) fn true_tags(case: &Case<'_>) -> Option<String> {
    written(case).iter().find_map(|tag| untrue(case, tag))
}

fn untrue(case: &Case<'_>, tag: &Tag) -> Option<String> {
    let (key, value) = (tag.key.as_str(), tag.value.as_deref().unwrap_or_default());
    if key.starts_with(NODE_TEMPLATE) && tag.propagate_at_launch == Some(true) {
        return Some(format!("the template tag {key} must not propagate to instances"));
    }
    if key.starts_with(TAINT_TEMPLATE) && !is_taint(value) {
        return Some(format!("{value} is not the value and effect of a taint in {key}"));
    }
    let group = case.world.auto_scaling_groups().get(&tag.resource_id);
    let cluster = group.and_then(|group| group.tags.get("eks:cluster-name")).map(|tag| tag.value.as_str());
    let expected = match key.strip_prefix(AUTOSCALER)? {
        "enabled" => "true",
        name if Some(name) == cluster => "owned",
        _ => return None,
    };
    (value != expected).then(|| format!("{key} must be {expected}, not {value}"))
}

/// `value:Effect`, the value without a colon.
fn is_taint(text: &str) -> bool {
    matches!(text.split(':').collect::<Vec<_>>()[..], [_, effect] if EFFECTS.contains(&effect))
}

pub(super) fn processes(case: &Case<'_>) -> Option<String> {
    let suspended = case.input::<Processes>("autoscaling:SuspendProcesses");
    let resumed = case.input::<Processes>("autoscaling:ResumeProcesses");
    let named = suspended.as_ref().or(resumed.as_ref())?;
    if named.scaling_processes.is_empty() {
        return Some("no process is named, which means all of them".into());
    }
    let needed = |input: &Processes| input.scaling_processes.iter().any(|name| name == "Launch" || name == "Terminate");
    if suspended.as_ref().is_some_and(needed) {
        return Some("Launch or Terminate is suspended".into());
    }
    let group = case.world.auto_scaling_groups().get(&named.auto_scaling_group_name)?;
    let administrative = |name: &&String| group.suspended.get(*name).is_some_and(|reason| !is_users(reason));
    let process = resumed.as_ref()?.scaling_processes.iter().find(administrative)?;
    Some(format!("{process} was suspended by the service, not by a user"))
}

pub(super) fn operated(case: &Case<'_>) -> Option<String> {
    let tagged = written(case).into_iter().chain(removed(case)).map(|tag| tag.resource_id);
    let suspended = case.input::<Processes>("autoscaling:SuspendProcesses");
    let resumed = case.input::<Processes>("autoscaling:ResumeProcesses");
    let processes = suspended.into_iter().chain(resumed).map(|input| input.auto_scaling_group_name);
    let sized = case.input::<SetDesiredCapacity>("autoscaling:SetDesiredCapacity");
    let sized = sized.map(|input| input.auto_scaling_group_name);
    let operated = |name: &String| case.world.auto_scaling_groups().get(name).is_some_and(has_operator);
    tagged.chain(processes).chain(sized).find(operated).map(|name| format!("{name} belongs to a service"))
}

fn has_operator(group: &AutoScalingGroup) -> bool {
    group.operator.is_some()
}

#[cfg(test)]
mod tests {
    use super::is_taint;

    #[test]
    fn a_taint_is_value_and_effect_in_kubernetes_spelling() {
        assert!(is_taint("x:NoSchedule") && is_taint(":NoExecute"));
        assert!(!is_taint("x:NO_SCHEDULE") && !is_taint("NoSchedule") && !is_taint("a:b:NoSchedule"));
    }
}
