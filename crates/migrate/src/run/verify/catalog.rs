//! Checks that read the catalog: indexes, constraints and triggers that must be there, and nothing
//! left behind.

use tokio_postgres::Client;

use super::{Check, Verdict};
use crate::journal::{Journal, State};
use crate::name::SCHEMA;
use crate::step::{Phase, Step};
use crate::trigger::{RESOLVE, SYNC};
use crate::{Error, steps};

/// The objects of the migration that must be there in its state.
pub(super) async fn objects(
    client: &Client,
    journal: &Journal,
    swapped: bool,
) -> Result<Vec<Check>, Error> {
    let mut checks = Vec::new();
    let ready: Vec<Step> = crate::steps(&journal.plan)
        .into_iter()
        .filter(|step| step.phase == Phase::Ready)
        .collect();
    let ready = ready.iter().all(|step| journal.done.contains(&step.number));
    let dependents = journal.plan.dependents.iter();
    let finished: Vec<&str> = dependents
        .filter(|dependent| !dependent.after.is_empty())
        .map(|dependent| &*dependent.object)
        .collect();
    for table in &journal.plan.tables {
        let name = table.name.to_string();
        let doing = || Error::database(format!("verify `{name}`"));
        let sql = "-- verify.indexes
            SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = to_regclass($1) AND NOT (i.indisvalid AND i.indisready)";
        let invalid = client.query(sql, &[&name]).await.map_err(doing())?;
        checks.push(named("indexes-valid", &name, ready || swapped, &invalid));
        // Others may have been `NOT VALID` all along.
        let sql = "-- verify.constraints
            SELECT conname FROM pg_constraint
            WHERE conrelid = to_regclass($1) AND NOT convalidated AND (conname = ANY ($2)
               OR pg_describe_object('pg_constraint'::regclass, oid, 0) = ANY ($3))";
        let mut proven = steps::check_names(table);
        for key in journal
            .plan
            .keys_of(&table.name)
            .filter(|key| key.validated)
        {
            proven.extend([&key.name, &key.new, &key.old].map(String::clone));
        }
        let invalid = client
            .query(sql, &[&name, &proven, &finished])
            .await
            .map_err(doing())?;
        checks.push(named(
            "constraints-validated",
            &name,
            ready || swapped,
            &invalid,
        ));
        if matches!(journal.state, State::Forward | State::Swapped) && (ready || swapped) {
            let sql = "-- verify.triggers
                SELECT $2::text WHERE NOT EXISTS (SELECT FROM pg_trigger
                    WHERE tgrelid = to_regclass($1) AND tgname = $2 AND tgenabled <> 'D')";
            let missing = client.query(sql, &[&name, &SYNC]).await.map_err(doing())?;
            checks.push(named("trigger-enabled", &name, true, &missing));
        }
    }
    Ok(checks)
}

/// What must not be there where no migration is.
pub(super) async fn leftovers(client: &Client) -> Result<Vec<Check>, Error> {
    let sql = "-- verify.leftovers
        SELECT format('trigger %s on %s', tgname, tgrelid::regclass) FROM pg_trigger
        WHERE tgname IN ($1, $2)
        UNION ALL
        SELECT format('check %s on %s', conname, conrelid::regclass) FROM pg_constraint
        WHERE contype = 'c' AND conname LIKE '%\\_\\_new\\_filled'
        UNION ALL
        SELECT format('function %s', p.oid::regprocedure) FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $3";
    let doing = Error::database("look for what a migration left behind");
    let rows = client
        .query(sql, &[&SYNC, &RESOLVE, &SCHEMA])
        .await
        .map_err(doing)?;
    Ok(vec![named("no-leftovers", "database", true, &rows)])
}

/// Fine if there are no names, else failed, or pending if it is too early to say.
fn named(name: &'static str, object: &str, due: bool, rows: &[tokio_postgres::Row]) -> Check {
    let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let verdict = match (names.is_empty(), due) {
        (true, _) => Verdict::Fine,
        (false, false) => Verdict::Pending,
        (false, true) => Verdict::Failed,
    };
    let detail = if names.is_empty() {
        "none amiss".to_owned()
    } else {
        names.join(", ")
    };
    Check {
        name,
        object: object.to_owned(),
        verdict,
        detail,
    }
}
