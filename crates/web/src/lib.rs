//! The HTTP face of the server: routes, keys, limits, error bodies, metrics.
//!
//! [`run`] serves an [`App`] on a listener of the caller until the caller's signal to stop. What a
//! byte passes on its way, each in a module of its own:
//!
//! | module | does |
//! |---|---|
//! | `serve` | accepts connections, and ends them: deadlines, the number of them, the stop |
//! | `serve::gate` | lets only whole and unambiguous heads through to the parser |
//! | `service` | one request: its id, its trace, its route, one line if it failed |
//! | `collect` | `POST /api/events`: key, allowance, body, intake, answer |
//! | `routes` | everything else, by axum |
//!
//! Collecting does not pass the router: it is called from the connection, and its answer of one
//! event is written by hand. Whatever is refused, by whichever module, is a `reply::Problem`, with
//! a stable code of `code`, and is answered in one shape.

mod access;
mod app;
mod client;
mod code;
mod collect;
mod config;
mod cors;
mod counts;
mod current;
mod key;
mod metrics;
mod quota;
mod rate;
mod ready;
mod recent;
mod reply;
mod routes;
mod serve;
mod service;

pub use app::{App, Clock, MoreMetrics, Parts};
pub use client::{Network, NetworkError};
pub use code::codes;
pub use config::{Config, Keys, Rate};
pub use current::{Current, current};
pub use key::{Key, KeyError};
pub use routes::ROUTES;
pub use serve::{Report, run};
