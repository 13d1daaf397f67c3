//! `trueup report`: shows an apply again from its recording.
//!
//! The central type is [`Report`], its arguments; [`Replay`] shows one record after the other. Nothing is asked of AWS.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use super::stop::{Stop, print, say, tell};
use super::{Exit, Format, screen};
use crate::event::{self, Event};
use crate::record::{Ended, Goal, Record, Recording, read};
use crate::report::{Mood, PlanText, Progress, ending_text, error_text};

/// Show again what an apply has told with --format json
///
/// The plan, the progress and the last words as the run itself would have shown them without a terminal: the progress on
/// standard error, the rest on standard output.
#[derive(Debug, Args)]
pub(super) struct Report {
    /// The recording; - is standard input
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// For people, or line by line for programs (docs/events.md)
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Report {
    pub(super) fn run(&self) -> Result<Exit, Stop> {
        let no_recording = |why: String| Stop::NoRecording(self.from.clone(), why);
        let text = text(&self.from).map_err(|error| no_recording(error.to_string()))?;
        let Recording { records, cut } = read(&text).map_err(|error| no_recording(error.to_string()))?;
        match self.format {
            Format::Text => Replay::default().show(&records),
            Format::Json => records.iter().for_each(tell),
        }
        if !records.iter().any(|record| matches!(record, Record::Ended(_))) {
            let broken = if cut { ", in the middle of a line" } else { "" };
            say(&format!(
                "The recording breaks off here{broken}: trueup was killed, or left at once. AWS goes on by itself with what was sent; run apply again to go on from there."
            ));
        }
        Ok(Exit::Done)
    }
}

/// A recording may break off within a character, too.
fn text(path: &Path) -> std::io::Result<String> {
    let mut bytes = vec![];
    if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes)?;
    } else {
        bytes = std::fs::read(path)?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What has been shown so far.
#[derive(Default)]
struct Replay {
    progress: Option<Progress>,
    goal: Option<Goal>,
    report: event::Report,
}

impl Replay {
    fn show(&mut self, records: &[Record]) {
        for record in records {
            match record {
                Record::Plan { format_version: _, goal, reading, plan } => {
                    self.goal = Some(*goal);
                    print(PlanText { plan, reading: Some(*reading), mood: Mood::of(*goal), page: screen::out() });
                }
                Record::Event(event) => self.hear(event),
                Record::Ended(ended) => self.conclude(ended),
            }
        }
    }

    fn hear(&mut self, event: &Event) {
        self.report.note(&event.kind);
        self.progress.get_or_insert_with(|| Progress::new(screen::log())).show(event);
    }

    fn conclude(&self, ended: &Ended) {
        let goal = self.goal.unwrap_or(Goal::AsTheFile);
        if !ended.nothing_but_an_error() {
            print(ending_text(ended, &self.report, goal, screen::out()));
        }
        if let Some(error) = &ended.error {
            say(&error_text(&error.message, error.hint.as_deref(), screen::err()));
        }
    }
}
