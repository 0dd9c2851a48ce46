//! The statements of a walk: what is read, and what is written.

use tokio_postgres::Row as SqlRow;

use super::Row;
use super::walk::Walk;
use crate::name::{literal, quoted};
use crate::plan::{Column, ForeignKey, Plan, Table, Time, Value};
use crate::step::Pass;
use crate::trigger;

/// Which rows a `SELECT` is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Select {
    First,
    Next,
}

/// The statements of one walk.
pub(super) struct Sql {
    table: String,
    /// The row's time, an expression over `t`.
    time: Source,
    /// Which rows need a value.
    empty: String,
    /// The key as a number, if it is one integer.
    number: Option<String>,
    /// Writes one batch: `$1..` are the keys column by column, the last one the new values.
    pub(super) update: String,
}

/// Where the time comes from, as SQL.
enum Source {
    None,
    /// Microseconds since 1970.
    Us {
        own: String,
        /// Where that is NULL.
        otherwise: String,
    },
    /// The new key of a parent.
    Id(String),
}

impl Sql {
    /// Times of rows after `now_us`, in microseconds since 1970, are taken for wrong.
    pub(super) fn new(plan: &Plan, table: &Table, pass: &Pass, walk: &Walk, now_us: u64) -> Self {
        let columns: Vec<&Column> = pass.columns.iter().map(|&c| &table.columns[c]).collect();
        let minted = columns.iter().find_map(|column| match &column.value {
            Value::Mint { time, .. } => Some(time),
            _ => None,
        });
        let integer = |kind: &str| matches!(kind, "smallint" | "integer" | "bigint");
        let number = match walk.columns.as_slice() {
            [(name, kind)] if integer(kind) => Some(format!("t.{}::bigint", quoted(name))),
            _ => None,
        };
        let empty = columns.iter().map(|column| {
            let (old, new) = (quoted(&column.name), quoted(&column.new));
            format!("(t.{new} IS NULL AND t.{old} IS NOT NULL)")
        });
        Self {
            table: table.name.to_string(),
            time: minted.map_or(Source::None, |time| time_of(plan, table, time, now_us)),
            empty: empty.collect::<Vec<_>>().join(" OR "),
            number,
            update: update(plan, table, &columns, walk, minted.is_some()),
        }
    }

    /// The rows of the next batch.
    pub(super) fn select(&self, walk: &Walk, which: Select) -> String {
        let time = match &self.time {
            Source::None => "NULL::bigint, NULL::bigint, NULL::uuid".to_owned(),
            Source::Us { own, otherwise } => format!("{own}, {otherwise}, NULL::uuid"),
            Source::Id(id) => format!("NULL::bigint, NULL::bigint, {id}"),
        };
        let number = self.number.as_deref().unwrap_or("NULL::bigint");
        let (table, empty) = (&self.table, &self.empty);
        if walk.by_place() {
            return format!(
                "-- backfill.select\nSELECT {number}, {time}, t.ctid::text FROM {table} t \
                 WHERE t.ctid >= $1::text::tid AND t.ctid < $2::text::tid AND ({empty})"
            );
        }
        let behind = match which {
            Select::First => String::new(),
            Select::Next => format!(" AND ({}) > {}", walk.list("t.", ""), walk.parameter(3)),
        };
        format!(
            "-- backfill.select\nSELECT {number}, {time}, {} FROM {table} t \
             WHERE ({}) <= {}{behind} AND ({empty}) ORDER BY {} LIMIT $2",
            walk.list("t.", "::text"),
            walk.list("t.", ""),
            walk.parameter(1),
            walk.list("t.", ""),
        )
    }

    /// The time of the first row that has one, in microseconds since 1970; none where rows have no
    /// time at all. Those before it follow it.
    pub(super) fn first_time(&self, walk: &Walk) -> Option<String> {
        let time = match &self.time {
            Source::None => return None,
            Source::Us { own, otherwise } => format!("coalesce({own}, {otherwise})"),
            Source::Id(id) => format!(
                "('x' || lpad(left(replace({id}::text, '-', ''), 12), 16, '0'))::bit(64)::bigint \
                 * 1000"
            ),
        };
        let order = if walk.by_place() {
            "t.ctid".to_owned()
        } else {
            walk.list("t.", "")
        };
        Some(format!(
            "-- backfill.first_time\nSELECT {time} FROM {} t WHERE {time} IS NOT NULL ORDER BY \
             {order} LIMIT 1",
            self.table
        ))
    }

    /// The nearest row with a time of its own behind a key, and the nearest up to it: number and
    /// time. None where keys are no numbers, or times are not the rows' own.
    pub(super) fn neighbours(&self, walk: &Walk) -> Option<[String; 2]> {
        let (Some(number), Source::Us { own, .. }) = (&self.number, &self.time) else {
            return None;
        };
        let side = |compare: &str, direction: &str| {
            format!(
                "-- backfill.neighbour\nSELECT {number}, {own} FROM {} t WHERE {own} IS NOT NULL \
                 AND ({}) {compare} {} ORDER BY {} LIMIT 1",
                self.table,
                walk.list("t.", ""),
                walk.parameter(1),
                walk.list("t.", direction),
            )
        };
        Some([side(">", ""), side("<=", " DESC")])
    }

    /// A row as [`Self::select`] gave it.
    pub(super) fn row(row: &SqlRow) -> Row {
        let own: Option<i64> = row.get(1);
        let parent: Option<ids::Uuid> = row.get(3);
        let parent = parent.and_then(|id| i64::try_from(id.unix_ms()? * 1000).ok());
        Row {
            number: row.get(0),
            time: own.or(parent),
            otherwise: row.get(2),
            key: (4..row.len()).map(|place| row.get(place)).collect(),
        }
    }
}

/// Microseconds since 1970. Times that are no moments, before 1970 or of the future are as good as
/// none: one row that claims to be of the year 2999 says nothing of those behind it.
fn us(column: &str, zone: Option<&str>, now_us: u64) -> String {
    let column = format!("t.{}", quoted(column));
    let moment = match zone {
        Some(zone) => format!("({column}::timestamp AT TIME ZONE {})", literal(zone)),
        None => column.clone(),
    };
    let now = format!(
        "to_timestamp({}.{:06})",
        now_us / 1_000_000,
        now_us % 1_000_000
    );
    format!(
        "CASE WHEN isfinite({column}) AND {moment} >= 'epoch' AND {moment} <= {now} \
         THEN (extract(epoch FROM {moment}) * 1000000)::bigint END"
    )
}

fn time_of(plan: &Plan, table: &Table, time: &Time, now_us: u64) -> Source {
    match time {
        Time::Floor { .. } => Source::None,
        Time::Column {
            column,
            zone,
            otherwise,
        } => Source::Us {
            own: us(column, zone.as_deref(), now_us),
            otherwise: otherwise.as_ref().map_or_else(
                || "NULL::bigint".to_owned(),
                |o| us(&o.column, o.zone.as_deref(), now_us),
            ),
        },
        Time::Parent { column } => {
            let column = table.column(column);
            let target = column.and_then(|column| trigger::target(plan, table, column));
            target.map_or(Source::None, |(key, parent, value)| {
                Source::Id(lookup(key, parent, value))
            })
        }
    }
}

/// The new key of the row that `t` refers to.
fn lookup(key: &ForeignKey, parent: &Table, value: &Column) -> String {
    let pairs = key.columns.iter().zip(&key.target_columns);
    let equal =
        pairs.map(|(column, target)| format!("p.{} = t.{}", quoted(target), quoted(column)));
    let equal = equal.collect::<Vec<_>>().join(" AND ");
    format!(
        "(SELECT p.{} FROM {} p WHERE {equal})",
        quoted(&value.new),
        parent.name
    )
}

fn update(plan: &Plan, table: &Table, columns: &[&Column], walk: &Walk, minted: bool) -> String {
    let set = columns.iter().map(|column| {
        let (old, new) = (quoted(&column.name), quoted(&column.new));
        let value = match &column.value {
            Value::Mint { .. } => format!("CASE WHEN t.{old} IS NOT NULL THEN v.value END"),
            Value::Cast => format!("trim(t.{old})::uuid"),
            Value::Reference { .. } => trigger::target(plan, table, column).map_or_else(
                || "NULL".to_owned(),
                |(key, parent, value)| lookup(key, parent, value),
            ),
        };
        // What a trigger has put there stays, also if it did so since the row was read.
        format!("{new} = coalesce(t.{new}, {value})")
    });
    let mut arrays = Vec::new();
    let mut names = Vec::new();
    let mut equal = Vec::new();
    for place in 1..=walk.width() {
        arrays.push(format!("${place}::text[]"));
        names.push(format!("key_{place}"));
        equal.push(match walk.columns.get(place - 1) {
            Some((name, kind)) => format!("t.{} = v.key_{place}::{kind}", quoted(name)),
            None => format!("t.ctid = v.key_{place}::tid"),
        });
    }
    if minted {
        arrays.push(format!("${}::uuid[]", walk.width() + 1));
        names.push("value".to_owned());
    }
    format!(
        "-- backfill.update\nUPDATE {} t SET {} FROM unnest({}) AS v ({}) WHERE {}",
        table.name,
        set.collect::<Vec<_>>().join(", "),
        arrays.join(", "),
        names.join(", "),
        equal.join(" AND "),
    )
}
