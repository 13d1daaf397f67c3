//! `trueup destroy`: deletes the cluster and everything else that trueup made for it.
//!
//! The central type is [`Destroy`], its arguments. The confirmation is the cluster's name, not a yes. Not here: what is
//! ours to delete (`plan/destroy.rs`), and what is shown and asked (`console`).

use clap::Args;

use super::console::carry_out;
use super::question::Question;
use super::session::Session;
use super::stop::Stop;
use super::{Exit, Format, Place, limits};
use crate::apply::Options;
use crate::plan::{Consent, Request};
use crate::record::Goal;

/// Delete the cluster, and everything else that trueup made for it
///
/// Shows the plan, asks for the cluster's name (or needs --confirm NAME where there is no terminal), and deletes what
/// carries trueup's ownership tag, nodegroups before the cluster. What is not ours stays and is named. Killed at any
/// point, the next destroy goes on from there.
#[derive(Debug, Args)]
pub(super) struct Destroy {
    #[command(flatten)]
    pub(super) place: Place,
    /// The cluster's name, instead of typing it
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    /// Consent to the end of the nodes, and of whatever runs on them
    ///
    /// The cluster's name alone does not cover that. With an address, such as --allow-disruption=nodegroup/jobs, only on that
    /// resource; `*` stands for anything, `?` for one character; may be repeated. For a single nodegroup, `disruption: allow`
    /// in the file does the same.
    #[arg(
        long,
        value_name = "ADDRESS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = Consent::EVERYTHING,
    )]
    allow_disruption: Vec<String>,
    /// Switch the cluster's deletion protection off first
    #[arg(long)]
    disable_deletion_protection: bool,
    /// For people, or for programs, as with apply: it needs --confirm
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// How many actions run at a time
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    parallel: u16,
}

impl Destroy {
    pub(super) async fn run(&self) -> Result<Exit, Stop> {
        let session = Session::connect(&self.place).await?;
        let name = &session.spec.metadata.name;
        let question = match &self.confirm {
            Some(confirmed) if confirmed == name => Question::None,
            Some(confirmed) => return Err(Stop::WrongName { file: name.clone(), confirmed: confirmed.clone() }),
            None => Question::Name(name.clone()),
        };
        let consent = Consent {
            prune: true,
            disruption: self.allow_disruption.clone(),
            irreversible: true,
            unlock: self.disable_deletion_protection,
        };
        let request = Request { consent, ..Request::default() };
        let limits = limits(self.parallel);
        let options = Options { goal: Goal::NothingLeft, request, promise: None, skip_blocked: false, limits };
        carry_out(session, options, question, self.format).await
    }
}
