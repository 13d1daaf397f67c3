//! The JSON Schemas of what leaves the process; a test keeps the copies under `schema/` fresh.
//!
//! Functions without state, one for each schema, such as [`plan_schema`]; the types say what there is.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::plan::{Document, Drift};
use crate::record::Record;

/// `schema/plan.schema.json`: of `plan --format json` and of a saved plan.
pub fn plan_schema() -> Value {
    schema::<Document>()
}

/// `schema/drift.schema.json`: of `drift --format json`.
pub fn drift_schema() -> Value {
    schema::<Drift>()
}

/// `schema/events.schema.json`: of one line of `apply --format json`.
pub fn events_schema() -> Value {
    schema::<Record>()
}

/// What is written always has every key, if only with `null`.
fn schema<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>().to_value()
}
