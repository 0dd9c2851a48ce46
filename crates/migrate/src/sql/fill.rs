//! The backfill of a table as one loop in the database.

use crate::mint::Order;
use crate::name::{literal, quoted};
use crate::plan::{Column, Plan, Table, Time, Value};
use crate::step::Pass;
use crate::trigger;

/// A `DO` block that fills a table batch by batch and commits after each.
pub(super) fn loop_of(plan: &Plan, pass: &Pass) -> String {
    let table = &plan.tables[pass.table];
    let columns: Vec<&Column> = pass
        .columns
        .iter()
        .map(|&place| &table.columns[place])
        .collect();
    let minted = columns.iter().find_map(|column| match &column.value {
        Value::Mint { order, time } => Some((*order, time)),
        _ => None,
    });
    let (silent, loud) = if plan.settings.silent {
        (
            "-- Keeps triggers silent; needs the right to set it.\n\
             SET session_replication_role = replica;\n",
            "RESET session_replication_role;\n",
        )
    } else {
        ("", "")
    };
    let loop_of = match minted {
        Some(minted) if !table.walk.is_empty() => minting(plan, table, &columns, minted),
        _ => filling(plan, table, &columns),
    };
    format!("{silent}DO $idshift$\n{loop_of}$idshift$;\n{loud}")
}

fn empty(columns: &[&Column]) -> String {
    let empty = columns.iter().map(|column| {
        let (old, new) = (quoted(&column.name), quoted(&column.new));
        format!("(t.{new} IS NULL AND t.{old} IS NOT NULL)")
    });
    empty.collect::<Vec<_>>().join(" OR ")
}

fn set(plan: &Plan, table: &Table, columns: &[&Column]) -> String {
    let set = columns.iter().map(|column| {
        let (old, new) = (quoted(&column.name), quoted(&column.new));
        let value = match &column.value {
            Value::Mint { .. } => format!("CASE WHEN t.{old} IS NOT NULL THEN b.value END"),
            Value::Cast => format!("trim(t.{old})::uuid"),
            Value::Reference { .. } => lookup(plan, table, column),
        };
        format!("{new} = coalesce(t.{new}, {value})")
    });
    set.collect::<Vec<_>>().join(", ")
}

fn lookup(plan: &Plan, table: &Table, column: &Column) -> String {
    let Some((key, parent, value)) = trigger::target(plan, table, column) else {
        return "NULL".to_owned();
    };
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

/// References only: the rows still empty, in any order, until there is none.
fn filling(plan: &Plan, table: &Table, columns: &[&Column]) -> String {
    format!(
        "DECLARE
    done bigint;
BEGIN
    LOOP
        UPDATE {table} t SET {set}
        WHERE t.ctid = ANY (ARRAY(SELECT t.ctid FROM {table} t WHERE {empty} LIMIT {rows}));
        GET DIAGNOSTICS done = ROW_COUNT;
        COMMIT;
        EXIT WHEN done = 0;
    END LOOP;
END\n",
        table = table.name,
        set = set(plan, table, columns),
        empty = empty(columns),
        rows = plan.settings.batch_rows,
    )
}

/// New keys in the order of the walk. A tick is a millisecond, its fraction and a counter as one
/// number: that of the row's time, or the one behind its predecessor's, whichever is greater. Over
/// a batch numbered from 1 that is the running maximum of `own - number`, plus the number.
fn minting(
    plan: &Plan,
    table: &Table,
    columns: &[&Column],
    (order, time): (Order, &Time),
) -> String {
    let walk = |before: &str| {
        let names = table
            .walk
            .iter()
            .map(|name| format!("{before}{}", quoted(name)));
        names.collect::<Vec<_>>().join(", ")
    };
    let equal = table
        .walk
        .iter()
        .map(|name| format!("t.{0} = b.{0}", quoted(name)));
    let equal = equal.collect::<Vec<_>>().join(" AND ");
    let tick = match order {
        Order::Id => "number + greatest(last_tick, max(own - number) OVER (ORDER BY number))",
        Order::Time => "coalesce(nullif(own, 0), number + last_tick)",
    };
    format!(
        "DECLARE
    last_tick bigint := 0;
    rows bigint;
    started timestamptz := now();
BEGIN
    LOOP
        WITH batch AS (
            SELECT {list}, {us} AS us FROM {table} t
            WHERE {empty} ORDER BY {list} LIMIT {batch_rows}
        ), numbered AS (
            SELECT {walk}, row_number() OVER (ORDER BY {walk}) AS number,
                   CASE WHEN us IS NULL THEN {floor}
                        ELSE (us / 1000 << 18) + (us % 1000 * 4096 / 1000 << 6) END AS own
            FROM batch
        ), ticked AS (
            SELECT {walk}, {tick} AS tick FROM numbered
        ), b AS (
            SELECT {walk}, tick, (lpad(to_hex(tick >> 18), 12, '0') || '7'
                || lpad(to_hex(tick >> 6 & 4095), 3, '0') || to_hex(128 + (tick & 63))
                || right(replace(gen_random_uuid()::text, '-', ''), 14))::uuid AS value
            FROM ticked
        ), written AS (
            UPDATE {table} t SET {set} FROM b WHERE {equal} RETURNING b.tick
        )
        SELECT count(*), coalesce(max(tick), last_tick) INTO rows, last_tick FROM written;
        COMMIT;
        EXIT WHEN rows = 0;
    END LOOP;
END\n",
        list = walk("t."),
        walk = walk(""),
        table = table.name,
        us = us(plan, table, time),
        floor = floor(time),
        empty = empty(columns),
        batch_rows = plan.settings.batch_rows,
        set = set(plan, table, columns),
    )
}

/// Microseconds since 1970 of a row's time, none if it has none that can be believed.
fn us(plan: &Plan, table: &Table, time: &Time) -> String {
    match time {
        Time::Floor { .. } => "NULL::bigint".to_owned(),
        Time::Column {
            column,
            zone,
            otherwise,
        } => {
            let own = own(column, zone.as_deref());
            let other = otherwise
                .as_ref()
                .map(|o| self::own(&o.column, o.zone.as_deref()));
            other.map_or(own.clone(), |other| format!("coalesce({own}, {other})"))
        }
        Time::Parent { column } => {
            let column = table.column(column);
            let id = column.map_or_else(|| "NULL".to_owned(), |c| lookup(plan, table, c));
            format!(
                "('x' || lpad(left(replace({id}::text, '-', ''), 12), 16, '0'))::bit(64)::bigint \
                 * 1000"
            )
        }
    }
}

fn own(column: &str, zone: Option<&str>) -> String {
    let column = format!("t.{}", quoted(column));
    let moment = match zone {
        Some(zone) => format!("({column}::timestamp AT TIME ZONE {})", literal(zone)),
        None => column.clone(),
    };
    format!(
        "CASE WHEN isfinite({column}) AND {moment} >= 'epoch' AND {moment} <= started
                 THEN (extract(epoch FROM {moment}) * 1000000)::bigint END"
    )
}

/// The own tick of a row without a time: the first one starts at the floor.
fn floor(time: &Time) -> String {
    let moment = match time {
        Time::Floor { at } => format!("{}::timestamptz", literal(at)),
        Time::Column { .. } | Time::Parent { .. } => "started".to_owned(),
    };
    format!(
        "CASE WHEN last_tick = 0
                 THEN (extract(epoch FROM {moment}) * 1000)::bigint << 18 ELSE 0 END"
    )
}
