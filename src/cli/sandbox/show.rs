//! `trueup sandbox show`: shows what is in a sandbox.
//!
//! The central type is [`Show`], its arguments. Not here: how that looks to people (`text`).

use clap::Args;

use super::super::stop::{Stop, print};
use super::super::{Exit, Format};
use super::{Folder, text};

/// Show what is in a sandbox
///
/// As JSON, each thing is what its own API describes: clusters and what is in them in the shapes of EKS,
/// autoScalingGroups in those of Auto Scaling. What readers of the APIs would see a moment later is shown already.
#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    folder: Folder,
    /// For people or for programs
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    format: Format,
    /// List the operations that every sandbox knows, and nothing else
    #[arg(long)]
    operations: bool,
}

impl Show {
    pub(super) fn run(&self) -> Result<Exit, Stop> {
        if self.operations {
            print(self.operations());
            return Ok(Exit::Done);
        }
        let shown = self.folder.world()?.show();
        match self.format {
            Format::Text => print(text::world(&shown)),
            Format::Json => print(format_args!("{shown:#}")),
        }
        Ok(Exit::Done)
    }

    fn operations(&self) -> String {
        let names: Vec<&str> = sandbox::operations().collect();
        match self.format {
            Format::Text => names.join("\n"),
            Format::Json => format!("{:#}", serde_json::Value::from(names)),
        }
    }
}
