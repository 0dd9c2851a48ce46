//! One situation as a folder: its schema, its data, and what must come of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A folder of `tests/fixtures`.
pub(crate) struct Fixture {
    pub(crate) name: String,
    /// `schema.sql`.
    pub(crate) schema: String,
    /// `data.sql`.
    pub(crate) data: String,
    /// `workload.sql`: what an application does in each phase, `{n}` being the number of the
    /// phase. It must mean the same with old keys and with new ones.
    pub(crate) workload: Option<String>,
    /// `expect.toml`.
    pub(crate) expect: Expect,
}

/// What must come of a situation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    /// The situation in words.
    pub(crate) situation: String,
    /// The keys that move, `schema.table.column`.
    #[serde(default)]
    pub(crate) keys: Vec<String>,
    /// What the migration is asked for, where that is not the keys.
    pub(crate) tables: Option<Vec<String>>,
    /// Whether it is asked for all keys that count up by themselves.
    #[serde(default)]
    pub(crate) all: bool,
    /// The zone of times without one.
    pub(crate) zone: Option<String>,
    /// Answers, by the key of the question.
    #[serde(default)]
    pub(crate) answers: BTreeMap<String, String>,
    /// Questions that must be asked while nothing is answered, and no others.
    #[serde(default)]
    pub(crate) asks: Vec<String>,
    /// Text functions are a refusal.
    #[serde(default)]
    pub(crate) strict: bool,
    /// Materialized views above this size are asked about.
    pub(crate) materialized_bytes_max: Option<u64>,
    /// The role that migrates, where it is not the superuser.
    pub(crate) user: Option<String>,
    /// Parameters of the database, `name = value`, set when it is filled.
    #[serde(default)]
    pub(crate) settings: Vec<String>,
    /// Keys whose rule is not the usual one for their type.
    #[serde(default, rename = "key")]
    pub(crate) rules: Vec<Rule>,
    /// What must be refused; none where the situation is handled.
    #[serde(default)]
    pub(crate) refused: Vec<Refused>,
    /// What `contract` must refuse; none where it goes through.
    #[serde(default)]
    pub(crate) contract_refused: Vec<Refused>,
    /// A defect that is known and not mended: the fixture must fail, and say so.
    pub(crate) known_failure: Option<String>,
}

/// The rule for the new values of one key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// `schema.table.column`.
    pub(crate) column: String,
    /// Whose order the new values follow.
    pub(crate) order: Option<Order>,
    /// The column that holds the row's time; `created_at` where there is one.
    pub(crate) time: Option<String>,
    /// The zone of times without one.
    pub(crate) zone: Option<String>,
    /// The reference whose row gives the time.
    pub(crate) parent: Option<String>,
}

/// Whose order new values follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    /// That of the old values.
    Id,
    /// That of the rows' times.
    Time,
    /// The new value is the old one.
    Cast,
    /// None, because the workload changes keys.
    Any,
}

/// One refusal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refused {
    pub(crate) situation: String,
    /// Part of the object's description.
    pub(crate) object: String,
}

impl Rule {
    /// The usual rule of a column.
    pub(crate) fn of(column: &str) -> Self {
        let column = column.to_owned();
        Self {
            column,
            order: None,
            time: None,
            zone: None,
            parent: None,
        }
    }
}

impl Fixture {
    fn read(folder: &Path) -> Self {
        let name = folder
            .file_name()
            .expect("a folder")
            .to_string_lossy()
            .into_owned();
        let file = |file: &str| fs::read_to_string(folder.join(file));
        let expect = file("expect.toml").unwrap_or_else(|error| panic!("{name}: {error}"));
        Self {
            schema: file("schema.sql").unwrap_or_else(|error| panic!("{name}: {error}")),
            data: file("data.sql").unwrap_or_default(),
            workload: file("workload.sql").ok(),
            expect: toml::from_str(&expect).unwrap_or_else(|error| panic!("{name}: {error}")),
            name,
        }
    }

    /// The fixture of a name.
    pub(crate) fn named(name: &str) -> Self {
        Self::read(&root().join(name))
    }

    /// Whether the situation is one that the migration goes through with.
    pub(crate) fn is_handled(&self) -> bool {
        self.expect.refused.is_empty()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// All of them, by name.
pub(crate) fn all() -> Vec<Fixture> {
    let entries = fs::read_dir(root()).expect("the fixtures");
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.sort();
    folders.iter().map(|folder| Fixture::read(folder)).collect()
}
