//! What an event is: its names, its tenant, its limits, its time, and JSON that every store answers
//! alike. Pure: no I/O, no clock, no randomness of its own.
//!
//! ```
//! use event::{Draft, Limits, ProjectId, Received, Source, check};
//! use ids::{Timestamp, Uuid};
//!
//! let limits = Limits::default();
//! let input = br#"{"event": "Signed Up", "userId": 7, "properties": {"plan": "pro"}}"#;
//! let received = Received {
//!     at: Timestamp::from_unix_ms(1_795_329_704_170),
//!     ip: None,
//!     user_agent: None,
//!     source: Source::Import,
//! };
//! // A server passes its generator; without a client's time an id is of now.
//! let make_id = |time: Option<Timestamp>| Uuid::at(time.unwrap_or(received.at));
//! let project = ProjectId::from_uuid(Uuid::NIL);
//! let draft = Draft::read(0, input, &limits).expect("an object");
//! let event = check(&draft, project, &received, &limits, make_id).expect("an event").event;
//! assert_eq!(event.user_id.as_deref(), Some("7"));
//! assert_eq!(event.id.timestamp(), Some(event.timestamp));
//! ```
//!
//! A request's bytes become [`elements`], each of them a [`Draft`], and each of those, by
//! [`check`], an [`Event`] or a [`Rejection`]. What follows is the page that users read.
#![doc = include_str!("../../../docs/events.md")]

mod check;
mod draft;
mod event;
mod json;
mod limits;
mod rejection;
mod sanitise;
mod scan;
mod time;

pub use check::{Checked, EXTRA_KEY, Notes, Received, check};
pub use draft::{Draft, Field};
pub use event::{Event, EventId, EventName, EventTag, Project, ProjectId, Source, client_event_id};
pub use json::Json;
pub use limits::Limits;
pub use rejection::{Code, Rejection, cut, rejected_input};
pub use sanitise::{Fault, Sanitised, sanitise};
pub use scan::{Elements, Members, elements, members};
pub use time::{Correction, EARLIEST, FUTURE_MS_MAX, SKEW_MS_MIN, parse_time, settle};
