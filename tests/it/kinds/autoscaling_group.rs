//! The rows of an Auto Scaling group.

use sandbox::{GroupTag, World};
use serde_json::{Value, json};

use super::Case;
use super::Fate::Repaired;
use crate::bench::scaling_group_of;

cases_in_groups!(scaling);

fn template(key: &str) -> String {
    format!("k8s.io/cluster-autoscaler/node-template/{key}")
}

fn case(field: &'static str, edit: (&'static str, Value), tamper: fn(&mut World)) -> Case {
    Case::new(("autoscaling-group", "full"), field, edit, tamper, Repaired)
}

fn scaling() -> Vec<Case> {
    let excluded = |edit, tamper| Case {
        name: "percentages",
        // A group that becomes the autoscaler's gets both kinds of tags.
        brings: |address, field| address.name == "percentages" && field == "nodeTemplateTags",
        ..case("discoveryTags", edit, tamper)
    };
    vec![
        excluded(("/nodegroups/1/autoscaling/clusterAutoscaler", json!("managed")), |w| {
            let tag = GroupTag { value: "true".into(), propagate_at_launch: true };
            scaling_group_of(w, "percentages").tags.insert("k8s.io/cluster-autoscaler/enabled".into(), tag);
        }),
        case("nodeTemplateTags", ("/nodegroups/0/autoscaling/nodeTemplate/resources/memory", json!("30Gi")), |w| {
            drop(scaling_group_of(w, "full").tags.remove(&template("taint/dedicated")));
        }),
        case("tags", ("/nodegroups/0/autoscaling/tags/cost-center", json!("other")), |w| {
            let tag = GroupTag { value: "back".into(), propagate_at_launch: false };
            scaling_group_of(w, "full").tags.insert("retired-key".into(), tag);
        }),
        // The file has no word for this one; somebody else can still get it wrong.
        case("propagatedTags", ("", Value::Null), |w| {
            scaling_group_of(w, "full").tags.get_mut(&template("taint/dedicated")).unwrap().propagate_at_launch = true;
        }),
        case(
            "suspendedProcesses",
            ("/nodegroups/0/autoscaling/suspendedProcesses", json!(["ScheduledActions"])),
            |w| {
                drop(scaling_group_of(w, "full").suspended.remove("AZRebalance"));
            },
        ),
    ]
}
