//! The progress of an apply: one living line per running action on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::page::{Page, Span, harmless, plain, shortened, styled};
use super::style::{ADD, QUIET, STOP, WARN};
use super::{count, spoken};
use crate::event::{Event, EventKind, Outcome};
use crate::plan::ActionId;

/// How long an unchanged status may last before a plain log says again that it is still so.
const REMINDER: Duration = Duration::from_mins(1);

/// The spinner before a living line, and the time after it.
const AROUND: usize = 14;
/// The least that is left of an action's name for its status.
const NAME: usize = 24;

/// Shows events on standard error.
pub struct Progress {
    page: Page,
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
    /// Living lines on a terminal, plain ones elsewhere.
    pub fn new(page: Page) -> Self {
        Self { page, bars: page.width.map(|_| MultiProgress::new()), running: BTreeMap::new() }
    }

    /// Shows one event. A stream that is gone is no reason to stop an apply: failing to write is ignored.
    pub fn show(&mut self, event: &Event) {
        match &event.kind {
            // What was left is named in the last words.
            EventKind::RunStarted { .. } | EventKind::ActionLeft { .. } | EventKind::Verifying => {}
            EventKind::Stopping { running } => {
                let running = count(*running, "running action");
                let text = format!(
                    "Stopping: nothing new starts, and {running} will be finished. Interrupt again to leave at once; either way, run again to go on."
                );
                self.say(2, &[styled(WARN, text)]);
            }
            EventKind::ActionStarted { id } => self.start(id),
            EventKind::ActionWaiting { id, status, waited } => self.wait(id, status, *waited),
            EventKind::ActionRetrying { id, why, delay } => {
                let text = format!(" {id}: {why}; again in {}", spoken(*delay));
                self.say(2, &[styled(WARN, "↻"), plain(text)]);
            }
            EventKind::RequestRetried { operation, attempt } => {
                self.say(2, &[styled(QUIET, format!("↻ {operation}: attempt {attempt}"))]);
            }
            EventKind::ActionFinished { id, outcome, took } => self.finish(id, outcome, *took),
            EventKind::ActionSkipped { id, because } => {
                self.say(2, &[styled(WARN, "-"), plain(format!(" {id} skipped: it needs {because}"))]);
            }
        }
    }

    fn start(&mut self, id: &ActionId) {
        let bar = self.bars.as_ref().map_or_else(ProgressBar::hidden, |bars| bars.add(ProgressBar::new_spinner()));
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {wide_msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(self.living(id, ""));
        bar.enable_steady_tick(Duration::from_millis(120));
        self.running.insert(id.clone(), Line { bar, status: String::new(), said: Duration::ZERO });
        if self.bars.is_none() {
            self.say(2, &[styled(QUIET, "→"), plain(format!(" {id}"))]);
        }
    }

    /// An action on one line: where there is too little room, its name gives way before its status does.
    fn living(&self, id: &ActionId, status: &str) -> String {
        let id = id.to_string();
        let status = if status.is_empty() { String::new() } else { format!(": {}", harmless(status)) };
        let room = self.page.width.map_or(usize::MAX, |width| width.saturating_sub(AROUND));
        let name = harmless(&id);
        format!("{}{status}", shortened(&name, room.saturating_sub(status.chars().count()).max(NAME)))
    }

    fn wait(&mut self, id: &ActionId, status: &str, waited: Duration) {
        let message = self.living(id, status);
        let Some(line) = self.running.get_mut(id) else { return };
        line.bar.set_message(message);
        // What an action says at first is no news in a log: it has just been said to begin.
        let first = line.status.is_empty();
        let news = line.status != status || waited >= line.said + REMINDER;
        if news {
            status.clone_into(&mut line.status);
            line.said = waited;
            if self.bars.is_none() && !first {
                self.say(4, &[styled(QUIET, format!("{id}: {status}, {}", spoken(waited)))]);
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
                self.say(2, &[styled(ADD, "✓"), plain(format!(" {id} ({took})"))]);
                for note in notes {
                    self.say(4, &[styled(WARN, format!("! {note}"))]);
                }
            }
            Outcome::AlreadySo => {
                self.say(2, &[styled(ADD, "✓"), plain(format!(" {id}: AWS was as wanted already"))]);
            }
            Outcome::Failed { why, .. } => {
                self.say(2, &[styled(STOP, "✗"), plain(format!(" {id} ({took}): {why}"))]);
            }
        }
    }

    fn say(&self, indent: usize, spans: &[Span<'_>]) {
        let mut text = String::new();
        self.page.line(&mut text, indent, indent + 4, spans);
        let write = || write!(anstream::stderr(), "{text}");
        let written: io::Result<()> = if let Some(bars) = &self.bars { bars.suspend(write) } else { write() };
        drop(written);
    }
}
