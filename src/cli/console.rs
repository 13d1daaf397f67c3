//! What apply and destroy share at the console: the plan, the question, the progress, the last words and the exit code.
//!
//! The central type is [`Console`]. Not here: what is planned and run.

use std::time::Duration;

use dialoguer::{Confirm, Input};
use tokio::time::Instant;

use super::Exit;
use super::interrupts::{Catch, interrupts};
use super::screen;
use super::session::{Session, interactive};
use super::stop::{Stop, print, say};
use crate::apply::{Audience, Ending, Goal, Options, apply};
use crate::event::{Event, EventKind, Reading, Report};
use crate::plan::{Plan, Verb};
use crate::report::{Mood, Page, PlanText, Progress, count, paragraph, result_text, spoken};

/// What is asked before anything is carried out.
pub(super) enum Question {
    /// Nothing: the command line has answered.
    None,
    /// Yes or no.
    YesOrNo,
    /// The cluster's name, which nobody types by accident.
    Name(String),
}

/// The person or the pipeline at the other end.
struct Console {
    mood: Mood,
    question: Question,
    unasked: bool,
    progress: Progress,
    catch: Catch,
}

/// Shows, asks, runs, and says how it ended.
pub(super) async fn carry_out(mut session: Session, mut options: Options, question: Question) -> Result<Exit, Stop> {
    let began = Instant::now();
    let mood = mood(options.goal);
    let progress = Progress::new(screen::err());
    let (mut interrupts, catch) = interrupts();
    options.limits.stop = interrupts.stop();
    let mut console = Console { mood, question, unasked: false, progress, catch };
    let ending = tokio::select! {
        biased;
        ending = apply(&session.spec, &session.aws, &options, &mut session.retries, &mut console) => ending,
        () = interrupts.second() => {
            print("Left at once: AWS goes on by itself with what was sent. Run it again to go on from here.");
            return Ok(Exit::Incomplete);
        }
    };
    if console.unasked {
        return Err(Stop::NoTerminal(console.question.flag()));
    }
    print(epilogue(&ending, options.goal, session.aws.calls(), began.elapsed()));
    exit(ending)
}

fn mood(goal: Goal) -> Mood {
    match goal {
        Goal::AsTheFile => Mood::Intent,
        Goal::NothingLeft => Mood::Destroy,
    }
}

/// What became of it, and the last words with what it took.
fn epilogue(ending: &Ending, goal: Goal, calls: usize, took: Duration) -> String {
    let page = screen::out();
    let cost = format!("{}, {}", count(calls, "call"), spoken(took));
    let (before, last) = match ending {
        Ending::Stale(_) => (String::new(), "Nothing was changed.".to_owned()),
        Ending::Unknown(_) => (String::new(), "Nothing was planned.".to_owned()),
        Ending::InSync(_) => (String::new(), format!("{}; no mutating call was sent.", nothing_to_do(goal))),
        Ending::Declined => (String::new(), "Declined; nothing was changed.".to_owned()),
        Ending::Blocked(_) => (String::new(), format!("Blocked; nothing was changed. {}", way_out(goal))),
        Ending::Done(report, plan) => (String::new(), format!("{} {cost}.", achieved(goal, report, plan))),
        Ending::Incomplete(report, _) if *report == Report::default() => {
            (String::new(), format!("Nothing was done: all that differs is blocked. {cost}."))
        }
        Ending::Incomplete(report, plan) => {
            (result_text(report, page), format!("Incomplete. {} {cost}.", next(report, plan)))
        }
        Ending::Stopped(report, _) => {
            (result_text(report, page), format!("Stopped, as asked. Run it again to go on from here. {cost}."))
        }
        Ending::Strayed(report, plan) => (
            format!("{}{}", result_text(report, page), new_actions(plan, page)),
            format!(
                "Stopped: AWS changed meanwhile, and going on would do more than was shown. Run it again to see the new plan. {cost}."
            ),
        ),
        Ending::Unsettled(report, plan) => (
            format!(
                "{}\n\n{}",
                PlanText {
                    plan: &plan.document(),
                    reading: Reading { calls, rounds: 0, took },
                    mood: unsettled(goal),
                    page
                },
                result_text(report, page),
            ),
            format!(
                "Incomplete. Three rounds of actions succeeded, and AWS still differs as above: somebody or something undoes what is done. {cost}."
            ),
        ),
        Ending::Unread(report, _) => (result_text(report, page), format!("Incomplete: AWS could not be read. {cost}.")),
    };
    format!("{before}{}", paragraph(&last, page))
}

fn next(report: &Report, plan: &Plan) -> &'static str {
    match (report.complete(), plan.blocked()) {
        (true, _) => "What is blocked was left out; everything else is done.",
        (false, true) => "What is blocked was left out. Run it again to go on from here.",
        (false, false) => "Run it again to go on from here.",
    }
}

/// What a later round would have done beyond what was shown, among what it would have done.
fn new_actions(plan: &Plan, page: Page) -> String {
    let ids = plan.runnable().map(|action| paragraph(&format!("  {}", action.id), page));
    format!("Would be done next:\n{}", ids.collect::<String>())
}

fn nothing_to_do(goal: Goal) -> &'static str {
    match goal {
        Goal::AsTheFile => "Nothing to do",
        Goal::NothingLeft => "Nothing of ours is there",
    }
}

fn way_out(goal: Goal) -> &'static str {
    match goal {
        Goal::AsTheFile => "What is blocked says above what to do; --skip-blocked carries out the rest.",
        Goal::NothingLeft => "What is blocked says above what to do.",
    }
}

fn achieved(goal: Goal, report: &Report, plan: &Plan) -> String {
    let actions = count(report.done.len(), "action");
    match goal {
        Goal::AsTheFile => format!("Done: {actions}, and AWS is as the file says."),
        Goal::NothingLeft if plan.changes.iter().any(|change| change.verb == Verb::Unmanaged) => {
            format!("Destroyed: {actions}, and nothing of ours is left; what is not ours stayed.")
        }
        Goal::NothingLeft => format!("Destroyed: {actions}, and nothing of ours is left."),
    }
}

fn unsettled(goal: Goal) -> Mood {
    match goal {
        Goal::AsTheFile => Mood::Drift,
        Goal::NothingLeft => Mood::Destroy,
    }
}

fn exit(ending: Ending) -> Result<Exit, Stop> {
    match ending {
        Ending::Unknown(unknown) => Err(Stop::UnknownTarget(unknown)),
        Ending::Stale(differences) => Err(Stop::Stale(differences)),
        Ending::InSync(_) | Ending::Done(..) => Ok(Exit::Done),
        Ending::Declined => Ok(Exit::Failed),
        Ending::Blocked(_) => Ok(Exit::Blocked),
        Ending::Incomplete(..) | Ending::Stopped(..) | Ending::Strayed(..) | Ending::Unsettled(..) => {
            Ok(Exit::Incomplete)
        }
        Ending::Unread(report, fault) if report.done.is_empty() => Err(Stop::Aws(fault)),
        Ending::Unread(_, fault) => {
            Stop::Aws(fault).report();
            Ok(Exit::Incomplete)
        }
    }
}

impl Question {
    /// The flag that answers it beforehand.
    fn flag(&self) -> String {
        match self {
            Self::None | Self::YesOrNo => "--yes".to_owned(),
            Self::Name(name) => format!("--confirm {name}"),
        }
    }

    /// Asks. A terminal that cannot be read has not said yes.
    fn ask(&self) -> bool {
        say("");
        match self {
            Self::None => true,
            Self::YesOrNo => Confirm::new().with_prompt("Carry this out?").default(false).interact().unwrap_or(false),
            Self::Name(name) => {
                let prompt = format!("Type {name} to delete all of this for good");
                let answer: Result<String, _> = Input::new().with_prompt(prompt).allow_empty(true).interact_text();
                answer.is_ok_and(|answer| answer.trim() == name)
            }
        }
    }
}

impl Audience for Console {
    fn show(&mut self, plan: &Plan, reading: &Reading) {
        print(PlanText { plan: &plan.document(), reading: *reading, mood: self.mood, page: screen::out() });
    }

    fn approve(&mut self) -> bool {
        match self.question {
            Question::None => true,
            Question::YesOrNo | Question::Name(_) if !interactive() => {
                self.unasked = true;
                false
            }
            Question::YesOrNo | Question::Name(_) => self.question.ask(),
        }
    }

    fn hear(&mut self, event: &Event) {
        if matches!(event.kind, EventKind::RunStarted { .. }) {
            self.catch.begin();
        }
        self.progress.show(event);
    }
}
