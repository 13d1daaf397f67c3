//! Moments as the wire protocols write them.
//!
//! Functions without state, such as [`epoch`]. Not here: a clock; the world is told what time it is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use http::HeaderValue;
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

/// As HTTP writes a moment in its `Date` header: whole seconds in GMT. One before the year 1 or after 9999 has no
/// spelling there.
pub(crate) fn http_date(moment: SystemTime) -> Option<HeaderValue> {
    let text = DateTime::from_secs(DateTime::from(moment).secs()).fmt(Format::HttpDate).ok()?;
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_http_has_whole_seconds() {
        let date = |millis| http_date(UNIX_EPOCH + Duration::from_millis(millis)).unwrap();
        assert_eq!(date(1_767_225_600_999), "Thu, 01 Jan 2026 00:00:00 GMT");
        assert_eq!(date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
