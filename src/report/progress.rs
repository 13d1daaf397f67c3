//! The progress of an apply: one living line per running action on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::spoken;
use super::style::{ADD, QUIET, STOP, WARN, paint};
use crate::event::{Event, EventKind, Outcome};
use crate::plan::ActionId;

/// How long an unchanged status may last before a plain log says again that it is still so.
const REMINDER: Duration = Duration::from_mins(1);

/// Shows events on standard error.
pub struct Progress {
    bars: Option<MultiProgress>,
    running: BTreeMap<ActionId, Line>,
}

/// What is shown of one running action.
struct Line {
    bar: ProgressBar,
    status: String,
    said: Duration,
}

impl Progress {
    /// Living lines if `terminal`, plain ones otherwise.
    pub fn new(terminal: bool) -> Self {
        Self { bars: terminal.then(MultiProgress::new), running: BTreeMap::new() }
    }

    /// Shows one event. A stream that is gone is no reason to stop an apply: failing to write is ignored.
    pub fn show(&mut self, event: &Event) {
        match &event.kind {
            EventKind::RunStarted { .. } | EventKind::Verifying => {}
            EventKind::ActionStarted { id } => self.start(id),
            EventKind::ActionWaiting { id, status, waited } => self.wait(id, status, *waited),
            EventKind::ActionRetrying { id, why, delay } => {
                self.say(&format!("  {} {id}: {why}; again in {}", paint(WARN, "↻"), spoken(*delay)));
            }
            EventKind::RequestRetried { operation, attempt } => {
                self.say(&paint(QUIET, format!("  ↻ {operation}: attempt {attempt}")));
            }
            EventKind::ActionFinished { id, outcome, took } => self.finish(id, outcome, *took),
            EventKind::ActionSkipped { id, because } => {
                self.say(&format!("  {} {id} skipped: it needs {because}", paint(WARN, "-")));
            }
        }
    }

    fn start(&mut self, id: &ActionId) {
        let bar = self.bars.as_ref().map_or_else(ProgressBar::hidden, |bars| bars.add(ProgressBar::new_spinner()));
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {wide_msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(id.to_string());
        bar.enable_steady_tick(Duration::from_millis(120));
        self.running.insert(id.clone(), Line { bar, status: String::new(), said: Duration::ZERO });
        if self.bars.is_none() {
            self.say(&format!("  {} {id}", paint(QUIET, "→")));
        }
    }

    fn wait(&mut self, id: &ActionId, status: &str, waited: Duration) {
        let Some(line) = self.running.get_mut(id) else { return };
        line.bar.set_message(format!("{id}: {status}"));
        // What an action says at first is no news in a log: it has just been said to begin.
        let first = line.status.is_empty();
        let news = line.status != status || waited >= line.said + REMINDER;
        if news {
            status.clone_into(&mut line.status);
            line.said = waited;
            if self.bars.is_none() && !first {
                self.say(&paint(QUIET, format!("    {id}: {status}, {}", spoken(waited))));
            }
        }
    }

    fn finish(&mut self, id: &ActionId, outcome: &Outcome, took: Duration) {
        if let Some(line) = self.running.remove(id) {
            line.bar.finish_and_clear();
        }
        let took = spoken(took);
        match outcome {
            Outcome::Done { notes } => {
                self.say(&format!("  {} {id} ({took})", paint(ADD, "✓")));
                for note in notes {
                    self.say(&format!("    {}", paint(WARN, format!("! {note}"))));
                }
            }
            Outcome::AlreadySo => self.say(&format!("  {} {id}: AWS was as wanted already", paint(ADD, "✓"))),
            Outcome::Failed { why, .. } => self.say(&format!("  {} {id} ({took}): {why}", paint(STOP, "✗"))),
        }
    }

    fn say(&self, text: &str) {
        let write = || writeln!(anstream::stderr(), "{text}");
        let written: io::Result<()> = if let Some(bars) = &self.bars { bars.suspend(write) } else { write() };
        drop(written);
    }
}
