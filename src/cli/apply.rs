//! `trueup apply`: makes AWS as the file says.
//!
//! The central type is [`Apply`], its arguments. Not here: the plan, the question and the end, which destroy has in
//! common with it (`console`).

use std::path::PathBuf;

use clap::Args;

use super::console::carry_out;
use super::question::Question;
use super::session::Session;
use super::stop::Stop;
use super::{ConsentArgs, Exit, Format, Place, TargetArgs, limits, saved};
use crate::apply::Options;
use crate::plan::{Document, Request};
use crate::record::Goal;

/// Make AWS as the file says
///
/// Shows the plan, asks (or needs --yes where there is no terminal), and carries it out; then reads again what it wrote,
/// until AWS is as the file says. Killed at any point, the next apply goes on from there: the first Ctrl-C or SIGTERM
/// starts nothing new and finishes what runs, the second leaves at once.
#[derive(Debug, Args)]
pub(super) struct Apply {
    #[command(flatten)]
    pub(super) place: Place,
    #[command(flatten)]
    consent: ConsentArgs,
    #[command(flatten)]
    targets: TargetArgs,
    /// Carry out this saved plan or nothing, without a question
    ///
    /// AWS is read and planned anew from the file; if what would be done is not what was saved, nothing is, and the exit code
    /// is 6. Needs the consent flags that the plan was made with. On a terminal, steps from which there is no way back are
    /// still asked about.
    #[arg(long = "plan", value_name = "FILE", conflicts_with = "targets")]
    saved: Option<PathBuf>,
    /// Do not ask. Does not consent to disruptions: see --allow-disruption
    #[arg(short, long)]
    yes: bool,
    /// Carry out what is not blocked, and exit with 5
    #[arg(long)]
    skip_blocked: bool,
    /// For people, or for programs: a line of JSON for the plan, for each event, and for the end (docs/events.md)
    ///
    /// Programs cannot be asked: it needs --yes, or --plan.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// How many actions run at a time
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    parallel: u16,
}

impl Apply {
    pub(super) async fn run(&self) -> Result<Exit, Stop> {
        let promise = self.saved.as_deref().map(saved::read).transpose()?;
        let session = Session::connect(&self.place).await?;
        let question = self.question(promise.as_ref());
        let consent = self.consent.consent(matches!(question, Question::YesOrNo));
        let targets = promise.as_ref().map_or_else(|| self.targets.targets.clone(), |promise| promise.targets.clone());
        let options = Options {
            goal: Goal::AsTheFile,
            request: Request { consent, targets },
            promise: promise.map(Box::new),
            skip_blocked: self.skip_blocked,
            limits: limits(self.parallel),
        };
        carry_out(session, options, question, self.format).await
    }

    /// A saved plan has been looked at; that covers no step from which there is no way back.
    fn question(&self, promise: Option<&Document>) -> Question {
        let answered = promise.is_some_and(|plan| !plan.irreversible() || self.consent.allow_irreversible);
        if self.yes || answered { Question::None } else { Question::YesOrNo }
    }
}
