//! `trueup sandbox advance`: lets a sandbox's time pass.
//!
//! The central type is [`Advance`], its arguments. Not here: what is due by then, which the sandbox knows itself.

use std::time::Duration;

use clap::Args;
use sandbox::Mount;

use super::super::Exit;
use super::super::stop::{Stop, print};
use super::Folder;

/// Let a sandbox's time pass
///
/// Between commands it stands still. What is due by then happens: creations end, updates end.
#[derive(Debug, Args)]
pub(super) struct Advance {
    #[command(flatten)]
    folder: Folder,
    /// How long, such as 90s, 10m or 2h
    #[arg(value_name = "DURATION", value_parser = super::duration)]
    by: Duration,
}

impl Advance {
    pub(super) fn run(&self) -> Result<Exit, Stop> {
        let world = self.folder.world()?;
        let mount = Mount::directory(&self.folder.path, || world).map_err(Stop::Sandbox)?;
        let shown = mount.world(|world| {
            let later = world.clock() + self.by;
            world.advance(later);
            world.show()
        });
        let shown = shown.map_err(Stop::Sandbox)?;
        print(format_args!("It is {} now.", shown["time"].as_str().unwrap_or_default()));
        Ok(Exit::Done)
    }
}
