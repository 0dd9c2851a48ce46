//! `POST /api/events`: finds the project, reads the body, has the intake take it, tells what became
//! of it.

mod allowance;
mod answer;
mod body;
mod credentials;
mod slow;

use std::net::IpAddr;

use event::{Received, Source};
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Response, header};
use tokio::time::Instant;

use crate::access::Opened;
use crate::app::Shared;
use crate::client;
use crate::code::Code;
use crate::reply::{Body, Problem};

/// Takes the events of one request.
pub(crate) async fn collect(
    shared: &Shared,
    head: &Parts,
    body: Incoming,
    peer: IpAddr,
) -> Result<Response<Body>, Problem> {
    let began = Instant::now();
    let trusted = &shared.config.trusted_proxies;
    let address = client::of_request(&head.headers, peer, trusted);
    allowance::of_address(shared, address)?;
    let early = match credentials::find(head)? {
        Some(key) => Some(open(shared, &key).await?),
        None => None,
    };
    let bytes = body::read(body, shared.intake.limits().body_wire_bytes_max).await?;
    let read = began.elapsed();
    let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    let body = intake::Body {
        bytes: &bytes,
        claimed: text(header::CONTENT_ENCODING),
    };
    let mut received = Received {
        at: (shared.clock)(),
        ip: Some(address),
        user_agent: text(header::USER_AGENT),
        source: Source::Import,
    };
    let (opened, answer) = if let Some(opened) = early {
        received.source = Source::Key(opened.key_id);
        let answer = shared
            .intake
            .accept(opened.project_id, &body, &received)
            .await;
        (opened, answer)
    } else {
        // Nobody is known yet for whom a refusal could be kept.
        let plain = shared.intake.expand(&body).await;
        let plain = plain.map_err(|unaccepted| answer::refused(unaccepted.into()))?;
        let plain = plain.map_err(|rejection| answer::body_problem(&rejection))?;
        let key = intake::split::write_key(&plain).ok_or_else(credentials::missing)?;
        let opened = open(shared, key).await?;
        received.source = Source::Key(opened.key_id);
        let answer = shared
            .intake
            .accept_plain(opened.project_id, &plain, &received)
            .await;
        (opened, answer)
    };
    allowance::charge(shared, &opened, received.at, &answer);
    slow::note(shared, &opened, &answer, read);
    answer::reply(answer)
}

/// The project that `key` opens, if it may send.
async fn open(shared: &Shared, key: &str) -> Result<Opened, Problem> {
    let opened = shared
        .access
        .open(key, |digest| shared.registry.key_of(digest))
        .await;
    match opened {
        Ok(Some(opened)) => {
            allowance::of_key(shared, &opened)?;
            Ok(opened)
        }
        Ok(None) => Err(credentials::unknown()),
        Err(error) => {
            let message = "the store cannot be asked for the key; nothing was stored, try again";
            let problem = Problem::new(Code::StoreFailed, message);
            Err(problem.retry_after(answer::STORE_RETRY_AFTER).cause(error))
        }
    }
}
