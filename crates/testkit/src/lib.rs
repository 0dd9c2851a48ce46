//! What tests need and the product does not: throwaway PostgreSQL servers, faults of theirs, and
//! certificates.
//!
//! ```no_run
//! # fn main() -> Result<(), testkit::Error> {
//! let server = testkit::Postgres::start()?;
//! let database = server.database("orders")?;
//! println!("psql {}", database.url());
//! # Ok(())
//! # }
//! ```
//!
//! A test that can do without PostgreSQL on a machine that has none begins with
//! [`postgres_or_skip`].

mod authority;
mod cluster;
mod database;
mod error;
mod faults;
mod postgres;
mod programs;
mod watchdog;

pub use authority::{Authority, Issued, authority_or_skip};
pub use database::Database;
pub use error::Error;
pub use faults::{Crash, Paused};
pub use postgres::{Options, Postgres, postgres_or_skip};
