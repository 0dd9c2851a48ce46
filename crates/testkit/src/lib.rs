//! What tests need and the product does not: for now, throwaway PostgreSQL servers.
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

mod cluster;
mod database;
mod error;
mod postgres;
mod programs;
mod watchdog;

pub use database::Database;
pub use error::Error;
pub use postgres::{Options, Postgres, postgres_or_skip};
