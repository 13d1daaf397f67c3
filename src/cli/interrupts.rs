//! Ctrl-C and SIGTERM: while AWS is only read, or somebody is asked, the first one ends the command. While actions run,
//! the first starts nothing new, and the second leaves at once.
//!
//! The central type is [`Interrupts`]. Not here: what is said about it.

use std::cell::Cell;
use std::io;
use std::rc::Rc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::stop::{Stop, say};

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// AWS is read for the first time.
    Reading,
    /// Somebody is asked.
    Asking,
    /// Something may have been changed.
    Running,
}

/// Waits for the signals of a run.
pub(super) struct Interrupts {
    signals: Signals,
    stage: Rc<Cell<Stage>>,
    stop: watch::Sender<bool>,
}

impl Interrupts {
    /// From here on, signals are caught.
    pub(super) fn catch() -> Self {
        let stage = Rc::new(Cell::new(Stage::Reading));
        Self { signals: Signals::catch(), stage, stop: watch::Sender::new(false) }
    }

    /// Becomes true with the first signal while actions run.
    pub(super) fn stop(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// How far the run has come; whoever knows sets it.
    pub(super) fn stage(&self) -> Rc<Cell<Stage>> {
        Rc::clone(&self.stage)
    }

    /// Ends when the command has to.
    pub(super) async fn leave(&mut self) {
        self.signals.next().await;
        if self.stage.get() == Stage::Running {
            self.stop.send_replace(true);
            self.signals.next().await;
        }
    }
}

/// What something comes to that changes nothing in AWS.
pub(super) async fn unless_interrupted<T>(harmless: impl Future<Output = Result<T, Stop>>) -> Result<T, Stop> {
    let mut signals = Signals::catch();
    tokio::select! {
        biased;
        result = harmless => result,
        () = signals.next() => Err(Stop::Interrupted),
    }
}

/// Those that are caught; none where they cannot be, and then they end the process as any other.
pub(super) struct Signals(Option<(Signal, Signal)>);

impl Signals {
    pub(super) fn catch() -> Self {
        let both = || -> io::Result<_> { Ok((signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)) };
        let caught = both().inspect_err(|error| {
            say(&format!("Ctrl-C will leave at once: signals cannot be caught: {error}"));
        });
        Self(caught.ok())
    }

    pub(super) async fn next(&mut self) {
        let Some((interrupt, terminate)) = &mut self.0 else { return std::future::pending().await };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}
