//! From the bytes of a request to events on disk: decode, check, commit in groups, answer.
//!
//! | module | does |
//! |---|---|
//! | [`expand`](mod@expand) | compressed bytes to plain ones, within limits |
//! | [`split`](mod@split) | plain bytes to the inputs of a request |
//! | [`batch`] | the event buffer: many requests, one commit |
//! | [`Intake`] | all of it for one request |
//!
//! Nothing here asks what time it is or makes an id by itself: the moment of a request comes with
//! it, the generator of ids with [`Intake::new`].

pub mod batch;
pub mod expand;
pub mod split;

mod accept;
mod answer;
mod decode;

pub use accept::{Config, Counts, Intake, MakeId};
pub use answer::{Answer, Parts, Reason, Refused, Totals, Verdict};
pub use decode::SMALL_BODY_BYTES_MAX;
pub use expand::{Body, expand};
pub use split::{Inputs, Shape, drafts, split};
