//! What every command starts with: the file, the connection, the identity check.
//!
//! The central type is [`Session`]; [`run`] makes the runtime that a command runs on. Not here: what is done with the
//! connection.

use std::io::IsTerminal;

use tokio::runtime::Builder;
use tokio::sync::mpsc::UnboundedReceiver;

use super::interrupts::unless_interrupted;
use super::stop::Stop;
use super::{Exit, Place};
use crate::aws::{Aws, Endpoint, Retry, connect};
use crate::event::Reading;
use crate::observe::observe;
use crate::resources::Live;
use crate::spec::{Spec, load};

/// A connection that has been checked against the file.
pub(super) struct Session {
    pub(super) spec: Spec,
    pub(super) aws: Aws,
    pub(super) retries: UnboundedReceiver<Retry>,
}

/// Whether there is somebody to ask.
pub(super) fn interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// One thread: the order of events is then a function of the input. With a sandbox in virtual time the clock jumps to
/// the next thing that is waited for, so that ten minutes of AWS take milliseconds.
pub(super) fn run(place: &Place, command: impl Future<Output = Result<Exit, Stop>>) -> Result<Exit, Stop> {
    block_on(place.sandbox.is_some() && place.sandbox_speed.is_none(), command)
}

/// Runs a command, in virtual time or in real time.
pub(super) fn block_on(virtual_time: bool, command: impl Future<Output = Result<Exit, Stop>>) -> Result<Exit, Stop> {
    let runtime = Builder::new_current_thread().enable_all().start_paused(virtual_time).build();
    let runtime = runtime.map_err(Stop::Runtime)?;
    let result = runtime.block_on(command);
    // Nobody waits for a line that is not typed, or for a name that is still being looked up.
    runtime.shutdown_background();
    result
}

impl Session {
    /// Reads the file, and connects. Nothing is asked of AWS yet.
    pub(super) async fn connect(place: &Place) -> Result<Self, Stop> {
        let spec = load(&place.file).map_err(|problems| Stop::File(Box::new(problems)))?;
        let (aws, retries) = connect(&spec.metadata.region, endpoint(place, &spec)?).await;
        Ok(Self { spec, aws, retries })
    }

    /// Reads AWS; nothing of it comes out before the account is known to be the file's.
    pub(super) async fn read(&self) -> Result<(Live, Reading), Stop> {
        unless_interrupted(async { Ok(observe(&self.spec, &self.aws).await?) }).await
    }
}

fn endpoint(place: &Place, spec: &Spec) -> Result<Endpoint, Stop> {
    let Some(folder) = &place.sandbox else { return Ok(Endpoint::Standard) };
    let settings = ::sandbox::Settings { region: spec.metadata.region.clone(), ..::sandbox::Settings::default() };
    let mount = ::sandbox::Mount::directory(folder, || ::sandbox::World::story(settings)).map_err(Stop::Sandbox)?;
    let live = mount.world(|world| world.settings().region.clone()).map_err(Stop::Sandbox)?;
    if live != spec.metadata.region {
        return Err(Stop::SandboxElsewhere { folder: folder.clone(), live, file: spec.metadata.region.clone() });
    }
    Ok(Endpoint::Mounted(mount.speed(place.sandbox_speed.unwrap_or(1.0))))
}
