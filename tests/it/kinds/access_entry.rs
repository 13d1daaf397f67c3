//! The rows of an access entry.

use sandbox::{AccessEntry, World};
use serde_json::{Value, json};

use super::Case;
use super::Fate::{self, Refused, Repaired};
use crate::bench::cluster;

cases_in_groups!(entries);

const DEPLOY: &str = "arn:aws:iam::111122223333:role/gitlab-deploy";

fn entry(world: &mut World) -> &mut AccessEntry {
    cluster(world).access_entries.get_mut(DEPLOY).unwrap()
}

fn case(field: &'static str, edit: (&'static str, Value), tamper: fn(&mut World), fate: Fate) -> Case {
    Case::new(("access-entry", DEPLOY), field, edit, tamper, fate)
}

fn entries() -> Vec<Case> {
    const NODE: &str = "arn:aws:iam::111122223333:role/gitlab-runners-node";
    vec![
        Case {
            name: NODE,
            ..case(
                "type",
                ("/accessEntries/2/type", json!("HYBRID_LINUX")),
                |w| cluster(w).access_entries.get_mut(NODE).unwrap().entry_type = "EC2_WINDOWS".into(),
                Refused,
            )
        },
        case(
            "kubernetesGroups",
            ("/accessEntries/1/kubernetesGroups", json!(["gitlab-deployers", "readers"])),
            |w| assert!(entry(w).kubernetes_groups.insert("added-by-hand".into())),
            Repaired,
        ),
        case(
            "username",
            ("/accessEntries/1/username", json!("deployer:{{SessionName}}")),
            |w| entry(w).username = "somebody-else".into(),
            Repaired,
        ),
        case(
            "accessPolicies",
            ("/accessEntries/1/accessPolicies/0/accessScope/namespaces", json!(["gitlab-runner"])),
            |w| drop(entry(w).policies.remove("arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy")),
            Repaired,
        ),
        case(
            "tags",
            ("/accessEntries/1/tags/owner", json!("another-team")),
            |w| drop(entry(w).tags.insert("retired-key".into(), "back".into())),
            Repaired,
        ),
    ]
}
