//! A world behind a socket, for any client that speaks HTTP/1.1. The central function is [`serve`].
//!
//! Not here: TLS, other machines (whoever binds the listener decides), and what requests mean.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::time::{sleep, timeout};

use crate::connector::Mount;
use crate::wire::incoming::dated;

/// No request of these services is anywhere near as long.
const LONGEST_BODY: usize = 1024 * 1024;
/// How long what is being answered may still take after the end has come.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How long to wait when the system has no room for another connection.
const NO_ROOM: Duration = Duration::from_millis(100);

/// A request that was answered, for a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The operation, such as `eks:DescribeCluster`, or what was asked for in its place.
    pub operation: String,
    /// The HTTP status.
    pub status: u16,
    /// The code of the error, or what broke.
    pub error: Option<String>,
}

struct Server<L> {
    mount: Mount,
    log: L,
}

/// Answers every client of this listener until `end`. Then nobody new is let in, and what is being answered is finished.
pub async fn serve<L>(listener: TcpListener, mount: Mount, log: L, end: impl Future<Output = ()>)
where
    L: Fn(Answered) + Send + Sync + 'static,
{
    let (server, connections) = (Arc::new(Server { mount, log }), GracefulShutdown::new());
    let accept = async {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => drop(tokio::spawn(converse(Arc::clone(&server), stream, connections.watcher()))),
                Err(error) => {
                    let error = Some(error.to_string());
                    (server.log)(Answered { operation: "a connection".into(), status: 503, error });
                    sleep(NO_ROOM).await;
                }
            }
        }
    };
    select! { biased; () = end => {} () = accept => {} }
    // A client may keep its connection, or wait for a reply that is slow on purpose, for as long as it likes.
    let _left_alone = timeout(LAST_WORDS, connections.shutdown()).await;
}

/// All requests of one connection.
async fn converse<L>(server: Arc<Server<L>>, stream: TcpStream, watcher: Watcher)
where
    L: Fn(Answered) + Send + Sync + 'static,
{
    let service = service_fn(move |request| {
        let server = Arc::clone(&server);
        async move { Ok::<_, Infallible>(server.answer(request).await) }
    });
    // Time is the world's here, also in headers.
    let connection = http1::Builder::new().auto_date_header(false).serve_connection(TokioIo::new(stream), service);
    // A client that breaks off, or speaks no HTTP, has been told so by hyper if it can be told at all.
    let _broken_off = watcher.watch(connection).await;
}

impl<L: Fn(Answered)> Server<L> {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let asked = format!("{} {}", request.method(), request.uri().path());
        let (response, answered) = self.exchange(request).await.unwrap_or_else(|(status, why)| {
            let mut response = Response::new(Bytes::from(why.clone()));
            *response.status_mut() = status;
            if let Ok(now) = self.mount.world(|world| world.clock()) {
                response = dated(response, now);
            }
            (response, Answered { operation: asked, status: status.as_u16(), error: Some(why) })
        });
        (self.log)(answered);
        response.map(Full::new)
    }

    /// The world's answer, or why the request never got so far.
    async fn exchange(&self, request: Request<Incoming>) -> Result<(Response<Bytes>, Answered), (StatusCode, String)> {
        let (parts, body) = request.into_parts();
        let body = Limited::new(body, LONGEST_BODY).collect().await.map_err(|error| {
            let too_long = error.is::<LengthLimitError>();
            let status = if too_long { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST };
            (status, format!("failed to read the request's body: {error}"))
        })?;
        let request = Request::from_parts(parts, body.to_bytes());
        let broken = |error: io::Error| (StatusCode::INTERNAL_SERVER_ERROR, format!("the sandbox is broken: {error}"));
        let (handled, _) = self.mount.process(&request).await.map_err(broken)?;
        if handled.delay > Duration::ZERO {
            sleep(handled.delay).await;
        }
        let status = handled.response.status().as_u16();
        let answered = Answered { operation: handled.operation, status, error: handled.refused };
        Ok((handled.response, answered))
    }
}
