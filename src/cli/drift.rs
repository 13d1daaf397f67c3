//! `trueup drift`: tells whether AWS has drifted from the file.
//!
//! The central type is [`Drift`], its arguments. It plans as if everything but pruning had been agreed to, and carries
//! nothing out. Not here: what counts as a drift (`plan/drift.rs`).

use clap::Args;

use super::screen;
use super::session::Session;
use super::stop::{Stop, print};
use super::{ApplierArgs, Exit, Format, Place, TargetArgs, known};
use crate::plan::{Consent, Drift as Answer, plan};
use crate::report::{Mood, PlanText};

/// Tell whether AWS has drifted from the file: exit code 0 in sync, 2 drifted
///
/// Reads only. Says what has changed, what is missing and what is unmanaged: in AWS, and not in the file. The last does
/// not count as drift, unless --fail-on-unmanaged says so.
#[derive(Debug, Args)]
pub(super) struct Drift {
    #[command(flatten)]
    pub(super) place: Place,
    #[command(flatten)]
    targets: TargetArgs,
    #[command(flatten)]
    applier: ApplierArgs,
    /// Let what is in AWS and not in the file count, too, whether trueup made it or not
    #[arg(long)]
    fail_on_unmanaged: bool,
    /// For people, or for programs (docs/plan-json.md)
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Drift {
    pub(super) async fn run(&self) -> Result<Exit, Stop> {
        let session = Session::connect(&self.place).await?;
        let (live, reading) = session.read().await?;
        let live = self.applier.reading(live, &session.spec)?;
        // A drift is one whether or not anybody agreed to repair it.
        let consent = Consent {
            prune: false,
            disruption: vec![Consent::EVERYTHING.to_owned()],
            irreversible: true,
            unlock: true,
        };
        let plan = known(plan(&session.spec, &live, &self.targets.request(consent)))?;
        let answer = Answer::of(plan.document(), self.fail_on_unmanaged);
        match self.format {
            Format::Text => {
                let mood = Mood::Drift { unmanaged_counts: self.fail_on_unmanaged };
                print(PlanText { plan: &answer.plan, reading: Some(reading), mood, page: screen::out() });
            }
            Format::Json => print(json(&answer)),
        }
        Ok(if answer.drifted { Exit::Pending } else { Exit::Done })
    }
}

fn json(answer: &Answer) -> String {
    serde_json::to_string_pretty(answer).expect("text and numbers can be written as JSON")
}
