//! The progress of an apply: one living line per running action on a terminal, plain lines elsewhere.
//!
//! The central type is [`Progress`]. Not here: what became of it all, which is said once at the end (`result_text`).

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use unicode_width::UnicodeWidthStr;

use super::page::{Page, Span, beginning, harmless, plain, shortened, styled};
use super::style::{ADD, QUIET, STOP, WARN};
use super::{count, spoken};
use crate::event::{ActionOutcome, Event, EventKind};
use crate::plan::ActionId;

/// How long an unchanged status may last before a plain log says again that it is still so.
const REMINDER: Duration = Duration::from_mins(1);

/// The spinner before a living line, and the time after it, with their spaces.
const AROUND: usize = 8;
/// The least of a status that says anything.
const STATUS: usize = 8;

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
        bar.set_message(living(self.page.width, id, ""));
        bar.enable_steady_tick(Duration::from_millis(120));
        self.running.insert(id.clone(), Line { bar, status: String::new(), said: Duration::ZERO });
        if self.bars.is_none() {
            self.say(2, &[styled(QUIET, "→"), plain(format!(" {id}"))]);
        }
    }

    fn wait(&mut self, id: &ActionId, status: &str, waited: Duration) {
        let message = living(self.page.width, id, status);
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

    fn finish(&mut self, id: &ActionId, outcome: &ActionOutcome, took: Duration) {
        if let Some(line) = self.running.remove(id) {
            line.bar.finish_and_clear();
        }
        let took = spoken(took);
        match outcome {
            ActionOutcome::Done { notes } => {
                self.say(2, &[styled(ADD, "✓"), plain(format!(" {id} ({took})"))]);
                for note in notes {
                    self.say(4, &[styled(WARN, format!("! {note}"))]);
                }
            }
            ActionOutcome::AlreadySo => {
                self.say(2, &[styled(ADD, "✓"), plain(format!(" {id}: AWS was as wanted already"))]);
            }
            ActionOutcome::Failed { why, .. } => {
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

/// An action on one line. Where there is too little room, its status gives way before its name does.
fn living(width: Option<usize>, id: &ActionId, status: &str) -> String {
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(AROUND));
    let id = id.to_string();
    let id = harmless(&id);
    let name = shortened(&id, room);
    let words: Vec<&str> = status.split(' ').filter(|word| !is_uuid(word)).collect();
    let status = words.join(" ");
    let status = harmless(&status);
    let left = room.saturating_sub(name.width() + 2);
    if left < status.width().clamp(1, STATUS) || status.is_empty() {
        return name.into_owned();
    }
    format!("{name}: {}", beginning(&status, left))
}

/// The id of an update is for logs: on a living line it takes the room of what it is about.
fn is_uuid(word: &str) -> bool {
    word.len() == 36 && word.matches('-').count() == 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(width: usize, id: &str, status: &str) -> String {
        living(Some(width), &ActionId(id.to_owned()), status)
    }

    #[test]
    fn a_living_line_names_its_action_before_anything_else() {
        let update = "cluster/gitlab-runners UpdateClusterConfig (deletion protection)";
        let status = "update da92514e-6846-4b3d-80ca-d79b032767d0 in progress";
        assert_eq!(at(120, update, status), format!("{update}: update in progress"));
        assert_eq!(at(86, update, status), format!("{update}: update in p…"));
        assert_eq!(at(80, update, status), update);
        assert_eq!(at(40, update, status), "cluster/git…deletion protection)");
        let create = "nodegroup/jobs create";
        assert_eq!(at(40, create, "CREATING"), format!("{create}: CREATING"));
        assert_eq!(at(40, create, "not visible yet"), format!("{create}: not visi…"));
        assert_eq!(at(40, "cluster/gitlab-runners create", "CREATING"), "cluster/gitlab-runners create");
        assert_eq!(at(40, create, ""), create);
    }
}
