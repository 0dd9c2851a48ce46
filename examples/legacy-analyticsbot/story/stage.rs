//! What the story is played on: two databases, a folder, and the programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use postgres::{Client, NoTls};

use crate::Options;
use crate::narrator::Narrator;
use crate::program::{self, Ended, Shown};

/// The example's files, as they are in every clone.
const FILES: [(&str, &str); 3] = [
    (
        "prisma/schema.prisma",
        include_str!("../prisma/schema.prisma"),
    ),
    ("legacy.sql", include_str!("../legacy.sql")),
    ("load.sql", include_str!("../load.sql")),
];

/// How the commands of the story name the two databases.
pub(crate) const DATABASE: &str = "$DATABASE_URL";
pub(crate) const COPY: &str = "$COPY_URL";

/// Longer commands are shown on several lines.
const COLUMNS: usize = 84;

/// Where everything is.
pub(crate) struct Stage {
    pub(crate) options: Options,
    /// The folder that commands run in.
    pub(crate) folder: PathBuf,
    /// Where cargo put the workspace's programs.
    programs: PathBuf,
    /// Where the server's own programs are.
    tools: PathBuf,
    /// Where Prisma's validator is kept, or is to be.
    pub(crate) validator: Option<PathBuf>,
    /// Whether what is missing may be fetched: not by a test.
    pub(crate) fetches: bool,
    /// The URL of some database of the server.
    url: String,
    database: String,
    copy: String,
    // Last: it ends when everything else is done.
    server: Option<testkit::Postgres>,
}

impl Stage {
    /// The stage of the command line: a server for it alone unless one is named, and a folder in
    /// cargo's that stays.
    pub(crate) fn by_hand(options: &Options) -> Result<Self> {
        let folder = programs()?.join("legacy-migration");
        if folder.exists() {
            fs::remove_dir_all(&folder).context("failed to clear the folder of the last run")?;
        }
        let server = match options.database {
            Some(_) => None,
            None => Some(testkit::Postgres::start().context("failed to start PostgreSQL")?),
        };
        let mut stage = Self::new(options.clone(), folder, server)?;
        stage.validator = Some(programs()?.with_file_name("prisma-validator"));
        stage.fetches = true;
        Ok(stage)
    }

    /// The stage of a test, on a server of others, in a folder that goes.
    #[cfg(test)]
    pub(crate) fn in_test(options: Options, folder: &Path) -> Result<Self> {
        Self::new(options, folder.to_owned(), None)
    }

    /// A stage on this server, else on the one that the options name.
    fn new(options: Options, folder: PathBuf, server: Option<testkit::Postgres>) -> Result<Self> {
        let url = server.as_ref().map(testkit::Postgres::url);
        let url = url.or_else(|| options.database.clone());
        let url = url.context("failed to find a server: none is named")?;
        // On a server of others the databases must not be in anybody's way.
        let own = server.is_some();
        let mark = if own {
            String::new()
        } else {
            static COUNT: AtomicU32 = AtomicU32::new(1);
            // Relaxed: only the number must be unique.
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            format!("_{}_{count}", std::process::id())
        };
        let stage = Self {
            options,
            folder,
            programs: programs()?,
            tools: tools(&url)?,
            validator: tools_of_tests(),
            fetches: false,
            url,
            database: format!("legacy{mark}"),
            copy: format!("legacy_copy{mark}"),
            server,
        };
        stage.prepare()?;
        Ok(stage)
    }

    fn prepare(&self) -> Result<()> {
        for name in ["idshift", "analyticsbot"] {
            let program = self.programs.join(name);
            ensure!(
                program.is_file(),
                "failed to find `{}`; `cargo build --package {name}` makes it",
                program.display()
            );
        }
        for (name, text) in FILES {
            let path = self.folder.join(name);
            let folder = path.parent().expect("it was joined to a folder");
            fs::create_dir_all(folder)
                .and_then(|()| fs::write(&path, text))
                .with_context(|| format!("failed to write `{}`", path.display()))?;
        }
        self.server_query(&format!("CREATE DATABASE {}", self.database))
    }

    /// Makes the copy from the database, to which nobody may be connected.
    pub(crate) fn make_copy(&self) -> Result<()> {
        let (copy, database) = (&self.copy, &self.database);
        self.server_query(&format!("CREATE DATABASE {copy} TEMPLATE {database}"))
    }

    fn server_query(&self, sql: &str) -> Result<()> {
        let mut client = connect(&self.url)?;
        client
            .batch_execute(sql)
            .with_context(|| format!("failed to run `{sql}`"))
    }

    /// The real URL behind the name that a command shows.
    pub(crate) fn url(&self, name: &str) -> String {
        let database = if name == COPY {
            &self.copy
        } else {
            &self.database
        };
        url_of(&self.url, database)
    }

    /// A connection to one of the databases.
    pub(crate) fn connect(&self, name: &str) -> Result<Client> {
        connect(&self.url(name))
    }

    /// The server, without a password.
    pub(crate) fn place(&self) -> Result<String> {
        let config: postgres::Config = self.url.parse().context("failed to read the URL")?;
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let mut client = connect(&self.url)?;
        let version: String = client.query_one("SHOW server_version", &[])?.get(0);
        let whose = if self.server.is_some() {
            "a private server, which goes when the story ends"
        } else {
            "the server that was named"
        };
        Ok(format!("PostgreSQL {version} on port {port}, {whose}"))
    }

    /// A command of these words, the first of them its program.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let (name, rest) = words.split_first().expect("a command has a name");
        let program = match *name {
            "idshift" | "analyticsbot" => self.programs.join(name),
            "pg_dump" if self.tools.join(name).is_file() => self.tools.join(name),
            other => PathBuf::from(other),
        };
        let mut command = Command::new(program);
        command.current_dir(&self.folder);
        for word in rest {
            match *word {
                DATABASE | COPY => command.arg(self.url(word)),
                word => command.arg(word),
            };
        }
        command
    }

    /// Shows a command, runs it, and shows what it prints.
    pub(crate) fn run(
        &self,
        words: &[&str],
        shown: Shown,
        narrator: &mut Narrator,
    ) -> Result<Ended> {
        narrator.command(&typed(words))?;
        let ended = program::run(self.command(words), shown, narrator)?;
        narrator.gap()?;
        Ok(ended)
    }

    /// As [`Stage::run`], and it must succeed: the story cannot go on without.
    pub(crate) fn must(
        &self,
        words: &[&str],
        shown: Shown,
        narrator: &mut Narrator,
    ) -> Result<Ended> {
        let ended = self.run(words, shown, narrator)?;
        ensure!(ended.success, "`{}` failed", words.join(" "));
        Ok(ended)
    }

    /// Starts a command in the background, unseen.
    pub(crate) fn start(&self, words: &[&str]) -> Result<Child> {
        let mut command = self.command(words);
        command.stdout(std::process::Stdio::null());
        command.stderr(std::process::Stdio::null());
        let child = command.spawn();
        child.with_context(|| format!("failed to start `{}`", words.join(" ")))
    }

    /// What a command prints for programs.
    pub(crate) fn json(&self, words: &[&str]) -> Result<serde_json::Value> {
        let text = program::output(self.command(words))?;
        let context = || format!("failed to read what `{}` printed", words.join(" "));
        serde_json::from_str(&text).with_context(context)
    }

    /// The schema as `pg_dump` writes it, kept under this name.
    pub(crate) fn dump(&self, name: &str, file: &str) -> Result<String> {
        let words = ["pg_dump", "--schema-only", "--dbname", name];
        let text = program::output(self.command(&words))?;
        // Lines for psql: newer versions put a key into them that differs from run to run.
        let kept: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with('\\'))
            .collect();
        let text = kept.join("\n") + "\n";
        fs::write(self.folder.join(file), &text)
            .with_context(|| format!("failed to write `{file}`"))?;
        Ok(text)
    }

    /// Reads a file of the folder.
    pub(crate) fn read(&self, file: &str) -> Result<String> {
        let path = self.folder.join(file);
        fs::read_to_string(path).with_context(|| format!("failed to read `{file}`"))
    }
}

impl Drop for Stage {
    /// Leaves nothing on a server of others.
    fn drop(&mut self) {
        if self.server.is_some() {
            return;
        }
        for name in [&self.database, &self.copy] {
            // If the server is gone, so are they.
            self.server_query(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                .ok();
        }
    }
}

/// A command as it is typed, on several lines if it is long.
pub(crate) fn typed(words: &[&str]) -> String {
    let mut lines = vec![String::new()];
    for word in words {
        let word = quoted(word);
        let line = lines.last_mut().expect("it begins with one and only grows");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > COLUMNS {
            lines.push(format!("    {word}"));
        } else {
            let gap = if line.is_empty() { "" } else { " " };
            line.push_str(gap);
            line.push_str(&word);
        }
    }
    lines.join(" \\\n")
}

fn quoted(word: &str) -> String {
    if matches!(word, DATABASE | COPY) {
        return format!("\"{word}\"");
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// `target/debug` or `target/release`: this program is in a folder below.
fn programs() -> Result<PathBuf> {
    let this = std::env::current_exe().context("failed to find this program")?;
    let folder = this.parent().and_then(Path::parent);
    Ok(folder.context("failed to find cargo's folder")?.to_owned())
}

/// The folder of packages that tests may use, if somebody made one.
#[expect(
    clippy::disallowed_methods,
    reason = "a program; tests are configured by their environment"
)]
fn tools_of_tests() -> Option<PathBuf> {
    std::env::var_os("GUIDE_TOOLS").map(PathBuf::from)
}

/// The folder that the server's programs were installed in, if it is on this machine.
fn tools(url: &str) -> Result<PathBuf> {
    let sql = "SELECT setting FROM pg_config WHERE name = 'BINDIR'";
    let folder: String = connect(url)?.query_one(sql, &[])?.get(0);
    Ok(PathBuf::from(folder))
}

fn connect(url: &str) -> Result<Client> {
    let mut client = Client::connect(url, NoTls).context("failed to connect to the server")?;
    // Times are compared as text.
    client.batch_execute("SET timezone = 'UTC'")?;
    Ok(client)
}

/// The URL of another database of the same server.
fn url_of(url: &str, database: &str) -> String {
    let (url, parameters) = url.split_once('?').unwrap_or((url, ""));
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let end = url[after_scheme..].find('/');
    let server = end.map_or(url, |at| &url[..after_scheme + at]);
    if parameters.is_empty() {
        format!("{server}/{database}")
    } else {
        format!("{server}/{database}?{parameters}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_of_the_same_server() {
        for (url, expected) in [
            ("postgres://a@b:5/c", "postgres://a@b:5/x"),
            ("postgres://a@b", "postgres://a@b/x"),
            (
                "postgres://b/c?sslmode=disable",
                "postgres://b/x?sslmode=disable",
            ),
            ("postgres://b?host=/tmp", "postgres://b/x?host=/tmp"),
        ] {
            assert_eq!(url_of(url, "x"), expected);
        }
    }

    #[test]
    fn commands_are_shown_so_that_a_shell_takes_them() {
        let words = ["psql", "--command", "SELECT 'a'", DATABASE];
        let expected = r#"psql --command 'SELECT '\''a'\''' "$DATABASE_URL""#;
        assert_eq!(typed(&words), expected);
        let long = typed(&["x"; 60]);
        assert!(long.contains(" \\\n    x"), "{long}");
    }
}
