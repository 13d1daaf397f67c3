//! `trueup sandbox`: the sandbox as a thing of its own, for other clients and for those who look into it.
//!
//! The central type is [`Sandbox`]. Not here: what the sandbox does; that is a crate of its own.

mod advance;
mod fault;
mod reset;
mod serve;
mod show;
mod text;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use sandbox::{Settings, World};

use super::Exit;
use super::stop::Stop;
use crate::spec::is_region;

/// The sandbox for other clients: serve it, look into it, let calls fail, start over
#[derive(Debug, Args)]
pub(super) struct Sandbox {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Show(show::Show),
    Fault(fault::Fault),
    Advance(advance::Advance),
    Reset(reset::Reset),
}

impl Sandbox {
    pub(super) async fn run(&self) -> Result<Exit, Stop> {
        match &self.command {
            Command::Serve(command) => command.run().await,
            Command::Show(command) => command.run(),
            Command::Fault(command) => command.run(),
            Command::Advance(command) => command.run(),
            Command::Reset(command) => command.run(),
        }
    }
}

/// A region's name, as in `us-east-1`.
fn region(text: &str) -> Result<String, &'static str> {
    is_region(text).then(|| text.to_owned()).ok_or("it takes a region, such as us-east-1")
}

/// How a sandbox begins.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Beginning {
    /// An account with a network and roles, and no cluster
    Story,
    /// The story's cluster as eksctl makes it, with eksctl's mistakes
    Eksctl,
    /// An account with nothing in it but the caller's role
    Empty,
}

impl Beginning {
    fn world(self, region: &str) -> Result<World, Stop> {
        let settings = Settings { region: region.to_owned(), ..Settings::default() };
        match self {
            Self::Story => Ok(World::story(settings)),
            Self::Eksctl => World::eksctl(settings).map_err(Stop::Sandbox),
            Self::Empty => Ok(World::empty(settings)),
        }
    }
}

/// The folder whose sandbox is meant.
#[derive(Debug, Args)]
struct Folder {
    /// The folder of the sandbox
    #[arg(long = "sandbox", value_name = "DIR", default_value = ".trueup")]
    path: PathBuf,
}

impl Folder {
    /// The sandbox that is there.
    fn world(&self) -> Result<World, Stop> {
        let world = World::load(&self.path).map_err(Stop::Sandbox)?;
        world.ok_or_else(|| Stop::NoSandbox { folder: self.path.clone() })
    }
}

/// A number with its unit.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = match unit {
        "ms" => Some(Duration::from_millis(1)),
        "s" => Some(Duration::from_secs(1)),
        "m" => Some(Duration::from_mins(1)),
        "h" => Some(Duration::from_hours(1)),
        _ => None,
    };
    let length = unit.and_then(|unit| unit.checked_mul(number.parse().ok()?));
    length.ok_or_else(|| "it takes a number with a unit: 50ms, 90s, 10m or 2h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_a_unit() {
        let seconds = |text: &str| duration(text).ok().map(|duration| duration.as_secs_f64());
        assert_eq!(["50ms", "90s", "10m", "2h", "0s"].map(seconds), [0.05, 90.0, 600.0, 7200.0, 0.0].map(Some));
        assert_eq!(["", "5", "s", "-5s", "1.5h", "5 s", "5d", "99999999999s"].map(seconds), [None; 8]);
    }
}
