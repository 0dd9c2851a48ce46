//! One request: its id and its trace, its route, its answer, and what is noted of it.

use std::any::Any;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use http_body_util::Either;
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, header};
use ids::Uuid;
use ids::trace::{TraceId, TraceParent};
use tower_service::Service as _;
use tracing::{Instrument as _, Span, field};

use crate::app::{App, Shared};
use crate::code::Code;
use crate::collect::collect;
use crate::cors;
use crate::current::{CURRENT, Current};
use crate::reply::{Body, Problem, finish};
use crate::routes::{self, EVENTS, Peer, ROUTES};
use crate::serve::{Line, Phase};

/// Answers one request.
pub(crate) async fn answer(
    app: Arc<App>,
    line: Arc<Line>,
    request: Request<Incoming>,
    peer: IpAddr,
) -> Result<Response<Body>, Infallible> {
    let shared = &app.shared;
    let request_id = request_id(shared);
    let (head, body) = request.into_parts();
    let parent = head
        .headers
        .get("traceparent")
        .and_then(|value| value.to_str().ok());
    let parent = parent.and_then(|text| TraceParent::parse(text).ok());
    let own = TraceId::from_uuid(request_id).or_else(|| TraceId::from_uuid(Uuid::MAX));
    let trace_id = parent.map(|parent| parent.trace_id).or(own);
    let trace_id = trace_id.expect("Max is not Nil");
    let current = Current {
        request_id,
        trace_id,
    };
    let span = span(&head, &current, parent);
    // In its place once: each layer around it would hold, and move, all of it again.
    let routed = pin!(route(&app, head, body, peer));
    let routed = CURRENT.scope(current, in_time(&line, routed));
    let reply = if span.is_disabled() {
        routed.await
    } else {
        routed.instrument(span.clone()).await
    };
    let mut reply = reply.unwrap_or_else(|problem| {
        note(shared, &problem, &current, &span);
        cors::allow(problem.into_reply(request_id))
    });
    finish(&mut reply, request_id);
    shared.counts.answered(reply.status());
    span.record("http.response.status_code", reply.status().as_u16());
    Ok(reply)
}

async fn route(
    app: &App,
    mut head: Parts,
    body: Incoming,
    peer: IpAddr,
) -> Result<Response<Body>, Problem> {
    if head.uri.path() != EVENTS {
        head.extensions.insert(Peer(peer));
        let Ok(reply) = app
            .router
            .clone()
            .call(Request::from_parts(head, body))
            .await;
        return Ok(reply.map(Either::Right));
    }
    match head.method {
        Method::POST => collect(&app.shared, &head, body, peer)
            .await
            .map(cors::allow),
        Method::OPTIONS => Ok(cors::preflight(&head)),
        _ => {
            let problem = routes::method_not_allowed();
            let request_id = crate::current().map_or(Uuid::NIL, |current| current.request_id);
            let mut reply = cors::allow(problem.into_reply(request_id));
            reply.headers_mut().insert(header::ALLOW, cors::METHODS);
            Ok(reply)
        }
    }
}

/// The answer; or, when the connection's timer says so, that there was none in time; or that there
/// will be none, because its making panicked: a defect, which must not take the connection along.
async fn in_time(
    line: &Line,
    mut answer: Pin<&mut impl Future<Output = Result<Response<Body>, Problem>>>,
) -> Result<Response<Body>, Problem> {
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context)));
        match polled {
            Ok(Poll::Pending) if line.is_expired() => Poll::Ready(Err(late(line))),
            Ok(poll) => poll,
            Err(panic) => Poll::Ready(Err(panicked(panic.as_ref()))),
        }
    })
    .await
}

fn late(line: &Line) -> Problem {
    if line.phase() == Phase::Body {
        let message = "the body of the request took too long";
        return Problem::new(Code::RequestTimeout, message).close();
    }
    let message = "the answer took too long; all of this may be stored; send all of it \
                   again: events with ids of yours (`messageId`) are stored once";
    let problem = Problem::new(Code::TooSlow, message);
    problem
        .retry_after(std::time::Duration::from_secs(5))
        .close()
}

fn panicked(panic: &(dyn Any + Send)) -> Problem {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    let message = "the server failed; all of this may be stored";
    let problem = Problem::new(Code::Internal, message);
    problem
        .close()
        .cause(format!("panicked: {}", text.unwrap_or_default()))
}

/// The span of a request: off unless somebody listens to details.
fn span(head: &Parts, current: &Current, parent: Option<TraceParent>) -> Span {
    let span = tracing::debug_span!(
        target: "web::request",
        "request",
        "http.request.method" = method(&head.method),
        "http.route" = field::Empty,
        request_id = %current.request_id,
        trace_id = %current.trace_id,
        parent_id = field::Empty,
        sampled = field::Empty,
        "http.response.status_code" = field::Empty,
        project = field::Empty,
        events = field::Empty,
        decode_us = field::Empty,
        wait_us = field::Empty,
        commit_us = field::Empty,
        "error.type" = field::Empty,
    );
    if !span.is_disabled() {
        let route = ROUTES.into_iter().find(|route| *route == head.uri.path());
        span.record("http.route", route);
        span.record(
            "parent_id",
            parent.map(|parent| field::display(parent.parent_id)),
        );
        span.record("sampled", parent.map(|parent| parent.sampled));
    }
    span
}

/// A method of HTTP, or OpenTelemetry's word for any other: that may be anything, also a key.
fn method(method: &Method) -> &str {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
    ];
    let more = [
        Method::OPTIONS,
        Method::PATCH,
        Method::TRACE,
        Method::CONNECT,
    ];
    let is_known = known.contains(method) || more.contains(method);
    if is_known { method.as_str() } else { "_OTHER" }
}

/// Counts a refusal and writes it down: as an error if somebody must look, with its cause, once.
fn note(shared: &Shared, problem: &Problem, current: &Current, span: &Span) {
    let (request_id, trace_id) = (current.request_id, current.trace_id);
    let (status, code) = (problem.code.status(), problem.code.as_str());
    shared.counts.refused(status, code);
    span.record("error.type", code);
    if !status.is_server_error() {
        tracing::debug!(%request_id, %trace_id, code, "request refused");
        return;
    }
    let Some(cause) = &problem.cause else {
        tracing::warn!(%request_id, %trace_id, code, "request refused");
        return;
    };
    let mut error = cause.to_string();
    let mut deeper = cause.source();
    while let Some(source) = deeper {
        error = format!("{error}: {source}");
        deeper = source.source();
    }
    tracing::error!(%request_id, %trace_id, code, error, "request failed");
}

/// An id of ours. Without one (the clock is broken), the Nil id: the request is not to blame.
fn request_id(shared: &Shared) -> Uuid {
    (shared.make_id)(None).unwrap_or(Uuid::NIL)
}

/// An answer to what never became a request, as bytes.
pub(crate) fn last_words(shared: &Shared, problem: &Problem) -> Vec<u8> {
    let request_id = request_id(shared);
    let (status, code) = (problem.code.status(), problem.code.as_str());
    shared.counts.refused(status, code);
    shared.counts.answered(status);
    tracing::debug!(%request_id, code, "connection refused");
    crate::reply::raw(problem, request_id, (shared.clock)())
}
