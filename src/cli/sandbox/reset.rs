//! `trueup sandbox reset`: starts a sandbox over.
//!
//! The central type is [`Reset`], its arguments. Not here: what a new sandbox holds ([`Beginning`]).

use clap::Args;
use sandbox::World;

use super::super::Exit;
use super::super::stop::{Stop, print};
use super::{Beginning, Folder};

/// Start a sandbox over
///
/// Only DIR/sandbox.json is replaced. Commands and servers that use the sandbox go on with the new one.
#[derive(Debug, Args)]
pub(super) struct Reset {
    #[command(flatten)]
    folder: Folder,
    /// How it begins
    #[arg(long, value_name = "WORLD", value_enum, default_value = "story")]
    world: Beginning,
    /// Its region; without, that of the sandbox that is there
    #[arg(long, value_name = "REGION", value_parser = super::region)]
    region: Option<String>,
}

impl Reset {
    pub(super) fn run(&self) -> Result<Exit, Stop> {
        // A sandbox of another version cannot be read, and is what this command is for.
        let former = World::load(&self.folder.path).ok().flatten();
        let region = self.region.clone().or_else(|| former.as_ref().map(|world| world.settings().region.clone()));
        let world = self.world.world(region.as_deref().unwrap_or("us-east-1"))?;
        world.save(&self.folder.path).map_err(Stop::Sandbox)?;
        let lost = former.map_or(0, |world| world.clusters().len());
        let gone = match lost {
            0 => String::new(),
            1 => "; the cluster that was there is gone".to_owned(),
            lost => format!("; the {lost} clusters that were there are gone"),
        };
        let folder = self.folder.path.display();
        print(format_args!("The sandbox in {folder} is as on the first day{gone}."));
        Ok(Exit::Done)
    }
}
