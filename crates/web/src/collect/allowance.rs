//! Whether an address, a key and a project may still send, and what they are charged.

use std::net::IpAddr;
use std::time::Duration;

use ids::Timestamp;
use intake::{Answer, Refused};

use crate::access::Opened;
use crate::app::Shared;
use crate::code::Code;
use crate::rate::sender;
use crate::reply::Problem;

/// Charges the address for one request.
pub(super) fn of_address(shared: &Shared, address: IpAddr) -> Result<(), Problem> {
    let taken = shared.address_rate.take(sender(address), 1);
    let message = "this address sends too many requests";
    taken.map_err(|wait| too_many(Code::RateLimitedAddress, message, wait))
}

/// Whether the key and its project may send.
pub(super) fn of_key(shared: &Shared, opened: &Opened) -> Result<(), Problem> {
    let checked = shared.key_rate.check(opened.key_id);
    let message = "this write key sends too many events";
    checked.map_err(|wait| too_many(Code::RateLimitedKey, message, wait))?;
    let max = shared.config.rate.project_events_per_day;
    let checked = shared.quota.check(opened.project_id, (shared.clock)(), max);
    let message = "the project has sent all the events that it may send today (UTC)";
    checked.map_err(|wait| too_many(Code::QuotaExceeded, message, wait))
}

/// Charges the key for every input and the project for what is stored now, and counts both.
pub(super) fn charge(
    shared: &Shared,
    opened: &Opened,
    now: Timestamp,
    answer: &Result<Answer, Refused>,
) {
    match answer {
        Ok(answer) => {
            let inputs = u64::try_from(answer.verdicts.len()).unwrap_or(u64::MAX);
            let stored = u64::try_from(answer.totals().stored).unwrap_or(u64::MAX);
            shared.key_rate.charge(opened.key_id, inputs);
            shared.quota.add(opened.project_id, now, stored);
            shared.counts.taken(opened.project_id, answer);
        }
        // What cannot be read costs as well, or it could be sent without end.
        Err(Refused::Body(rejection)) => {
            shared.key_rate.charge(opened.key_id, 1);
            shared.counts.unreadable(opened.project_id, rejection.code);
        }
        Err(_) => {}
    }
}

fn too_many(code: Code, message: &'static str, wait: Duration) -> Problem {
    Problem::new(code, message).retry_after(wait)
}
