//! The last look within the cut-over: whatever was created again must stand on the new columns.

use crate::name::literal;
use crate::plan::Plan;
use crate::trigger::{RESOLVE, SYNC};

/// A statement that fails, and with it the cut-over, if something other than what belongs to the
/// migration still stands on an old column, under the name that it has after the renaming. What was
/// bound to the wrong one would go on without a word until the contraction.
pub(super) fn check(plan: &Plan) -> String {
    let (mut tables, mut columns) = (Vec::new(), Vec::new());
    for table in &plan.tables {
        for column in &table.columns {
            tables.push(literal(&table.name.to_string()));
            columns.push(literal(&column.old));
        }
    }
    format!(
        "DO $idshift$
DECLARE
    found_users text;
BEGIN
    SELECT string_agg(DISTINCT format('%s uses %s of %s',
        pg_describe_object(d.classid, d.objid, d.objsubid), a.attname, o.place), ', ')
    INTO found_users
    FROM unnest(ARRAY[{tables}]::text[], ARRAY[{columns}]::text[]) AS o (place, name)
    JOIN pg_attribute a ON a.attrelid = to_regclass(o.place) AND a.attname = o.name
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid
                    AND d.refobjsubid = a.attnum AND d.deptype = 'n'
    LEFT JOIN pg_attrdef own ON d.classid = 'pg_attrdef'::regclass AND own.oid = d.objid
    WHERE NOT coalesce(own.adrelid = a.attrelid AND own.adnum = a.attnum, false)
      AND NOT (d.classid = 'pg_constraint'::regclass AND d.objid IN (
          SELECT oid FROM pg_constraint WHERE conrelid = a.attrelid))
      AND NOT (d.classid = 'pg_trigger'::regclass AND d.objid IN (
          SELECT oid FROM pg_trigger WHERE tgname IN ({sync}, {resolve})));
    IF found_users IS NOT NULL THEN
        RAISE EXCEPTION 'an old column is still in use: %', found_users;
    END IF;
END
$idshift$",
        tables = tables.join(", "),
        columns = columns.join(", "),
        sync = literal(SYNC),
        resolve = literal(RESOLVE),
    )
}
