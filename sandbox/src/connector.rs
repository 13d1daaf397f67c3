//! A world as the HTTP client of an AWS SDK. The central type is [`Mount`].
//!
//! The only place that knows a clock: tokio's. Not here: sockets (see `serve`).

use std::future::pending;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::handle::{Caller, Handled};
use crate::kernel::store::{self, Store};
use crate::world::World;

/// A mounted world; clones share it.
#[derive(Clone, Debug)]
pub struct Mount {
    shared: Arc<Shared>,
    caller: Caller,
    speed: f64,
    latency: Duration,
}

#[derive(Debug)]
struct Shared {
    store: Store<World>,
    /// A moment, and the world's time then.
    anchor: Mutex<(Instant, SystemTime)>,
    calls: Mutex<Vec<Call>>,
    crash: Mutex<Option<Crash>>,
    crashed: watch::Sender<bool>,
}

/// One request through a mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The operation, such as `eks:DescribeCluster`.
    pub operation: String,
    /// What was sent to it: path, query and body together. Null if it could not be understood.
    pub input: Value,
    /// The id under which it was answered, as in the reply.
    pub request_id: String,
    /// Whether the operation may change anything.
    pub mutating: bool,
    /// Whether this call changed anything.
    pub changed: bool,
    /// The HTTP status of the reply, also of a refusal, and of a reply that was lost.
    pub status: u16,
    /// The world's time.
    pub at: SystemTime,
}

/// When the client is to crash.
#[derive(Debug)]
struct Crash {
    /// How many more requests are answered before.
    left: usize,
    /// Whether only those count that may change something.
    only_mutations: bool,
}

impl Mount {
    /// A world in memory.
    pub fn in_memory(world: World) -> Self {
        let now = world.clock();
        Self::new(Store::memory(world), now)
    }

    /// A world as a file in this directory, so that it outlives the process. Each request locks it, reads it if somebody
    /// else has replaced it, and replaces it if something has changed.
    ///
    /// # Errors
    /// If the directory cannot be used, or the file in it is no world.
    pub fn directory(path: &Path, initial: impl FnOnce() -> World) -> io::Result<Self> {
        let store = Store::directory(path, initial)?;
        let now = store.with(|world| world.clock())?;
        Ok(Self::new(store, now))
    }

    fn new(store: Store<World>, now: SystemTime) -> Self {
        let shared = Shared {
            store,
            anchor: Mutex::new((Instant::now(), now)),
            calls: Mutex::default(),
            crash: Mutex::default(),
            crashed: watch::Sender::new(false),
        };
        Self { shared: Arc::new(shared), caller: Caller::Audited, speed: 1.0, latency: Duration::ZERO }
    }

    /// Lets the world's time pass this many times as fast as tokio's; below zero it stands still.
    #[must_use]
    pub fn speed(self, factor: f64) -> Self {
        Self { speed: factor.max(0.0), ..self }
    }

    /// The time in the world, for a client that is to live in it: one whose clock is off is told apart by real SDKs.
    pub fn time(&self) -> SystemTime {
        self.now(SystemTime::UNIX_EPOCH)
    }

    /// Lets each request take this long before it is handled.
    #[must_use]
    pub fn latency(self, latency: Duration) -> Self {
        Self { latency, ..self }
    }

    /// The same world for somebody else, whom the auditor does not check.
    #[must_use]
    pub fn unaudited(&self) -> Self {
        Self { caller: Caller::Unaudited, ..self.clone() }
    }

    /// Does something with the world, as it is by now.
    ///
    /// # Errors
    /// If the world lives in a directory and cannot be read or written.
    pub fn world<T>(&self, f: impl FnOnce(&mut World) -> T) -> io::Result<T> {
        self.shared.store.with(|world| {
            world.advance(self.now(world.clock()));
            f(world)
        })
    }

    /// Every request so far, through this mount and its clones.
    pub fn calls(&self) -> Vec<Call> {
        locked(&self.shared.calls).clone()
    }

    /// Lets the client crash at the n-th request from now: it is applied, but its reply never arrives.
    pub fn crash_after(&self, requests: usize) {
        self.crash(Crash { left: requests, only_mutations: false });
    }

    /// The same at the n-th request that may change something.
    pub fn crash_after_mutation(&self, mutations: usize) {
        self.crash(Crash { left: mutations, only_mutations: true });
    }

    fn crash(&self, crash: Crash) {
        self.shared.crashed.send_replace(false);
        *locked(&self.shared.crash) = Some(crash);
    }

    /// Resolves when the crash has happened.
    pub async fn crashed(&self) {
        // The sender lives as long as this mount, so waiting can only end by the crash.
        let mut crashed = self.shared.crashed.subscribe();
        let _ended = crashed.wait_for(|crashed| *crashed).await.is_ok();
    }

    /// Answers one request, with all its delays.
    ///
    /// # Errors
    /// If the world lives in a directory and cannot be read or written.
    pub async fn send(&self, request: Request<Bytes>) -> io::Result<Response<Bytes>> {
        let (handled, at) = self.process(&request).await?;
        let status = handled.response.status().as_u16();
        let Handled { operation, input, request_id, mutating, changed, .. } = handled;
        locked(&self.shared.calls).push(Call { operation, input, request_id, mutating, changed, status, at });
        if self.crashes_now(mutating) {
            self.shared.crashed.send_replace(true);
            return pending().await;
        }
        if handled.delay > Duration::ZERO {
            sleep(handled.delay).await;
        }
        Ok(handled.response)
    }

    /// What the world makes of a request once that has got there, and its time then. What delays the reply is not over.
    pub(crate) async fn process(&self, request: &Request<Bytes>) -> io::Result<(Handled, SystemTime)> {
        if self.latency > Duration::ZERO {
            sleep(self.latency).await;
        }
        self.world(|world| (world.process(world.clock(), request, self.caller), world.clock()))
    }

    /// The world's time by now. If it has gone on without this mount, as it does where several processes use one
    /// directory, it goes on from there.
    fn now(&self, world: SystemTime) -> SystemTime {
        let mut anchor = locked(&self.shared.anchor);
        let (since, then) = *anchor;
        let now = then + since.elapsed().mul_f64(self.speed);
        if world <= now {
            return now;
        }
        *anchor = (Instant::now(), world);
        world
    }

    /// Counts this request towards the crash.
    fn crashes_now(&self, mutating: bool) -> bool {
        let mut crash = locked(&self.shared.crash);
        let Some(next) = crash.as_mut().filter(|next| mutating || !next.only_mutations) else { return false };
        next.left = next.left.saturating_sub(1);
        let now = next.left == 0;
        if now {
            *crash = None;
        }
        now
    }
}

impl World {
    /// The world in this directory, if there is one.
    ///
    /// # Errors
    /// If the directory cannot be read, or the file in it is no world.
    pub fn load(directory: &Path) -> io::Result<Option<Self>> {
        store::load(directory)
    }

    /// Puts this world into the directory, in place of the one there, also one of another version. Nothing else in the
    /// directory is touched.
    ///
    /// # Errors
    /// If the directory cannot be written, or a file of that name is there that never was a world.
    pub fn save(&self, directory: &Path) -> io::Result<()> {
        store::save(self, directory)
    }
}

/// Nothing is ever left half done under these locks, so a panic elsewhere does not matter.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl HttpClient for Mount {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Mount {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mount = self.clone();
        HttpConnectorFuture::new(async move { mount.answer(request).await })
    }
}

impl Mount {
    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let user = |error: Box<dyn std::error::Error + Send + Sync>| ConnectorError::user(error);
        let request = request.try_into_http1x().map_err(|error| user(error.into()))?;
        let (parts, body) = request.into_parts();
        let body = body.bytes().ok_or_else(|| user("the sandbox does not know streaming bodies".into()))?;
        let request = Request::from_parts(parts, Bytes::copy_from_slice(body));
        let response = self.send(request).await.map_err(|error| ConnectorError::io(error.into()))?;
        HttpResponse::try_from(response.map(SdkBody::from)).map_err(|error| user(error.into()))
    }
}
