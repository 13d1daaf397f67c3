//! Values that are still shown as they were, because reads lag behind writes. The central type is [`StaleView`].
//!
//! Not here: how long which reader lags; the world's switches say so.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// What readers still see until that moment, because reads lag behind writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaleView<T> {
    /// The value before the last write.
    pub value: T,
    /// From this moment on the new value is seen.
    pub until: SystemTime,
}

impl<T> StaleView<T> {
    /// The old value while it is still seen, else the new one.
    pub(crate) fn seen<'a>(former: Option<&'a Self>, current: &'a T, now: SystemTime) -> &'a T {
        former.filter(|former| now < former.until).map_or(current, |former| &former.value)
    }

    /// What a write at `now` leaves behind for readers, if they lag at all.
    pub(crate) fn left_by_write(value: T, now: SystemTime, lag: Duration) -> Option<Self> {
        (lag > Duration::ZERO).then(|| Self { value, until: now + lag })
    }
}
