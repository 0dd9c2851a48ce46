//! Where the database is.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use connect::Target;

use crate::refusal::Refusal;

/// How long each host may take to answer.
const CONNECT_WAIT: Duration = Duration::from_secs(10);

/// The name under which the server's views show the connection.
const APPLICATION_NAME: &str = "idshift";

/// The arguments that name a database.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(super) struct Database {
    /// The database, as a URL: `postgres://user@host:5432/name`
    #[arg(long, value_name = "URL")]
    database: Option<String>,

    /// A file that holds the URL, so that no password stands on the command line
    #[arg(long, value_name = "FILE")]
    database_file: Option<PathBuf>,
}

impl Database {
    /// The database, not yet connected to.
    pub(super) fn target(&self) -> anyhow::Result<Target> {
        let url = match (&self.database, &self.database_file) {
            (Some(url), _) => url.clone(),
            (None, Some(file)) => fs::read_to_string(file).map_err(|error| {
                let file = file.display();
                Refusal::new("failed", format!("failed to read `{file}`: {error}"))
            })?,
            (None, None) => return Err(Refusal::usage("no database is named").into()),
        };
        Target::parse(url.trim(), APPLICATION_NAME, CONNECT_WAIT)
            .map_err(|error| migrate::Error::from(error).into())
    }
}
