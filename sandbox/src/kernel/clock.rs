//! Moments as the wire protocols write them.
//!
//! Functions without state, such as [`epoch`]. Not here: a clock; the world is told what time it is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_types::DateTime;
use serde_json::Value;

/// A number of whole seconds.
pub(crate) fn seconds(count: u32) -> Duration {
    Duration::from_secs(u64::from(count))
}

/// As REST-JSON writes a moment: seconds since 1970, with fraction.
pub(crate) fn epoch(moment: SystemTime) -> Value {
    Value::from(moment.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64())
}

/// As query-XML writes a moment: ISO 8601.
pub(crate) fn iso(moment: SystemTime) -> String {
    DateTime::from(moment).to_string()
}
