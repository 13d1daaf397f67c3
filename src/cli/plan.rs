//! `trueup plan`: shows what apply would do, and saves it if asked to.
//!
//! The central type is [`Plan`], its arguments. It changes nothing in AWS. Not here: what a saved plan is and how it is
//! written (`saved`).

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::saved;
use super::screen;
use super::session::Session;
use super::stop::{Stop, print};
use super::{ApplierArgs, ConsentArgs, Exit, Place, TargetArgs, known};
use crate::plan::plan;
use crate::report::{Mood, PlanText, dot, mermaid};

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
    #[command(flatten)]
    applier: ApplierArgs,
    /// How to show it; dot and mermaid draw the graph of actions
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also save the plan here, for `apply --plan FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exit with 2 when there is something to do or something blocked
    #[arg(long)]
    detailed_exitcode: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
    Dot,
    Mermaid,
}

impl Plan {
    pub(super) async fn run(&self) -> Result<Exit, Stop> {
        if let Some(path) = &self.out {
            saved::spare(path, &self.place.file)?;
        }
        let session = Session::connect(&self.place).await?;
        let (live, reading) = session.read().await?;
        let live = self.applier.reading(live, &session.spec)?;
        let plan = known(plan(&session.spec, &live, &self.targets.request(self.consent.consent(true))))?;
        let document = plan.document();
        match self.format {
            Format::Text => {
                print(PlanText { plan: &document, reading: Some(reading), mood: Mood::Intent, page: screen::out() });
            }
            Format::Json => print(saved::json(&document)),
            Format::Dot => print(dot(&document)),
            Format::Mermaid => print(mermaid(&document)),
        }
        if let Some(path) = &self.out {
            saved::write(path, &document).await?;
        }
        Ok(if self.detailed_exitcode && plan.pending() { Exit::Pending } else { Exit::Done })
    }
}
