//! Drifts: what each resource is to one, and whether there is one.

use super::live::{Account, live, nothing};
use super::{File, VIEW, cluster, planned, short};
use crate::plan::{Drift, Section};

/// The sections that are not empty.
fn sections(file: &File, account: &Account) -> Vec<(Section, Vec<String>)> {
    let drift = Drift::of(planned("", file, account).document(), false);
    assert_eq!(drift.sections.len(), Section::ALL.len(), "every section is there");
    let text = |addresses: Vec<crate::model::Address>| addresses.iter().map(|it| short(&it.to_string())).collect();
    let sections = drift.sections.into_iter().filter(|(_, addresses)| !addresses.is_empty());
    sections.map(|(section, addresses)| (section, text(addresses))).collect()
}

fn of(section: Section, addresses: &[&str]) -> (Section, Vec<String>) {
    (section, addresses.iter().map(|&it| it.to_owned()).collect())
}

#[test]
fn every_resource_is_in_the_section_that_says_what_it_is() {
    let before = ["changed", "failed", "stuck", "moving", "same", "old", "theirs"]
        .iter()
        .fold(cluster("version: '1.35'").entry("pipeline", VIEW).entry("alice", VIEW), |file, name| {
            file.group(name, "")
        });
    let file = cluster("version: '1.34'")
        .group("changed", "labels: { a: b }")
        .group("failed", "")
        .group("stuck", "")
        .group("moving", "")
        .group("same", "")
        .group("missing", "labels: { a: b }, autoscaling: { clusterAutoscaler: managed }");
    let account = live(&before)
        .is("nodegroup/failed", "CREATE_FAILED")
        .is("nodegroup/stuck", "DELETE_FAILED")
        .is("nodegroup/moving", "UPDATING")
        .foreign("nodegroup/theirs");
    let expected = [
        of(Section::Changed, &["nodegroup/changed", "nodegroup/failed", "nodegroup/stuck"]),
        of(Section::Missing, &["nodegroup/missing", "autoscaling-group/missing"]),
        of(Section::Moving, &["nodegroup/moving"]),
        of(Section::Kept, &["cluster/runners"]),
        of(Section::Unmanaged, &["access-entry/alice", "nodegroup/old", "nodegroup/theirs"]),
        of(Section::InSync, &["nodegroup/same", "access-entry/pipeline"]),
    ];
    assert_eq!(sections(&file, &account), expected);
}

#[test]
fn there_is_a_drift_if_anything_differs_or_is_asked_to_count() {
    let file = cluster("version: '1.34'").group("jobs", "");
    let drifted = |account: &Account, unmanaged| Drift::of(planned("", &file, account).document(), unmanaged).drifted;
    let same = live(&file);
    assert!(!drifted(&same, true));
    assert!(drifted(&nothing(), false));
    assert!(drifted(&same.clone().without("nodegroup/jobs"), false));
    // What is only waited for is none, nor is what only differs from nothing in the file.
    assert!(!drifted(&same.clone().is("nodegroup/jobs", "UPDATING"), true));
    let more = same.and(&live(&file.clone().group("old", "")));
    assert!(!drifted(&more, false));
    assert!(drifted(&more, true));
    // A difference that is left as it is counts.
    let ahead = live(&cluster("version: '1.35'").group("jobs", "version: '1.34'"));
    assert!(drifted(&ahead, false));
}
