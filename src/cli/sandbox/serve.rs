//! `trueup sandbox serve`: serves a sandbox on a port of this machine.
//!
//! The central type is [`Serve`], its arguments. Not here: how requests are read and answered; the crate does that.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use sandbox::{Answered, Mount};
use tokio::net::TcpListener;

use super::super::Exit;
use super::super::interrupts::Signals;
use super::super::stop::{Stop, print, say};
use super::{Beginning, fault};

/// Serve a sandbox on this machine to any AWS client, such as the AWS CLI or boto3, until Ctrl-C
///
/// It listens on 127.0.0.1 only and speaks plain HTTP. Signatures are not checked: any key and secret will do. Requests
/// are logged on standard error.
#[derive(Debug, Args)]
pub(in crate::cli) struct Serve {
    /// The port; 0 is any that is free
    #[arg(long, value_name = "PORT", default_value_t = 4500)]
    port: u16,
    /// Let the sandbox's time pass this many times as fast as real time; with 600 a cluster takes a second
    #[arg(long, value_name = "FACTOR", default_value = "1", value_parser = super::super::speed)]
    speed: f64,
    /// How long each request takes on its way, such as 50ms
    #[arg(long, value_name = "DURATION", default_value = "0s", hide_default_value = true, value_parser = super::duration)]
    latency: Duration,
    /// Serve the sandbox in this folder, which trueup --sandbox=DIR may use at the same time; without, one in memory
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true, default_missing_value = ".trueup")]
    sandbox: Option<PathBuf>,
    /// How a new sandbox begins; one that is in the folder already goes on
    #[arg(long, value_name = "WORLD", value_enum, default_value = "story")]
    world: Beginning,
    /// The region of a new sandbox
    #[arg(long, value_name = "REGION", default_value = "us-east-1", value_parser = super::region)]
    region: String,
    /// Let calls fail as this file says; see trueup sandbox fault
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
}

impl Serve {
    pub(super) async fn run(&self) -> Result<Exit, Stop> {
        let faults = self.faults.as_deref().map_or(Ok(Vec::new()), fault::read)?;
        let mount = self.mount()?.speed(self.speed).latency(self.latency);
        let region = mount.world(|world| {
            for fault in faults {
                world.fail(fault);
            }
            world.settings().region.clone()
        });
        let region = region.map_err(Stop::Sandbox)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let refused = |error| Stop::Listen { address, error };
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let mut signals = Signals::catch();
        print(usage(listener.local_addr().map_err(refused)?, &region));
        sandbox::serve(listener, mount, |answered| say(&line(&answered)), signals.next()).await;
        Ok(Exit::Done)
    }

    fn mount(&self) -> Result<Mount, Stop> {
        let initial = self.world.world(&self.region)?;
        let Some(path) = &self.sandbox else { return Ok(Mount::in_memory(initial)) };
        Mount::directory(path, || initial).map_err(Stop::Sandbox)
    }
}

/// What to tell a client, in one line for a shell.
fn usage(address: SocketAddr, region: &str) -> String {
    format!(
        "export AWS_ENDPOINT_URL=http://{address} AWS_ACCESS_KEY_ID=sandbox AWS_SECRET_ACCESS_KEY=sandbox \
         AWS_REGION={region} AWS_DEFAULT_REGION={region}"
    )
}

fn line(answered: &Answered) -> String {
    let Answered { operation, status, error } = answered;
    error.as_ref().map_or_else(|| format!("{status} {operation}"), |error| format!("{status} {operation} {error}"))
}
