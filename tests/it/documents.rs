//! Generated documents are fresh. `TRUEUP_UPDATE=1 cargo nextest run documents` writes them anew.

#[test]
fn the_field_document_is_fresh() {
    fresh("docs/fields.md", &trueup::report::fields_document());
}

#[test]
fn the_schema_for_editors_is_fresh() {
    fresh("schema/cluster.schema.json", &format!("{:#}\n", trueup::spec::json_schema()));
}

#[test]
fn the_schema_of_plans_is_fresh() {
    fresh("schema/plan.schema.json", &format!("{:#}\n", trueup::report::plan_schema()));
}

#[test]
fn the_schema_of_drifts_is_fresh() {
    fresh("schema/drift.schema.json", &format!("{:#}\n", trueup::report::drift_schema()));
}

#[test]
fn the_schema_of_events_is_fresh() {
    fresh("schema/events.schema.json", &format!("{:#}\n", trueup::report::events_schema()));
}

#[test]
fn what_reading_takes_is_fresh() {
    fresh("docs/reading.md", &trueup::resources::reading_document());
}

#[test]
fn the_policies_of_the_permissions_are_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/permissions.md");
    let text = std::fs::read_to_string(path).unwrap();
    fresh("docs/permissions.md", &trueup::resources::permissions_document(&text));
}

fn fresh(path: &str, wanted: &str) {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("TRUEUP_UPDATE").is_some() {
        std::fs::write(&path, wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, wanted, "{path} is stale: run this test with TRUEUP_UPDATE=1");
}
