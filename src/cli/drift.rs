//! `trueup drift`

use clap::Args;

use super::session::Session;
use super::stop::{Stop, print};
use super::{Exit, Place, TargetArgs, known};
use crate::observe::observe;
use crate::plan::{Consent, plan};
use crate::report::{Mood, PlanText};

/// Tell whether AWS has drifted from the file: exit code 0 in sync, 2 drifted
///
/// Reads only. What is in AWS but neither in the file nor made by trueup is listed and does not count as drift.
#[derive(Debug, Args)]
pub(super) struct Drift {
    #[command(flatten)]
    pub(super) place: Place,
    #[command(flatten)]
    targets: TargetArgs,
}

impl Drift {
    pub(super) async fn run(&self) -> Result<Exit, Stop> {
        let session = Session::open(&self.place).await?;
        let (live, reading) = observe(&session.spec, &session.aws).await?;
        // A drift is one whether or not anybody agreed to repair it.
        let consent = Consent { prune: false, disruption: true, irreversible: true, unlock: true };
        let plan = known(plan(&session.spec, &live, &self.targets.request(consent)))?;
        print(PlanText { plan: &plan.document(), reading, mood: Mood::Drift });
        Ok(if plan.in_sync() { Exit::Done } else { Exit::Pending })
    }
}
