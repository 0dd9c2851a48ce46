//! Finds what has to change in an application whose keys become UUIDs.
//!
//! No language is parsed: a file is cut into words and signs, and a few sequences of them are
//! looked for, with names that belong to the plan. What is found is worth a look, not certain, and
//! what is written in another way is not found.

mod code;
mod names;
mod sql;
mod tokens;

use schema::Source;
use serde::Serialize;

pub use names::Names;

use tokens::Tokens;

/// More than this is not noted of one file: nobody wrote it by hand.
pub const FOUND_PER_FILE_MAX: usize = 200;

/// The characters of a line that are kept.
const TEXT_CHARACTERS_MAX: usize = 120;

/// A kind of code that depends on what a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Code that makes ids itself.
    MakesIds,
    /// `INSERT INTO t VALUES`, without the names of columns.
    InsertWithoutColumns,
    /// `INSERT INTO t (...)` that leaves the key to the database.
    InsertWithoutKey,
    /// `SELECT * FROM t`.
    SelectStar,
    /// `max(id)`.
    Maximum,
    /// `id + 1`.
    Arithmetic,
    /// `id > $1`, `ORDER BY id`, `cursor: { id }`.
    Pagination,
    /// `parseInt(req.params.id)`.
    ParsesNumber,
    /// `id::int`.
    CastToNumber,
    /// `id: number`.
    NumberType,
}

impl Kind {
    /// All kinds, in the order in which they are shown.
    pub const ALL: [Self; 10] = [
        Self::MakesIds,
        Self::InsertWithoutColumns,
        Self::InsertWithoutKey,
        Self::SelectStar,
        Self::Maximum,
        Self::Arithmetic,
        Self::Pagination,
        Self::ParsesNumber,
        Self::CastToNumber,
        Self::NumberType,
    ];

    /// What it is, as a heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::MakesIds => "ids made by the application",
            Self::InsertWithoutColumns => "`INSERT` without the names of columns",
            Self::InsertWithoutKey => "`INSERT` that leaves the key to the database",
            Self::SelectStar => "`SELECT *` from a table that moves",
            Self::Maximum => "the greatest key",
            Self::Arithmetic => "arithmetic with a key",
            Self::Pagination => "order and pages by a key",
            Self::ParsesNumber => "a key read as a number",
            Self::CastToNumber => "a key cast to a number",
            Self::NumberType => "a key declared as a number",
        }
    }

    /// Why it matters.
    #[must_use]
    pub fn why(self) -> &'static str {
        match self {
            Self::MakesIds => "keys of another kind do not fit a uuid column, or not its order",
            Self::InsertWithoutColumns => {
                "the new column is the last one: from the cut-over on, values land in other columns"
            }
            Self::InsertWithoutKey => {
                "the database fills in keys until `contract`; then the `INSERT` is refused"
            }
            Self::SelectStar => {
                "a prepared statement fails with `cached plan must not change result type` when \
                 columns come, change or go"
            }
            Self::Maximum => "PostgreSQL before 18 has no `max(uuid)`, and the value says nothing",
            Self::Arithmetic => "a UUID has no successor",
            Self::Pagination => {
                "the order stays that of the old keys, but a first bound of 0 and cursors that \
                 clients still hold are refused"
            }
            Self::ParsesNumber => "it turns a UUID into NaN, an error, or its leading digits",
            Self::CastToNumber => "the cast is refused: `cannot cast type uuid to integer`",
            Self::NumberType => "the driver returns text",
        }
    }

    /// What to write instead.
    #[must_use]
    pub fn instead(self) -> &'static str {
        match self {
            Self::MakesIds => {
                "one UUIDv7 generator for all rows; `idshift guide` shows it for each language"
            }
            Self::InsertWithoutColumns => "name the columns",
            Self::InsertWithoutKey => "name the key and send a UUIDv7 made by the application",
            Self::SelectStar => "name the columns, and reconnect pools after the cut-over",
            Self::Maximum => "`ORDER BY id DESC LIMIT 1`, or the row's own time",
            Self::Arithmetic => "a counter of its own, or a range by time (`idshift id range`)",
            Self::Pagination => {
                "no bound for the first page; `idshift migrate lookup` translates old cursors"
            }
            Self::ParsesNumber => "keep the text, and check that it is a UUID",
            Self::CastToNumber => "cast to `uuid`, or not at all",
            Self::NumberType => "`string`, or the language's UUID type",
        }
    }
}

/// One place in the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// The file.
    pub path: String,
    /// Its line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line, cut to a sane length.
    pub text: String,
}

impl Found {
    /// A place in a source.
    #[must_use]
    pub fn at(kind: Kind, source: &Source, byte: usize) -> Self {
        let text = source.text();
        let before = text.get(..byte).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = text
            .get(start..)
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default();
        Self {
            kind,
            path: source.path().to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.get(start..).unwrap_or_default().chars().count() + 1,
            text: line.trim().chars().take(TEXT_CHARACTERS_MAX).collect(),
        }
    }
}

/// Looks through one file, in time linear in its length; at most [`FOUND_PER_FILE_MAX`], each line
/// once for each kind.
#[must_use]
pub fn scan(names: &Names, source: &Source) -> Vec<Found> {
    let tokens = Tokens::new(source.text());
    let mut found: Vec<Found> = Vec::new();
    for at in 0..tokens.len() {
        let kind = sql::kind_at(names, &tokens, at).or_else(|| code::kind_at(names, &tokens, at));
        let Some(kind) = kind else { continue };
        let place = Found::at(kind, source, tokens.start(at));
        let again = |it: &Found| (it.kind, it.line) == (place.kind, place.line);
        if !found.iter().any(again) {
            found.push(place);
        }
        if found.len() >= FOUND_PER_FILE_MAX {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests;
