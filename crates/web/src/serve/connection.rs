//! One connection from its opening to its end: the parser, its clock, and the order to stop.

use std::future::{Future as _, poll_fn};
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::sleep_until;

use super::gate::Gate;
use super::line::Line;
use crate::app::App;
use crate::reply::Problem;
use crate::service::{self, answer};

/// Serves one connection until it ends.
///
/// One timer serves all its deadlines: a deadline that moves away, as they do with every request,
/// is not told to the timer, which looks where it is when it rings.
pub(super) async fn serve<S>(stream: S, line: Arc<Line>, app: Arc<App>, peer: IpAddr)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let refuse = |problem: &Problem| service::last_words(&app.shared, problem);
    let gate = Gate::new(stream, Arc::clone(&line), refuse);
    let service = service_fn(|request| answer(Arc::clone(&app), Arc::clone(&line), request, peer));
    // A client that closes its side has sent its request and may still want the answer.
    let connection = http1::Builder::new()
        .half_close(true)
        .header_read_timeout(None)
        .serve_connection(gate, service);
    let mut connection = pin!(connection);
    let mut timer = pin!(sleep_until(line.deadline()));
    let (mut listens, mut stopping) = (false, false);
    poll_fn(|context| {
        if !listens {
            line.listen(context.waker());
            listens = true;
        }
        loop {
            if line.is_dropping() {
                return Poll::Ready(());
            }
            if line.is_stopping() && !stopping {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            // An error is the client's: it went away or broke the protocol, and there is nobody to
            // tell.
            if connection.as_mut().poll(context).is_ready() {
                return Poll::Ready(());
            }
            let deadline = line.deadline();
            if deadline < timer.deadline() {
                timer.as_mut().reset(deadline);
            }
            if timer.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            if deadline > timer.deadline() {
                timer.as_mut().reset(deadline);
            } else if !line.expire() {
                return Poll::Ready(());
            }
        }
    })
    .await;
}
