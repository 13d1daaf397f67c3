//! The wall clock, read once; everything after that is tokio's time.
//!
//! The central type is [`WallClock`], which the SDK dates its requests by. Nothing that trueup itself decides asks it.

use std::time::SystemTime;

use aws_smithy_async::time::TimeSource;
use sandbox::Mount;
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

/// The time in a sandbox that is mounted: its replies are dated by it, and a client with another clock would count as wrong.
#[derive(Debug, Clone)]
pub(super) struct SandboxClock(pub(super) Mount);

impl TimeSource for SandboxClock {
    fn now(&self) -> SystemTime {
        self.0.time()
    }
}

impl TimeSource for WallClock {
    fn now(&self) -> SystemTime {
        self.started + self.at.elapsed()
    }
}
