//! Ctrl-C and SIGTERM while actions run: the first starts nothing new, the second leaves at once.
//!
//! The central type is [`Interrupts`]. Before anything runs, there is nothing to finish, and one signal ends the process
//! as it ends any other.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{oneshot, watch};

use super::stop::say;

/// Waits for signals, once they are caught.
pub(super) struct Interrupts {
    caught: oneshot::Receiver<Signals>,
    stop: watch::Sender<bool>,
}

/// Begins to catch signals when told so, and not again.
pub(super) struct Catch(Option<oneshot::Sender<Signals>>);

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

/// What waits for signals, and what begins to catch them.
pub(super) fn interrupts() -> (Interrupts, Catch) {
    let (sender, caught) = oneshot::channel();
    (Interrupts { caught, stop: watch::Sender::new(false) }, Catch(Some(sender)))
}

impl Interrupts {
    /// Becomes true with the first signal.
    pub(super) fn stop(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// Ends with the second signal.
    pub(super) async fn second(&mut self) {
        let Ok(mut signals) = (&mut self.caught).await else { return std::future::pending().await };
        signals.next().await;
        self.stop.send_replace(true);
        signals.next().await;
    }
}

impl Catch {
    /// From here on, signals are caught. Where that cannot be, they end the process, and it is said.
    pub(super) fn begin(&mut self) {
        let Some(sender) = self.0.take() else { return };
        match Signals::catch() {
            // Nobody waits any more only when the apply has ended.
            Ok(signals) => drop(sender.send(signals)),
            Err(error) => say(&format!("Ctrl-C will leave at once: signals cannot be caught: {error}")),
        }
    }
}

impl Signals {
    fn catch() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
