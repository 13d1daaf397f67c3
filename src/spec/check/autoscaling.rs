//! `nodegroups[].autoscaling`: the tags and processes of a group's Auto Scaling group.
//!
//! The central function is [`check`]. Cluster Autoscaler ignores what it cannot read, without a word; so what it would
//! ignore is an error here.

use std::collections::BTreeSet;

use super::{labels, tags, values};
use crate::spec::place::Place;
use crate::spec::problem::Problem;
use crate::spec::suggest::{listed, nearest, quoted};
use crate::spec::syntax;
use crate::spec::types::{Autoscaling, ClusterAutoscaler, MAX_TAGS, NODE_TEMPLATE, NodeTemplate, Nodegroup, Tags};

const AUTOSCALER: &str = "k8s.io/cluster-autoscaler/";
/// `…/enabled` and `…/<cluster>`, by which Cluster Autoscaler finds the group.
const DISCOVERY_TAGS: usize = 2;
/// `eks:cluster-name`, `eks:nodegroup-name` and `kubernetes.io/cluster/<cluster>`.
const EKS_TAGS: usize = 3;

/// An option's name, what its value must be, and how to tell.
type AutoscalerOption = (&'static str, &'static str, fn(&str) -> bool);

/// The options that Cluster Autoscaler reads on AWS.
const OPTIONS: [AutoscalerOption; 5] = [
    ("ignoredaemonsetsutilization", "`\"true\"` or `\"false\"`", syntax::is_bool),
    ("scaledowngpuutilizationthreshold", "a number such as `\"0.5\"`", syntax::is_share),
    ("scaledownunneededtime", "a duration such as `10m` or `1h30m`", syntax::is_duration),
    ("scaledownunreadytime", "a duration such as `10m` or `1h30m`", syntax::is_duration),
    ("scaledownutilizationthreshold", "a number such as `\"0.5\"`", syntax::is_share),
];

pub(super) fn check(group: &Nodegroup, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let Autoscaling { cluster_autoscaler, suspended_processes, node_template, tags } = &group.autoscaling;
    used(*cluster_autoscaler, place, problems);
    if let Some(processes) = suspended_processes {
        let place = place.key("suspendedProcesses");
        values::distinct(processes, |index| place.index(index), problems);
    }
    template(node_template, &place.key("nodeTemplate"), problems);
    group_tags(tags, &place.key("tags"), problems);
    budget(group, place, problems);
}

/// What would be ignored.
fn used(scaled_by: ClusterAutoscaler, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let (ignored, reason): (&[&str], &str) = match scaled_by {
        ClusterAutoscaler::Managed => return,
        ClusterAutoscaler::Excluded => (&["nodeTemplate"], "Cluster Autoscaler is kept away from an excluded group"),
        ClusterAutoscaler::Unmanaged => (
            &["suspendedProcesses", "nodeTemplate", "tags"],
            "trueup touches no Auto Scaling group unless told to: add `clusterAutoscaler: managed` (or `excluded`)",
        ),
    };
    let state = if scaled_by == ClusterAutoscaler::Excluded { "excluded" } else { "unmanaged" };
    for key in ignored.iter().map(|key| place.key(key)).filter(Place::is_present) {
        let message = format!("`{}` has no effect with `clusterAutoscaler: {state}`", key.name());
        problems.push(place.problem_with_key(&key, message).hinted(reason));
    }
}

fn template(template: &NodeTemplate, place: &Place<'_>, problems: &mut Vec<Problem>) {
    for (key, value) in &template.labels {
        let place = place.key("labels").key(key);
        template_label(key, value, &place, problems);
        template_tag("label", key, value, &place, problems);
    }
    for (key, value) in &template.resources {
        let place = place.key("resources").key(key);
        resource(key, value, &place, problems);
        template_tag("resources", key, value, &place, problems);
    }
    for (key, value) in &template.options {
        option(key, value, &place.key("options").key(key), problems);
    }
}

fn template_label(key: &str, value: &str, place: &Place<'_>, problems: &mut Vec<Problem>) {
    problems.extend(labels::name_problem("label key", key, |message| place.key_problem(message)));
    labels::label_value(value, place, problems);
    if matches!(key, "cluster-name" | "nodegroup-name") {
        let problem = place.key_problem(format!("the label `{key}` would lead Cluster Autoscaler to another group"));
        problems.push(problem.hinted("it looks the nodegroup up by that label; choose another key"));
    }
}

fn resource(key: &str, value: &str, place: &Place<'_>, problems: &mut Vec<Problem>) {
    problems.extend(labels::name_problem("resource name", key, |message| place.key_problem(message)));
    if !syntax::is_quantity(value) {
        let problem = place.problem(format!("{} is not a Kubernetes quantity", quoted(value)));
        problems.push(
            problem.hinted("a number with a suffix such as `m`, `k`, `M`, `G`, `Ki`, `Mi` or `Gi`, without a space"),
        );
    }
}

/// The tag that a label or resource becomes.
fn template_tag(kind: &str, key: &str, value: &str, place: &Place<'_>, problems: &mut Vec<Problem>) {
    tags::key(&format!("{NODE_TEMPLATE}{kind}/{key}"), place, problems);
    tags::value(value, place, problems);
}

fn option(key: &str, value: &str, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let names = || OPTIONS.iter().map(|(name, ..)| *name);
    match OPTIONS.iter().find(|(name, ..)| *name == key) {
        None => {
            let problem =
                place.key_problem(format!("{} is not an option that Cluster Autoscaler reads on AWS", quoted(key)));
            problems.push(match nearest(key, names()) {
                Some(meant) => problem.hinted(format!("did you mean `{meant}`?")),
                None => problem.hinted(format!("the options are {}", listed(names()))),
            });
        }
        Some((_, wanted, fits)) if !fits(value) => {
            problems.push(place.problem(format!("`{key}` is {}, but must be {wanted}", quoted(value))));
        }
        Some(_) => {}
    }
}

/// Keys that mean something to Cluster Autoscaler or EKS are written by them, or by `nodeTemplate`.
fn group_tags(map: &Tags, place: &Place<'_>, problems: &mut Vec<Problem>) {
    tags::check(map, place, problems);
    for key in map.keys() {
        let place = place.key(key);
        if key.contains(AUTOSCALER) {
            let problem = place.key_problem(format!("the tag {} is one of Cluster Autoscaler's", quoted(key)));
            problems.push(problem.hinted("use `clusterAutoscaler: managed` and `nodeTemplate`, which write such tags"));
        } else if key.contains("eks:") {
            // Cluster Autoscaler finds it anywhere in the key, and takes what follows for a node label.
            let problem = place.key_problem(format!("the tag {} has `eks:` in its key", quoted(key)));
            problems.push(
                problem.hinted("EKS writes such tags, and Cluster Autoscaler reads them as labels; choose another key"),
            );
        } else if key.starts_with("kubernetes.io/cluster/") {
            let problem = place.key_problem(format!("the tag {} is EKS' own", quoted(key)));
            problems.push(problem.hinted("EKS writes it; leave it out"));
        }
    }
}

/// An Auto Scaling group has room for so many tags, and several parties write them.
fn budget(group: &Nodegroup, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let listed = group.autoscaling.tags.values().filter(|value| value.is_some()).count();
    let written = match group.autoscaling.cluster_autoscaler {
        ClusterAutoscaler::Managed => template_tags(group) + DISCOVERY_TAGS,
        ClusterAutoscaler::Excluded => 0,
        ClusterAutoscaler::Unmanaged => return,
    };
    let count = listed + written + EKS_TAGS;
    if count > MAX_TAGS {
        let message = format!(
            "the Auto Scaling group would carry {count} tags ({listed} of `tags`, {written} for Cluster Autoscaler, {EKS_TAGS} of EKS), but AWS allows {MAX_TAGS}"
        );
        problems.push(place.key_problem(message).hinted("list fewer `tags`, labels, taints or resources"));
    }
}

/// How many tags tell Cluster Autoscaler what a node of this group is like.
fn template_tags(group: &Nodegroup) -> usize {
    let template = &group.autoscaling.node_template;
    let labels: BTreeSet<&String> =
        group.labels.iter().flatten().map(|(key, _)| key).chain(template.labels.keys()).collect();
    let taints: BTreeSet<&String> = group.taints.iter().flatten().map(|taint| &taint.key).collect();
    labels.len() + taints.len() + template.resources.len() + template.options.len()
}
