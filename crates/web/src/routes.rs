//! The routes that are not the hot path: health, readiness, metrics, and what there is not.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body as Routed;
use axum::extract::State;
use axum::http::{HeaderMap, Response, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Extension, Router};
use ids::Uuid;

use crate::app::Shared;
use crate::code::Code;
use crate::current::current;
use crate::reply::Problem;
use crate::{client, metrics};

/// Where events are sent. It does not pass the router.
pub(crate) const EVENTS: &str = "/api/events";

/// Every route that there is; each has its line in the test of what two tenants learn of each
/// other.
pub const ROUTES: [&str; 4] = [EVENTS, "/healthz", "/readyz", "/metrics"];

/// Whom the connection is with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The router.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let [_, health, readiness, metrics] = ROUTES;
    Router::new()
        .route(health, get(async || "ok\n"))
        .route(readiness, get(ready))
        .route(metrics, get(measured))
        .fallback(async || not_found())
        .method_not_allowed_fallback(async || method_not_allowed())
        .with_state(shared)
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Routed> {
        let request_id = current().map_or(Uuid::NIL, |current| current.request_id);
        self.into_reply(request_id).map(Routed::new)
    }
}

async fn ready(State(shared): State<Arc<Shared>>) -> Result<&'static str, Problem> {
    if shared.connections.is_stopping() || !shared.intake.is_open() {
        return Err(Problem::new(Code::Stopping, "the server is stopping"));
    }
    let proved = shared
        .ready
        .look(shared.config.ready_age_max, shared.journal.ready());
    if proved.await {
        return Ok("ready\n");
    }
    Err(Problem::new(Code::StoreFailed, "the store cannot commit"))
}

/// What was counted, for those who may know: for others it looks like no route.
async fn measured(
    State(shared): State<Arc<Shared>>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let config = &shared.config;
    let client = client::certain(&headers, peer, &config.trusted_proxies).ok_or_else(not_found)?;
    let mut networks = config.metrics_networks.iter();
    if !networks.any(|network| network.contains(client)) {
        return Err(not_found());
    }
    let content_type = [(header::CONTENT_TYPE, metrics::CONTENT_TYPE)];
    Ok((content_type, metrics::text(&shared)))
}

fn not_found() -> Problem {
    Problem::new(Code::NotFound, "there is no such route")
}

/// What a route does not do. The router adds what it does, as `Allow`.
pub(crate) fn method_not_allowed() -> Problem {
    let message = "this route does not know this method";
    Problem::new(Code::MethodNotAllowed, message)
}
