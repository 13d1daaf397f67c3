//! Moments as the wire protocols write them, and values that are still shown as they were.
//!
//! The central type is [`Former`]. Not here: a clock; the world is told what time it is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_types::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What readers still see until that moment, because reads lag behind writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former<T> {
    /// The value before the last write.
    pub value: T,
    /// From this moment on the new value is seen.
    pub until: SystemTime,
}

impl<T> Former<T> {
    /// The old value while it is still seen, else the new one.
    pub(crate) fn or<'a>(former: Option<&'a Self>, current: &'a T, now: SystemTime) -> &'a T {
        former.filter(|former| now < former.until).map_or(current, |former| &former.value)
    }

    /// What a write at `now` leaves behind for readers, if they lag at all.
    pub(crate) fn left_by_write(value: T, now: SystemTime, lag_seconds: u32) -> Option<Self> {
        (lag_seconds > 0).then(|| Self { value, until: now + seconds(lag_seconds) })
    }
}

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
