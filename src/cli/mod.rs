//! The command line: one file per subcommand, exit codes, and the words for what stops a command.
//!
//! The central type is [`Cli`]. Commands read their arguments, call the engines and print; they decide nothing.

mod apply;
mod completions;
mod console;
mod destroy;
mod drift;
mod exit;
mod interrupts;
mod man;
mod plan;
mod question;
mod report;
mod sandbox;
mod saved;
mod schema;
mod screen;
mod session;
mod stop;
mod validate;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub use exit::Exit;

use crate::execute::Limits;
use crate::model::Principal;
use crate::plan::{Consent, Plan as Planned, Request};
use crate::resources::{Facts, Live};
use crate::spec::{Spec, is_principal};

/// Trues an EKS cluster up with one YAML file.
///
/// The same file creates and updates the cluster; a second run changes nothing. There is no state file: trueup compares
/// the file with live AWS. Fields that the file does not mention are never touched.
///
/// Credentials, profiles and endpoints are found as the AWS CLI finds them, but for the credentials of `aws login`: let
/// the CLI hand those over with eval "$(aws configure export-credentials --format env)". To try trueup without an AWS account, add
/// --sandbox to any command.
#[derive(Debug, Parser)]
#[command(name = "trueup", version, after_help = AFTER_HELP, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    color: colorchoice_clap::Color,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Exit codes:
  0   done, or in sync
  1   failed, or declined at the question
  2   changes pending (plan --detailed-exitcode, drift)
  3   the file, the saved plan or the recording is invalid
  4   blocked by a safety rule; nothing was changed
  5   incomplete: some of it failed, was skipped or was stopped; run it again
  6   the saved plan is stale: what would be done now is not what was saved; nothing was changed
  64  wrong usage

First steps:
  trueup validate                  is the file right?
  trueup plan --sandbox            what would happen, in an AWS account that exists only on this machine
  trueup apply --sandbox --yes     make it so there
  trueup plan                      what would happen in your account";

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what differs between the file and AWS, and what apply would do about it
    Plan(plan::Plan),
    /// Make AWS as the file says
    Apply(apply::Apply),
    /// Tell whether AWS has drifted from the file: exit code 0 in sync, 2 drifted
    Drift(drift::Drift),
    /// Delete the cluster, and everything else that trueup made for it
    Destroy(destroy::Destroy),
    /// Show again what an apply has told with --format json
    Report(report::Report),
    /// Check the file, offline: every mistake at once, with its place and what to do about it
    Validate(validate::Validate),
    /// Print the JSON Schema of the file, for editors
    Schema(schema::Schema),
    /// The sandbox for other clients: serve it, look into it, let calls fail, start over
    Sandbox(sandbox::Sandbox),
    /// Print a script that makes a shell complete the arguments of trueup
    Completions(completions::Completions),
    /// Print the manual page
    Man(man::Man),
}

/// Who reads what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Which file, and which AWS.
#[derive(Debug, Args)]
struct Place {
    /// The cluster's file
    #[arg(short, long, value_name = "FILE", default_value = "cluster.yaml")]
    file: std::path::PathBuf,
    /// Use an AWS account that exists only in this folder, instead of a real one
    ///
    /// The sandbox speaks the AWS APIs' own protocols and starts as account 111122223333 with a VPC and IAM roles.
    /// Its state stays in DIR/sandbox.json; delete that to start over. Time is virtual unless --sandbox-speed is given.
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true, default_missing_value = ".trueup")]
    sandbox: Option<std::path::PathBuf>,
    /// Let the sandbox's time pass this many times as fast as real time, to watch it
    #[arg(long, value_name = "FACTOR", requires = "sandbox", value_parser = speed)]
    sandbox_speed: Option<f64>,
}

/// What a plan is left at.
#[derive(Debug, Args)]
struct TargetArgs {
    /// Leave it at this address, what depends on it, and what must be made for it; may be repeated
    ///
    /// Addresses are as plans show them, such as nodegroup/jobs. `*` stands for anything, `?` for one character.
    #[arg(long = "target", value_name = "ADDRESS")]
    targets: Vec<String>,
}

impl TargetArgs {
    fn request(&self, consent: Consent) -> Request {
        Request { consent, targets: self.targets.clone() }
    }
}

/// Who will apply.
#[derive(Debug, Args)]
struct ApplierArgs {
    /// Plan for this role or user to apply, rather than for whoever runs this
    ///
    /// It matters for access entries: whoever creates the cluster gets one from EKS, and whoever applies keeps its own. Where
    /// one role plans and another applies, as pipelines do, name the other one here.
    #[arg(long, value_name = "ARN", value_parser = principal)]
    applied_by: Option<Principal>,
}

impl ApplierArgs {
    /// What was read, as whoever applies would see it.
    fn reading(&self, live: Live, spec: &Spec) -> Result<Live, stop::Stop> {
        let Some(applier) = &self.applied_by else { return Ok(live) };
        if applier.account != spec.metadata.account_id {
            let (file, other) = (spec.metadata.account_id.clone(), applier.account.clone());
            return Err(stop::Stop::ForeignApplier { file, other });
        }
        Ok(Live { facts: Facts { caller: Some(applier.clone()), ..live.facts }, ..live })
    }
}

fn principal(arn: &str) -> Result<Principal, &'static str> {
    Principal::of(arn)
        .filter(|_| is_principal(arn))
        .ok_or("it takes the ARN of a role or a user, such as arn:aws:iam::111122223333:role/trueup-apply")
}

/// A plan, unless a target of it is unknown.
fn known(plan: Planned) -> Result<Planned, stop::Stop> {
    match plan.narrowed.as_ref().map(|it| &it.unknown).filter(|it| !it.is_empty()) {
        Some(unknown) => Err(stop::Stop::UnknownTarget(unknown.clone())),
        None => Ok(plan),
    }
}

/// What is agreed to beforehand.
#[derive(Debug, Args)]
struct ConsentArgs {
    /// Delete what trueup made for this cluster and the file no longer has
    #[arg(long)]
    prune: bool,
    #[command(flatten)]
    disruption: DisruptionArgs,
    /// Consent to changes from which there is no way back; on a terminal, the confirmation is enough
    #[arg(long)]
    allow_irreversible: bool,
}

/// Which disruptions are agreed to.
#[derive(Debug, Args)]
struct DisruptionArgs {
    /// Consent to changes that drain or terminate nodes, or that may lock somebody out
    ///
    /// With an address, such as --allow-disruption=nodegroup/jobs, only on that resource; `*` stands for anything, `?` for one
    /// character; may be repeated. For a single nodegroup, `disruption: allow` in the file does the same.
    #[arg(
        long,
        value_name = "ADDRESS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = Consent::EVERYTHING,
    )]
    allow_disruption: Vec<String>,
}

impl ConsentArgs {
    /// `asks`: whether a terminal will be asked, whose answer covers steps without a way back.
    fn consent(&self, asks: bool) -> Consent {
        Consent {
            prune: self.prune,
            disruption: self.disruption.allow_disruption.clone(),
            irreversible: self.allow_irreversible || (asks && session::interactive()),
            unlock: false,
        }
    }
}

/// What bounds a run.
fn limits(parallel: u16) -> Limits {
    Limits::new(parallel.into(), format!("{:032x}", fastrand::u128(..)))
}

/// The fastest that a sandbox's time may pass: a year in half a minute.
const TOP_SPEED: f64 = 1e6;

fn speed(text: &str) -> Result<f64, String> {
    let factor: f64 = text.parse().map_err(|_| "it takes a number, such as 60".to_owned())?;
    let possible = factor > 0.0 && factor <= TOP_SPEED;
    if possible { Ok(factor) } else { Err(format!("it takes a number above 0, at most {TOP_SPEED}")) }
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => stop::ended(cli.run()).into(),
        Err(error) if error.use_stderr() => {
            // A closed stream leaves nobody to tell.
            drop(error.print());
            Exit::Usage.into()
        }
        Err(help_or_version) => {
            stop::written(help_or_version.print());
            stop::ended(Exit::Done).into()
        }
    }
}

impl Cli {
    fn run(&self) -> Exit {
        self.color.write_global();
        let result = match &self.command {
            Command::Plan(command) => session::run(&command.place, command.run()),
            Command::Apply(command) => session::run(&command.place, command.run()),
            Command::Drift(command) => session::run(&command.place, command.run()),
            Command::Sandbox(command) => session::block_on(false, command.run()),
            Command::Destroy(command) => session::run(&command.place, command.run()),
            Command::Report(command) => command.run(),
            Command::Validate(command) => Ok(command.run()),
            Command::Schema(command) => Ok(command.run()),
            Command::Completions(command) => Ok(command.run()),
            Command::Man(command) => command.run(),
        };
        result.unwrap_or_else(|stop| stop.report())
    }
}
