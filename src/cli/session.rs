//! What every command starts with: the file, the connection, the identity check.

use std::io::IsTerminal;

use tokio::runtime::Builder;
use tokio::sync::mpsc::UnboundedReceiver;

use super::stop::Stop;
use super::{Exit, Place};
use crate::aws::{Aws, Endpoint, Retry, connect};
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
    runtime.map_err(Stop::Runtime)?.block_on(command)
}

impl Session {
    /// Reads the file, connects, and makes sure before anything else that the account is the file's.
    pub(super) async fn open(place: &Place) -> Result<Self, Stop> {
        let spec = load(&place.file).map_err(|problems| Stop::File(Box::new(problems)))?;
        let (aws, retries) = connect(&spec.metadata.region, endpoint(place, &spec)?).await;
        let identity = aws.identity().await?;
        if identity.account != spec.metadata.account_id {
            let file = spec.metadata.account_id;
            return Err(Stop::WrongAccount { file, live: identity.account.clone(), arn: identity.arn.clone() });
        }
        Ok(Self { spec, aws, retries })
    }
}

fn endpoint(place: &Place, spec: &Spec) -> Result<Endpoint, Stop> {
    let Some(folder) = &place.sandbox else { return Ok(Endpoint::Standard) };
    let settings = ::sandbox::Settings { region: spec.metadata.region.clone(), ..::sandbox::Settings::default() };
    let mount = ::sandbox::Mount::directory(folder, || ::sandbox::World::story(settings)).map_err(Stop::Sandbox)?;
    Ok(Endpoint::Mounted(mount.speed(place.sandbox_speed.unwrap_or(1.0))))
}
