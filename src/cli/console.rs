//! What apply and destroy share at the console: the plan, the question, the progress, the last words and the exit code.
//!
//! The central type is [`Console`]. Not here: what is planned and run.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::interrupts::{Interrupts, Stage};
use super::question::Question;
use super::screen;
use super::session::{Session, interactive};
use super::stop::{Stop, print, say, tell};
use super::{Exit, Format};
use crate::apply::{Audience, Ending, Options, apply};
use crate::event::{Event, EventKind, Reading, Report};
use crate::plan::Plan;
use crate::record::{Ended, FORMAT_VERSION, Goal, Outcome, Record};
use crate::report::{Mood, PlanText, Progress, ending_text};

/// The person or the pipeline at the other end.
struct Console {
    goal: Goal,
    question: Question,
    unasked: bool,
    /// Progress for people; none where each event is a line for programs.
    progress: Option<Progress>,
    stage: Rc<Cell<Stage>>,
}

/// Reads, shows, asks, runs, and says how it ended.
pub(super) async fn carry_out(
    mut session: Session,
    mut options: Options,
    question: Question,
    format: Format,
) -> Result<Exit, Stop> {
    let began = Instant::now();
    let mut interrupts = Interrupts::catch();
    options.limits.stop = interrupts.stop();
    let progress = (format == Format::Text).then(|| Progress::new(screen::err()));
    let stage = interrupts.stage();
    let mut console = Console { goal: options.goal, question, unasked: false, progress, stage };
    let run = apply(&session.spec, &session.aws, &options, &mut session.retries, &mut console);
    let ending = tokio::select! {
        biased;
        ending = run => Some(ending),
        () = interrupts.leave() => None,
    };
    let ending = match ending {
        Some(ending) => Parts::of(ending, console.unasked.then(|| Stop::NoTerminal(console.question.flag()))),
        None => match console.stage.get() {
            Stage::Reading => Parts::interrupted(),
            Stage::Asking => {
                say("");
                Parts::of(Ending::Declined, None)
            }
            Stage::Running => return Ok(left_at_once(format)),
        },
    };
    let ended = ending.ended(session.aws.calls(), began.elapsed());
    console.conclude(&ended, &ending.report);
    if let Some(trouble) = &ending.trouble {
        trouble.report();
    }
    Ok(ending.exit())
}

fn left_at_once(format: Format) -> Exit {
    let left = "Left at once: AWS goes on by itself with what was sent. Run it again to go on from here.";
    if format == Format::Text {
        print(left);
    } else {
        say(left);
    }
    Exit::Incomplete
}

/// What of an ending is told.
struct Parts {
    outcome: Outcome,
    report: Report,
    plan: Option<Plan>,
    trouble: Option<Stop>,
}

impl Parts {
    fn interrupted() -> Self {
        let trouble = Some(Stop::Interrupted);
        Self { outcome: Outcome::Stopped, report: Report::default(), plan: None, trouble }
    }

    fn of(ending: Ending, unasked: Option<Stop>) -> Self {
        let of = |outcome, report, plan| Self { outcome, report, plan, trouble: None };
        let nothing = Report::default;
        match ending {
            Ending::Unknown(unknown) => {
                Self { trouble: Some(Stop::UnknownTarget(unknown)), ..of(Outcome::UnknownTarget, nothing(), None) }
            }
            Ending::Stale(differences) => {
                Self { trouble: Some(Stop::Stale(differences)), ..of(Outcome::Stale, nothing(), None) }
            }
            Ending::Unread(report, fault) => {
                Self { trouble: Some(Stop::Aws(fault)), ..of(Outcome::Unread, report, None) }
            }
            Ending::WrongAccount { file, identity } => Self {
                trouble: Some(Stop::WrongAccount { file, identity }),
                ..of(Outcome::WrongAccount, nothing(), None)
            },
            Ending::Declined => Self { trouble: unasked, ..of(Outcome::Declined, nothing(), None) },
            Ending::InSync(plan) => of(Outcome::InSync, nothing(), Some(plan)),
            Ending::Blocked(plan) => of(Outcome::Blocked, nothing(), Some(plan)),
            Ending::Done(report, plan) => of(Outcome::Done, report, Some(plan)),
            Ending::Incomplete(report, plan) => of(Outcome::Incomplete, report, Some(plan)),
            Ending::Stopped(report, plan) => of(Outcome::Stopped, report, Some(plan)),
            Ending::Strayed(report, plan) => of(Outcome::Strayed, report, Some(plan)),
            Ending::Unsettled(report, plan) => of(Outcome::Unsettled, report, Some(plan)),
        }
    }

    fn exit(&self) -> Exit {
        match (self.outcome, &self.trouble) {
            // Nothing is lost by an error before anything was done.
            (Outcome::Unread, _) if !self.report.done.is_empty() => Exit::Incomplete,
            (_, Some(trouble)) => trouble.complaint().1,
            (Outcome::InSync | Outcome::Done, None) => Exit::Done,
            (Outcome::Declined, None) => Exit::Failed,
            (Outcome::Blocked, None) => Exit::Blocked,
            (
                Outcome::UnknownTarget
                | Outcome::Stale
                | Outcome::Incomplete
                | Outcome::Stopped
                | Outcome::Strayed
                | Outcome::Unsettled
                | Outcome::Unread
                | Outcome::WrongAccount,
                None,
            ) => Exit::Incomplete,
        }
    }

    fn ended(&self, calls: usize, took: Duration) -> Ended {
        Ended {
            outcome: self.outcome,
            exit_code: self.exit() as u8,
            calls,
            took,
            plan: self.plan.as_ref().map(Plan::document),
            error: self.trouble.as_ref().map(|trouble| trouble.complaint().0),
        }
    }
}

impl Console {
    /// The last words, unless there is an error that says it all.
    fn conclude(&self, ended: &Ended, report: &Report) {
        if self.progress.is_none() {
            tell(&Record::Ended(Box::new(ended.clone())));
        } else if !ended.nothing_but_an_error() {
            print(ending_text(ended, report, self.goal, screen::out()));
        }
    }
}

impl Audience for Console {
    fn show(&mut self, plan: &Plan, reading: &Reading) {
        let (plan, reading) = (plan.document(), *reading);
        if self.progress.is_some() {
            print(PlanText { plan: &plan, reading: Some(reading), mood: Mood::of(self.goal), page: screen::out() });
        } else {
            let format_version = FORMAT_VERSION.to_owned();
            tell(&Record::Plan { format_version, goal: self.goal, reading, plan: Box::new(plan) });
        }
    }

    /// Who reads lines cannot be asked.
    async fn approve(&mut self) -> bool {
        match self.question {
            Question::None => true,
            Question::YesOrNo | Question::Name(_) if self.progress.is_none() || !interactive() => {
                self.unasked = true;
                false
            }
            Question::YesOrNo | Question::Name(_) => {
                self.stage.set(Stage::Asking);
                self.question.ask().await
            }
        }
    }

    /// Whoever has said yes to everything beforehand has not said yes to this.
    async fn extend(&mut self, plan: &Plan, reading: &Reading) -> bool {
        if self.progress.is_none() || !interactive() {
            return false;
        }
        self.show(plan, reading);
        self.stage.set(Stage::Asking);
        Question::YesOrNo.ask().await
    }

    fn hear(&mut self, event: &Event) {
        if matches!(event.kind, EventKind::RunStarted { .. }) {
            self.stage.set(Stage::Running);
        }
        match &mut self.progress {
            Some(progress) => progress.show(event),
            None => tell(&Record::Event(event.clone())),
        }
    }
}
