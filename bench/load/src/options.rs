//! What the command lines of the measurements ask for.

use std::path::PathBuf;
use std::time::Duration;

use crate::Result;
use crate::feed::Named;

pub const COLLECT_HELP: &str = "\
Starts the server on each store, drives it, and prints what its clients see beside the floors.

usage: cargo xtask bench collect [OPTION...]

  --store NAME    only `sqlite` or `postgres`
  --row TEXT      only the rows whose name holds TEXT, such as `clients-64`
  --seconds N     measure each row for N seconds in each round (1 to 600; default 3)
  --rounds N      rounds, of which medians are printed (1 to 100; default 3)
  --ids WHICH     which events have an id of the client's own: none (default), half or all
  --wrk           measure `wrk`, too, to show that the load generator is as cheap
  --json          one JSON object instead of tables
";

pub const KEYS_HELP: &str = "\
Fills PostgreSQL tables that differ in one column, and prints rates, log and sizes.

usage: cargo xtask bench keys [OPTION...]

  --rows N        rows of each table (10000 to 100000000; default 2000000)
  --json          one JSON object instead of tables
";

pub const MIGRATE_HELP: &str = "\
Moves a large table's key, and those of twenty small ones, with `idshift migrate` under traffic.

usage: cargo xtask bench migrate [OPTION...]

  --rows N          rows of the large table (10000 to 100000000; default 1000000)
  --idle-seconds N  how long a transaction is left open (1 to 600; default 60)
  --part NAME       only `backfill`, `load`, `cutover`, `idle` or `script`
  --json            one JSON object instead of a table
";

/// One of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    Sqlite,
    Postgres,
}

impl Store {
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// What the option and the report call it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// What `collect` is asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Collect {
    /// The server's program.
    pub server: PathBuf,
    pub stores: Vec<Store>,
    /// Empty for every row.
    pub row: String,
    pub time: Duration,
    pub rounds: usize,
    pub named: Named,
    pub wrk: bool,
    pub json: bool,
    pub help: bool,
}

impl Collect {
    /// Reads the arguments after the program's name.
    ///
    /// # Errors
    ///
    /// If an option is unknown, lacks its value or its value cannot be used.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            server: PathBuf::from("target/release/analyticsbot"),
            stores: Store::ALL.to_vec(),
            row: String::new(),
            time: Duration::from_secs(3),
            rounds: 3,
            named: Named::None,
            wrk: false,
            json: false,
            help: false,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || next(&argument, &mut arguments);
            match argument.as_str() {
                "--server" => options.server = PathBuf::from(value()?),
                "--store" => options.stores = vec![store(&value()?)?],
                "--row" => options.row = value()?.to_lowercase(),
                "--seconds" => {
                    options.time = Duration::from_secs(number("--seconds", &value()?, 1, 600)?);
                }
                "--rounds" => {
                    options.rounds = usize::try_from(number("--rounds", &value()?, 1, 100)?)?;
                }
                "--ids" => options.named = named(&value()?)?,
                "--wrk" => options.wrk = true,
                "--json" => options.json = true,
                "--help" | "-h" => options.help = true,
                _ => return Err(format!("unknown option `{argument}`").into()),
            }
        }
        Ok(options)
    }
}

/// What `keys` is asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Keys {
    pub rows: u64,
    pub json: bool,
    pub help: bool,
}

impl Keys {
    /// Reads the arguments after the program's name.
    ///
    /// # Errors
    ///
    /// As [`Collect::parse`].
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            rows: 2_000_000,
            json: false,
            help: false,
        };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--rows" => {
                    let text = next(&argument, &mut arguments)?;
                    options.rows = number("--rows", &text, 10_000, 100_000_000)?;
                }
                "--json" => options.json = true,
                "--help" | "-h" => options.help = true,
                _ => return Err(format!("unknown option `{argument}`").into()),
            }
        }
        Ok(options)
    }
}

/// What of `migrate` is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The large table, with hardly any traffic.
    Backfill,
    /// The same under load.
    Load,
    /// The cut-over of the small tables.
    Cutover,
    /// The same with transactions left open.
    Idle,
    /// The large table by a script in one transaction.
    Script,
}

impl Part {
    pub const ALL: [Self; 5] = [
        Self::Backfill,
        Self::Load,
        Self::Cutover,
        Self::Idle,
        Self::Script,
    ];

    /// What the option calls it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Backfill => "backfill",
            Self::Load => "load",
            Self::Cutover => "cutover",
            Self::Idle => "idle",
            Self::Script => "script",
        }
    }
}

/// What `migrate` is asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Migrate {
    /// The program that migrates.
    pub idshift: PathBuf,
    pub rows: u64,
    pub idle: Duration,
    pub parts: Vec<Part>,
    pub json: bool,
    pub help: bool,
}

impl Migrate {
    /// Reads the arguments after the program's name.
    ///
    /// # Errors
    ///
    /// As [`Collect::parse`].
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            idshift: PathBuf::from("target/release/idshift"),
            rows: 1_000_000,
            idle: Duration::from_mins(1),
            parts: Part::ALL.to_vec(),
            json: false,
            help: false,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || next(&argument, &mut arguments);
            match argument.as_str() {
                "--idshift" => options.idshift = PathBuf::from(value()?),
                "--rows" => options.rows = number("--rows", &value()?, 10_000, 100_000_000)?,
                "--idle-seconds" => {
                    let seconds = number("--idle-seconds", &value()?, 1, 600)?;
                    options.idle = Duration::from_secs(seconds);
                }
                "--part" => options.parts = vec![part(&value()?)?],
                "--json" => options.json = true,
                "--help" | "-h" => options.help = true,
                _ => return Err(format!("unknown option `{argument}`").into()),
            }
        }
        Ok(options)
    }
}

fn next(option: &str, arguments: &mut impl Iterator<Item = String>) -> Result<String> {
    let value = arguments.next();
    Ok(value.ok_or_else(|| format!("option `{option}` needs a value"))?)
}

fn store(text: &str) -> Result<Store> {
    let store = Store::ALL.into_iter().find(|store| store.word() == text);
    Ok(store.ok_or_else(|| format!("`--store` is `{text}`, expected `sqlite` or `postgres`"))?)
}

fn part(text: &str) -> Result<Part> {
    let part = Part::ALL.into_iter().find(|part| part.word() == text);
    let words = Part::ALL.map(Part::word).join("`, `");
    Ok(part.ok_or_else(|| format!("`--part` is `{text}`, expected one of `{words}`"))?)
}

fn named(text: &str) -> Result<Named> {
    let all = [Named::None, Named::Half, Named::All];
    let named = all.into_iter().find(|named| named.word() == text);
    Ok(named.ok_or_else(|| format!("`--ids` is `{text}`, expected `none`, `half` or `all`"))?)
}

fn number(option: &str, text: &str, min: u64, max: u64) -> Result<u64> {
    match text.parse() {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        _ => Err(format!("`{option}` is `{text}`, expected {min} to {max}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(line: &str) -> std::result::Result<Collect, String> {
        let words = line.split_whitespace().map(str::to_owned);
        Collect::parse(words).map_err(|error| error.to_string())
    }

    #[test]
    fn options_are_read() {
        let options = collect("--store postgres --seconds 5 --ids all --wrk").unwrap();
        assert_eq!(options.stores, [Store::Postgres]);
        assert_eq!(options.time, Duration::from_secs(5));
        assert_eq!(options.named, Named::All);
        assert!(options.wrk && !options.json);
        assert_eq!(collect("").unwrap().stores, Store::ALL);
        let keys = Keys::parse(["--rows", "20000"].map(str::to_owned).into_iter()).unwrap();
        assert_eq!(keys.rows, 20_000);
        let words = ["--part", "idle", "--idle-seconds", "5"].map(str::to_owned);
        let migrate = Migrate::parse(words.into_iter()).unwrap();
        assert_eq!(migrate.parts, [Part::Idle]);
        assert_eq!(migrate.idle, Duration::from_secs(5));
    }

    #[test]
    fn errors_name_the_option() {
        let check = |line, expected: &str| assert_eq!(collect(line).unwrap_err(), expected);
        check("--fast", "unknown option `--fast`");
        check("--row", "option `--row` needs a value");
        check("--seconds 0", "`--seconds` is `0`, expected 1 to 600");
        check(
            "--store mysql",
            "`--store` is `mysql`, expected `sqlite` or `postgres`",
        );
        check(
            "--ids some",
            "`--ids` is `some`, expected `none`, `half` or `all`",
        );
    }
}
