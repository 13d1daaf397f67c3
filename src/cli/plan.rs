//! `trueup plan`

use clap::Args;

use super::session::Session;
use super::stop::{Stop, print};
use super::{ConsentArgs, Exit, Place, TargetArgs, known};
use crate::observe::observe;
use crate::plan::plan;
use crate::report::{Mood, PlanText};

/// Show what differs between the file and AWS, and what apply would do about it
///
/// Reads only; nothing is changed. What apply would refuse is shown as blocked, with the reason and the way out. Give it
/// the same consent flags as apply to see the plan that apply would carry out.
#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    pub(super) place: Place,
    #[command(flatten)]
    consent: ConsentArgs,
    #[command(flatten)]
    targets: TargetArgs,
    /// Exit with 2 when there is something to do or something blocked
    #[arg(long)]
    detailed_exitcode: bool,
}

impl Plan {
    pub(super) async fn run(&self) -> Result<Exit, Stop> {
        let session = Session::open(&self.place).await?;
        let (live, reading) = observe(&session.spec, &session.aws).await?;
        let plan = known(plan(&session.spec, &live, &self.targets.request(self.consent.consent(true))))?;
        print(PlanText { plan: &plan, reading, mood: Mood::Intent });
        Ok(if self.detailed_exitcode && plan.pending() { Exit::Pending } else { Exit::Done })
    }
}
