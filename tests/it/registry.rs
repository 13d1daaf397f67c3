//! The registry of kinds, walked.

use std::collections::{BTreeMap, BTreeSet};

use trueup::resources::KINDS;

use crate::kinds::cases;

/// A row without its two convergence tests fails here, and so does a test of a row that is gone.
#[test]
fn every_row_has_its_two_convergence_tests() {
    let rows: BTreeSet<(&str, &str)> =
        KINDS.iter().flat_map(|kind| (kind.fields)().into_iter().map(|row| (kind.kind, row.name))).collect();
    let tested: BTreeSet<(&str, &str)> = cases().iter().map(|case| (case.kind, case.field)).collect();
    assert_eq!(tested, rows);
    let unsaid: Vec<&str> = cases().iter().filter(|case| case.edit.0.is_empty()).map(|case| case.field).collect();
    assert_eq!(unsaid, ["propagatedTags"], "the file has a word for every other row");
}

#[test]
fn kinds_and_rows_are_unique() {
    let mut kinds = BTreeSet::new();
    for kind in KINDS {
        assert!(kinds.insert(kind.kind), "{} is registered twice", kind.kind);
        let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
        for row in (kind.fields)() {
            *rows.entry(row.name).or_default() += 1;
        }
        assert!(rows.values().all(|count| *count == 1), "{}: {rows:?}", kind.kind);
    }
}

#[test]
fn every_kind_is_documented_and_every_section_has_a_kind() {
    let fields = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/fields.md")).unwrap();
    let schema = trueup::spec::json_schema();
    let sections: BTreeSet<&str> = KINDS.iter().map(|kind| kind.section).collect();
    for kind in KINDS {
        assert!(fields.contains(&format!("## {}", kind.kind)), "docs/fields.md says nothing of {}", kind.kind);
    }
    for section in schema["properties"].as_object().unwrap().keys() {
        let ours = ["apiVersion", "metadata", "autoscaler"].contains(&section.as_str());
        assert!(ours || sections.contains(section.as_str()), "no kind reads the section {section}");
    }
}
