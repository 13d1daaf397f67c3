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
    #[arg(value_name = "DURATION", value_parser = duration)]
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

/// A number with the first letter of its unit.
fn duration(text: &str) -> Result<Duration, String> {
    let mistake = || "it takes a number with a unit: 90s, 10m or 2h".to_owned();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(mistake)?;
    let seconds: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(mistake()),
    };
    let number: u32 = number.parse().map_err(|_| mistake())?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}
