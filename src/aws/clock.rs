//! The wall clock, read once; everything after that is tokio's time.
//!
//! The central type is [`WallClock`], which the SDK dates its requests by. Nothing that trueup itself decides asks it.

use std::time::SystemTime;

use aws_smithy_async::time::TimeSource;
use tokio::time::Instant;

/// Wall time as the start plus what tokio says has passed, so that a paused clock moves both.
#[derive(Debug, Clone, Copy)]
pub struct WallClock {
    started: SystemTime,
    at: Instant,
}

impl WallClock {
    /// The only place that asks the machine what time it is.
    #[expect(clippy::disallowed_methods, reason = "the one reader of wall time")]
    pub fn start() -> Self {
        Self { started: SystemTime::now(), at: Instant::now() }
    }
}

impl TimeSource for WallClock {
    fn now(&self) -> SystemTime {
        self.started + self.at.elapsed()
    }
}
