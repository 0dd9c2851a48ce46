//! What the intake said, as an answer.

use std::time::Duration;

use event::Rejection;
use hyper::{Response, StatusCode};
use ids::Uuid;
use intake::batch::{Failure, Unaccepted};
use intake::{Answer, Reason, Refused, Shape, Verdict};

use crate::code::Code;
use crate::reply::{Body, Problem, json, push_json};

/// What a client is told to wait if the store has failed: it is not a matter of milliseconds.
pub(super) const STORE_RETRY_AFTER: Duration = Duration::from_secs(5);

/// The answer to a request.
///
/// # Errors
/// If nothing was stored, or nobody knows.
pub(super) fn reply(answer: Result<Answer, Refused>) -> Result<Response<Body>, Problem> {
    let answer = answer.map_err(refused)?;
    match (answer.shape, answer.verdicts.as_slice()) {
        (Shape::One, [verdict]) => one(verdict),
        _ => Ok(json(StatusCode::OK, several(&answer))),
    }
}

fn one(verdict: &Verdict) -> Result<Response<Body>, Problem> {
    let (status, id, word) = match verdict {
        Verdict::Stored(id) => (StatusCode::CREATED, id, "stored"),
        Verdict::Duplicate(id) => (StatusCode::OK, id, "duplicate"),
        Verdict::Rejected(reason) => return Err(rejected(reason)),
    };
    let mut body = Vec::with_capacity(72);
    body.extend_from_slice(b"{\"id\":\"");
    push_id(&mut body, *id);
    body.extend_from_slice(b"\",\"status\":\"");
    body.extend_from_slice(word.as_bytes());
    body.extend_from_slice(b"\"}");
    Ok(json(status, body))
}

fn push_id(body: &mut Vec<u8>, id: Uuid) {
    body.extend_from_slice(id.hyphenated().as_str().as_bytes());
}

fn several(answer: &Answer) -> Vec<u8> {
    let totals = answer.totals();
    let mut body = Vec::with_capacity(64 + 88 * answer.verdicts.len());
    let head = format!(
        "{{\"stored\":{},\"duplicates\":{},\"rejected\":{},\"results\":[",
        totals.stored, totals.duplicates, totals.rejected
    );
    body.extend_from_slice(head.as_bytes());
    for (index, verdict) in answer.verdicts.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        body.extend_from_slice(format!("{comma}{{\"index\":{index},\"status\":\"").as_bytes());
        push_verdict(&mut body, verdict);
        body.push(b'}');
    }
    body.extend_from_slice(b"]}");
    body
}

fn push_verdict(body: &mut Vec<u8>, verdict: &Verdict) {
    let (word, id) = match verdict {
        Verdict::Stored(id) => ("stored", id),
        Verdict::Duplicate(id) => ("duplicate", id),
        Verdict::Rejected(reason) => {
            body.extend_from_slice(b"rejected\",\"code\":");
            push_json(body, reason.code.as_str());
            if let Some(field) = &reason.field {
                body.extend_from_slice(b",\"field\":");
                push_json(body, field);
            }
            body.extend_from_slice(b",\"message\":");
            return push_json(body, &reason.message);
        }
    };
    body.extend_from_slice(word.as_bytes());
    body.extend_from_slice(b"\",\"id\":\"");
    push_id(body, *id);
    body.push(b'"');
}

fn rejected(reason: &Reason) -> Problem {
    let problem = Problem {
        field: reason.field.clone(),
        ..Problem::new(reason.code, reason.message.clone())
    };
    match reason.code {
        event::Code::NoId => problem.retry_after(STORE_RETRY_AFTER),
        _ => problem,
    }
}

/// A body in which nothing could be read.
pub(super) fn body_problem(rejection: &Rejection) -> Problem {
    Problem {
        field: rejection.field.clone(),
        ..Problem::new(rejection.code, rejection.message.clone())
    }
}

/// Why nothing was stored, or nobody knows.
pub(super) fn refused(refused: Refused) -> Problem {
    match refused {
        Refused::Body(rejection) => body_problem(&rejection),
        Refused::NoProject => super::credentials::unknown(),
        Refused::Unaccepted(Unaccepted::Busy { retry_after }) => {
            let message = "too many events are waiting to be stored; nothing of this was taken";
            Problem::new(Code::Busy, message).retry_after(retry_after)
        }
        Refused::Unaccepted(Unaccepted::Closed) => {
            let message = "the server is stopping; nothing of this was taken";
            Problem::new(Code::Stopping, message)
                .retry_after(Duration::from_secs(1))
                .close()
        }
        Refused::Failed { failure, .. } => failed(failure),
    }
}

fn failed(failure: Failure) -> Problem {
    let nothing = match &failure {
        Failure::Store(error) => error.nothing_was_stored(),
        Failure::Miscounted { .. } | Failure::Ended => false,
    };
    let message = if nothing {
        "the store failed and nothing of this was stored; send all of it again"
    } else {
        "the store failed and all of this may be stored; send all of it again: events with \
         ids of yours (`messageId`) are stored once"
    };
    let problem = Problem::new(Code::StoreFailed, message);
    problem.retry_after(STORE_RETRY_AFTER).cause(failure)
}
