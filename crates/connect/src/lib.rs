//! Connections to PostgreSQL: where to, over which TLS, within which limits.
//!
//! ```no_run
//! # async fn example() -> Result<(), connect::Error> {
//! use std::time::Duration;
//! let url = "postgres://ana@db.example/shop?sslmode=verify-full";
//! let target = connect::Target::parse(url, "idshift", Duration::from_secs(5))?;
//! let (client, _driver) = target.open().await?;
//! # drop(client);
//! # Ok(())
//! # }
//! ```
//!
//! Of the modes of libpq, `disable`, `prefer`, `require`, `verify-ca` and `verify-full` mean what
//! they mean there. Logins are tied to their TLS session where the server offers it. Nothing is
//! read from the environment.

mod error;
mod target;
mod tls;
mod words;

pub use error::{Error, ErrorKind, with_cause};
pub use target::Target;
pub use tls::{Fault, Handshake, Stream, Tls};
