//! `trueup apply`

use clap::Args;

use super::console::{Question, carry_out};
use super::session::Session;
use super::stop::Stop;
use super::{ConsentArgs, Exit, Place, TargetArgs, limits};
use crate::apply::{Goal, Options};

/// Make AWS as the file says
///
/// Shows the plan, asks (or needs --yes where there is no terminal), and carries it out; then reads again what it wrote,
/// until AWS is as the file says. Killed at any point, the next apply goes on from there.
#[derive(Debug, Args)]
pub(super) struct Apply {
    #[command(flatten)]
    pub(super) place: Place,
    #[command(flatten)]
    consent: ConsentArgs,
    #[command(flatten)]
    targets: TargetArgs,
    /// Do not ask. Does not consent to disruptions: see --allow-disruption
    #[arg(short, long)]
    yes: bool,
    /// Carry out what is not blocked, and exit with 5
    #[arg(long)]
    skip_blocked: bool,
    /// How many actions run at a time
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    parallel: u16,
}

impl Apply {
    pub(super) async fn run(&self) -> Result<Exit, Stop> {
        let session = Session::open(&self.place).await?;
        let options = Options {
            goal: Goal::AsTheFile,
            request: self.targets.request(self.consent.consent(!self.yes)),
            skip_blocked: self.skip_blocked,
            limits: limits(self.parallel),
        };
        carry_out(session, &options, if self.yes { Question::None } else { Question::YesOrNo }).await
    }
}
