//! One database of a throwaway server, there for one test.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::{Error, Postgres};

/// PostgreSQL cuts names at 63 bytes; the rest is for the process and the counter.
const HINT_BYTES_MAX: usize = 40;

/// A fresh, empty database. It is removed when the value is dropped.
#[derive(Debug)]
pub struct Database<'a> {
    server: &'a Postgres,
    name: String,
}

impl<'a> Database<'a> {
    pub(crate) fn create(server: &'a Postgres, hint: &str) -> Result<Self, Error> {
        let database = Self {
            server,
            name: unique_name(hint),
        };
        // `template0`, because nobody can be connected to it: that would be refused.
        database.run("createdb", &["--template=template0"])?;
        Ok(database)
    }

    /// The name: the hint, this process and a counter.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The connection string, such as `postgres://postgres@127.0.0.1:40123/orders_811_1`.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url_of(&self.name)
    }

    fn run(&self, program: &str, options: &[&str]) -> Result<(), Error> {
        let output = Command::new(self.server.programs().folder.join(program))
            .args(["--host=127.0.0.1", "--username=postgres", "--no-password"])
            .arg(format!("--port={}", self.server.port()))
            .args(options)
            .arg(&self.name)
            .output()
            .map_err(Error::system(format!("start `{program}`")))?;
        if output.status.success() {
            Ok(())
        } else {
            Err(Error::program(program, &output))
        }
    }
}

impl Drop for Database<'_> {
    /// Ends whatever connections the test left open.
    #[expect(
        clippy::print_stderr,
        reason = "a destructor can only tell; the server goes anyway"
    )]
    fn drop(&mut self) {
        if let Err(error) = self.run("dropdb", &["--force", "--if-exists"]) {
            eprintln!("warning: {error}");
        }
    }
}

/// A name that no other test has, in this process or in another on the same server.
fn unique_name(hint: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let hint: String = hint
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .take(HINT_BYTES_MAX)
        .collect();
    // Relaxed: only the number must be unique; it orders nothing else.
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{hint}_{}_{count}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_short_and_never_repeat() {
        let first = unique_name("Orders & Größe; DROP TABLE");
        let second = unique_name("Orders & Größe; DROP TABLE");
        assert_ne!(first, second);
        assert!(first.starts_with("orders___gr__e__drop_table_"), "{first}");
        let long = unique_name(&"x".repeat(500));
        assert!(long.len() <= 63, "{long}");
    }
}
