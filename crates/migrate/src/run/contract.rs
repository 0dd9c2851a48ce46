//! The end of a migration: the old columns go.

use super::Watch;
use super::engine::Engine;
use crate::journal::{self, State};
use crate::step::{Phase, Step};
use crate::steps::{self, Contract};
use crate::trigger::{RESOLVE, SYNC};
use crate::{Error, census};

/// Drops old columns, triggers and journal; with `keep_lookup` a table of old and new keys stays
/// for each table whose keys were made anew. There is no way back from here.
///
/// # Errors
/// [`Error::State`] before the cut-over; [`Error::Refused`] with whatever still uses an old
/// column, before anything is dropped.
pub async fn contract<'a>(
    target: &'a connect::Target,
    keep_lookup: bool,
    watch: &'a mut Watch<'a>,
) -> Result<(), Error> {
    let mut engine = Engine::open(target, watch).await?;
    let journal = engine.journal().await?;
    let plan = &journal.plan;
    match journal.state {
        State::Contracting => {}
        State::Swapped => {
            let settle: Vec<Step> = steps::steps(plan)
                .into_iter()
                .filter(|step| step.phase == Phase::Settle)
                .collect();
            let record = |step: &Step| Some(journal::done(step.number, &step.name));
            engine.run(plan, &settle, &journal.done, record).await?;
            let users = users(&engine, plan).await?;
            if !users.is_empty() {
                return Err(Error::Refused(users));
            }
            engine
                .execute(&journal::set_state(State::Contracting))
                .await?;
        }
        State::Forward | State::Reverting | State::Undoing => {
            let next = "`idshift migrate status` shows how far the migration is";
            return Err(Error::state(
                "contract: the new columns do not have the names",
                next,
            ));
        }
    }
    let list = steps::contract(plan, Contract { keep_lookup });
    engine.run(plan, &list, &[], |_| None).await
}

/// What still hangs on the old columns, apart from what goes with them.
async fn users(engine: &Engine<'_>, plan: &crate::Plan) -> Result<Vec<census::Refusal>, Error> {
    let sql = "-- run.users
        SELECT pg_describe_object(d.classid, d.objid, d.objsubid)
        FROM pg_depend d
        JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        LEFT JOIN pg_attrdef own ON d.classid = 'pg_attrdef'::regclass AND own.oid = d.objid
        WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = to_regclass($1)
          AND a.attname = $2 AND d.deptype = 'n'
          AND NOT (coalesce(own.adrelid = d.refobjid AND own.adnum = a.attnum, false))
          AND NOT (d.classid = 'pg_constraint'::regclass AND d.objid IN (
              SELECT oid FROM pg_constraint WHERE conrelid = d.refobjid))
          AND NOT (d.classid = 'pg_trigger'::regclass AND d.objid IN (
              SELECT oid FROM pg_trigger WHERE tgname = ANY ($3)))
        UNION
        SELECT pg_describe_object(d.classid, d.objid, d.objsubid)
        FROM pg_depend s
        JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = s.objid
                        AND d.deptype = 'n' AND d.classid = 'pg_attrdef'::regclass
        JOIN pg_attrdef other ON other.oid = d.objid
        JOIN pg_attribute a ON a.attrelid = s.refobjid AND a.attnum = s.refobjsubid
        -- A sequence that goes with the column, but gives another its values.
        WHERE s.classid = 'pg_class'::regclass AND s.deptype IN ('a', 'i')
          AND s.refobjid = to_regclass($1) AND a.attname = $2
          AND (other.adrelid, other.adnum) <> (a.attrelid, a.attnum)";
    let ours = &[SYNC, RESOLVE][..];
    let mut users = Vec::new();
    for table in &plan.tables {
        for column in &table.columns {
            let name = table.name.to_string();
            let doing = Error::database("ask what uses the old columns");
            let rows = engine
                .session
                .client
                .query(sql, &[&name, &column.old, &ours])
                .await;
            for row in rows.map_err(doing)? {
                users.push(census::Refusal {
                    situation: "old-column-in-use",
                    object: row.get(0),
                    reason: format!("it uses `{}` of `{}`", column.old, table.name),
                    next: "drop it, or make it use the new column".to_owned(),
                });
            }
        }
    }
    Ok(users)
}
