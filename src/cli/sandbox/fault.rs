//! `trueup sandbox fault`: lets calls of a sandbox's clients fail, or takes that back.
//!
//! The central type is [`Fault`], its arguments; [`read`] reads a file of faults, for `serve` too. Not here: what a
//! fault does to a call, which is the sandbox's part.

use std::path::{Path, PathBuf};

use clap::Args;
use sandbox::World;
use serde::de::DeserializeOwned;

use super::super::Exit;
use super::super::stop::{Stop, print};
use super::{Folder, text};
use crate::spec::nearest;

/// Let calls of a sandbox's clients fail, or take that back
///
/// Without options it lists the faults that are set. The effects are:
///
///   throttled                           refused as too many requests
///   serverError                         refused with HTTP 500, nothing applied
///   replyLost                           applied, and answered with HTTP 500
///   { slow: SECONDS }                   applied; the reply takes so long
///   { updateFails: { code, message } }  the update that the call starts ends as failed
///   { createFails: { code, message } }  what the call creates ends as failed
///   { refused: { status, code, message } }  refused with this error
///
/// A file has a list of faults:
///
///   - { operation: eks:CreateNodegroup, nth: 2, effect: throttled }
///   - { operation: "*", count: forever, effect: { slow: 2 } }
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Fault {
    #[command(flatten)]
    folder: Folder,
    /// Set the faults in this file
    #[arg(long, value_name = "FILE", conflicts_with = "operation")]
    file: Option<PathBuf>,
    /// Set a fault: the operation, such as eks:CreateNodegroup, or * for any
    #[arg(long, value_name = "OPERATION", requires = "effect")]
    operation: Option<String>,
    /// The first call from now on that it hits
    #[arg(long, value_name = "NUMBER", default_value_t = 1, requires = "operation")]
    nth: u32,
    /// How many calls it hits, or forever
    #[arg(long, value_name = "NUMBER", default_value = "1", requires = "operation")]
    count: String,
    /// What happens to them, as in a file
    #[arg(long, value_name = "EFFECT", requires = "operation")]
    effect: Option<String>,
    /// Take all faults back first
    #[arg(long)]
    heal: bool,
}

impl Fault {
    pub(super) fn run(&self) -> Result<Exit, Stop> {
        let faults = self.asked()?;
        let mut world = self.folder.world()?;
        if self.heal || !faults.is_empty() {
            let mount = sandbox::Mount::directory(&self.folder.path, || world.clone()).map_err(Stop::Sandbox)?;
            let changed = mount.world(|live| {
                if self.heal {
                    live.heal();
                }
                for fault in faults {
                    live.fail(fault);
                }
                live.clone()
            });
            world = changed.map_err(Stop::Sandbox)?;
        }
        print(listed(&world));
        Ok(Exit::Done)
    }

    fn asked(&self) -> Result<Vec<sandbox::Fault>, Stop> {
        if let Some(file) = &self.file {
            return read(file);
        }
        let (Some(operation), Some(effect)) = (&self.operation, &self.effect) else { return Ok(Vec::new()) };
        let option = |name: &str, why: String| Stop::BadFault { place: format!("--{name}"), why };
        let count = if self.count == "forever" { Ok(u32::MAX) } else { self.count.parse() };
        let fault = sandbox::Fault {
            operation: operation.clone(),
            first: self.nth,
            count: count.map_err(|_| option("count", "it takes a number, or `forever`".to_owned()))?,
            effect: yaml(effect).map_err(|why| option("effect", why))?,
        };
        check(&fault).map_err(|why| option("operation", why))?;
        Ok(vec![fault])
    }
}

/// The faults in a file.
pub(super) fn read(file: &Path) -> Result<Vec<sandbox::Fault>, Stop> {
    let bad = |why: String| Stop::BadFault { place: file.display().to_string(), why };
    let text = std::fs::read_to_string(file).map_err(|error| bad(error.to_string()))?;
    let faults: Vec<sandbox::Fault> = yaml(&text).map_err(bad)?;
    for (index, fault) in faults.iter().enumerate() {
        check(fault).map_err(|why| bad(format!("fault {}: {why}", index + 1)))?;
    }
    Ok(faults)
}

fn check(fault: &sandbox::Fault) -> Result<(), String> {
    let meant = || nearest(&fault.operation, sandbox::operations());
    let known = fault.operation == "*" || sandbox::operations().any(|name| name == fault.operation);
    let hint = || meant().map(|name| format!("; did you mean {name}?")).unwrap_or_default();
    fault.check().map_err(|why| if known { why } else { format!("{why}{}", hint()) })
}

fn yaml<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_saphyr::from_str(text).map_err(|error| error.to_string())
}

fn listed(world: &World) -> String {
    let faults = text::faults(&world.show());
    if faults.is_empty() { "No faults are set.".to_owned() } else { faults }
}
