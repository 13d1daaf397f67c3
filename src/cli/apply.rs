//! `trueup apply`

use std::io::IsTerminal;
use std::time::Duration;

use clap::Args;
use dialoguer::Confirm;
use tokio::time::Instant;

use super::session::{Session, interactive};
use super::stop::{Stop, print, say};
use super::{ConsentArgs, Exit, Place, TargetArgs};
use crate::apply::{Audience, Ending, Options, apply};
use crate::event::{Event, Reading, Report};
use crate::execute::Limits;
use crate::plan::Plan;
use crate::report::{Mood, PlanText, Progress, count, result_text, spoken};

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
        let mut session = Session::open(&self.place).await?;
        let began = Instant::now();
        let options = Options {
            request: self.targets.request(self.consent.consent(!self.yes)),
            skip_blocked: self.skip_blocked,
            limits: Limits { parallel: self.parallel.into(), nonce: format!("{:032x}", fastrand::u128(..)) },
        };
        let mut console =
            Console { yes: self.yes, unasked: false, progress: Progress::new(std::io::stderr().is_terminal()) };
        let ending = apply(&session.spec, &session.aws, &options, &mut session.retries, &mut console).await;
        if console.unasked {
            return Err(Stop::NoTerminal);
        }
        print(epilogue(&ending, session.aws.calls(), began.elapsed()));
        exit(ending)
    }
}

/// The last words, with what it took.
fn epilogue(ending: &Ending, calls: usize, took: Duration) -> String {
    let cost = format!("{}, {}", count(calls, "call"), spoken(took));
    match ending {
        Ending::Unknown(_) => "Nothing was planned.".to_owned(),
        Ending::InSync(_) => "Nothing to do; no mutating call was sent.".to_owned(),
        Ending::Declined => "Declined; nothing was changed.".to_owned(),
        Ending::Blocked(_) => {
            "Blocked; nothing was changed. What is blocked says above what to do; --skip-blocked carries out the rest."
                .to_owned()
        }
        Ending::Done(report, _) => {
            format!("Done: {}, and AWS is as the file says. {cost}.", count(report.done.len(), "action"))
        }
        Ending::Incomplete(report, _) if *report == Report::default() => {
            format!("Nothing was done: all that differs is blocked. {cost}.")
        }
        Ending::Incomplete(report, plan) => {
            let next = match (report.complete(), plan.blocked()) {
                (true, _) => "What is blocked was left out; everything else is done.",
                (false, true) => "What is blocked was left out. Run it again to go on from here.",
                (false, false) => "Run it again to go on from here.",
            };
            format!("{}Incomplete. {next} {cost}.", result_text(report))
        }
        Ending::Strayed(report, plan) => format!(
            "{}\n{}Stopped: AWS changed meanwhile, and going on would do more than was shown. Run it again to see the new plan. {cost}.",
            plan.runnable().map(|action| format!("  {}", action.id)).collect::<Vec<_>>().join("\n"),
            result_text(report),
        ),
        Ending::Unsettled(report, plan) => format!(
            "{}\n{}Three rounds of actions succeeded, and AWS still differs as above: somebody or something undoes what is done. {cost}.",
            PlanText { plan, reading: Reading { calls, rounds: 0, took }, mood: Mood::Drift },
            result_text(report),
        ),
        Ending::Unread(report, _) => format!("{}Incomplete: AWS could not be read. {cost}.", result_text(report)),
    }
}

fn exit(ending: Ending) -> Result<Exit, Stop> {
    match ending {
        Ending::Unknown(unknown) => Err(Stop::UnknownTarget(unknown)),
        Ending::InSync(_) | Ending::Done(..) => Ok(Exit::Done),
        Ending::Declined => Ok(Exit::Failed),
        Ending::Blocked(_) => Ok(Exit::Blocked),
        Ending::Incomplete(..) | Ending::Strayed(..) | Ending::Unsettled(..) => Ok(Exit::Incomplete),
        Ending::Unread(report, fault) if report.done.is_empty() => Err(Stop::Aws(fault)),
        Ending::Unread(_, fault) => {
            Stop::Aws(fault).report();
            Ok(Exit::Incomplete)
        }
    }
}

/// The person or the pipeline at the other end.
struct Console {
    yes: bool,
    unasked: bool,
    progress: Progress,
}

impl Audience for Console {
    fn show(&mut self, plan: &Plan, reading: &Reading) {
        print(PlanText { plan, reading: *reading, mood: Mood::Intent });
    }

    fn approve(&mut self) -> bool {
        if self.yes {
            return true;
        }
        if !interactive() {
            self.unasked = true;
            return false;
        }
        say("");
        // A terminal that cannot be read has not said yes.
        Confirm::new().with_prompt("Carry this out?").default(false).interact().unwrap_or(false)
    }

    fn hear(&mut self, event: &Event) {
        self.progress.show(event);
    }
}
