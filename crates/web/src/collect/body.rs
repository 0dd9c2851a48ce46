//! A request's body, read up to its limit.

use axum::body::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};

use crate::code::Code;
use crate::reply::Problem;

/// All of the body.
///
/// # Errors
/// 413 if it says that it has, or has, more than `bytes_max`; 400 if it ends early.
pub(super) async fn read(mut body: Incoming, bytes_max: usize) -> Result<Bytes, Problem> {
    let told = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if told > bytes_max {
        return Err(too_large(bytes_max));
    }
    let Some(first) = frame(&mut body).await? else {
        return Ok(Bytes::new());
    };
    if body.is_end_stream() {
        // As it came, without a copy.
        return if first.len() > bytes_max {
            Err(too_large(bytes_max))
        } else {
            Ok(first)
        };
    }
    let mut bytes = Vec::with_capacity(told.max(first.len()));
    bytes.extend_from_slice(&first);
    while let Some(more) = frame(&mut body).await? {
        bytes.extend_from_slice(&more);
        if bytes.len() > bytes_max {
            return Err(too_large(bytes_max));
        }
    }
    Ok(bytes.into())
}

async fn frame(body: &mut Incoming) -> Result<Option<Bytes>, Problem> {
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(|error| broken(&error))?.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

fn too_large(bytes_max: usize) -> Problem {
    let message = format!("the body has more than {bytes_max} bytes, which is the limit");
    let problem = Problem::new(event::Code::BodyTooLarge, message);
    problem
        .hint("send fewer events at once, or compress the body")
        .close()
}

fn broken(_error: &hyper::Error) -> Problem {
    let message = "the body ended before its announced end";
    Problem::new(Code::IncompleteBody, message).close()
}
