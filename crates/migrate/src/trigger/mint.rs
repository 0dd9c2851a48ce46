//! A new key in SQL, for rows that are written while the migration runs.

use crate::mint::Order;
use crate::name::{literal, quoted};
use crate::plan::{Column, Time};

/// Statements that put a version 7 id into `NEW.<to>`, in the layout of [`crate::mint`].
///
/// In the order of ids the moment is now: all rows before this one have times up to now, so a row
/// that claims to be older must not get in between. In the order of time it is the row's own.
/// Within a microsecond the low bits of an integer key keep the order.
pub(super) fn statements(
    column: &Column,
    to: &str,
    key: &str,
    (order, time): (Order, &Time),
) -> String {
    let moment = match (order, time) {
        (Order::Time, Time::Column { column, zone, .. }) => own(column, zone.as_deref()),
        _ => "clock_timestamp()".to_owned(),
    };
    let integer = matches!(column.from.as_str(), "smallint" | "integer" | "bigint");
    let counter = if integer {
        format!("to_hex(128 + coalesce(NEW.{} & 63, 0))", quoted(key))
    } else {
        "'80'".to_owned()
    };
    format!(
        "        us := (extract(epoch FROM {moment}) * 1000000)::bigint;
        NEW.{to} := (lpad(to_hex(us / 1000), 12, '0')
            || '7' || lpad(to_hex(us % 1000 * 4096 / 1000), 3, '0')
            || {counter} || right(replace(gen_random_uuid()::text, '-', ''), 14))::uuid;\n",
        to = quoted(to),
    )
}

/// The row's own time, or now if it has none that can be believed.
fn own(column: &str, zone: Option<&str>) -> String {
    let column = format!("NEW.{}", quoted(column));
    let moment = match zone {
        Some(zone) => format!("{column}::timestamp AT TIME ZONE {}", literal(zone)),
        None => column.clone(),
    };
    format!(
        "CASE WHEN isfinite({column}) AND {moment} >= 'epoch' AND {moment} < clock_timestamp() \
         THEN {moment} ELSE clock_timestamp() END"
    )
}
