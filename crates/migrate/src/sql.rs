//! A plan as plain SQL files, for people who run the steps themselves.
//!
//! Each step is one file in the order of its number; what `apply` does in batches from outside is a
//! loop in the database there, that commits after each batch. The result is the same.

mod fill;

use crate::plan::Plan;
use crate::step::{Action, Step};
use crate::steps;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name: the number of the step and what it does.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// All files of a plan: the steps, the way back, and a page on how to use them.
#[must_use]
pub fn files(plan: &Plan) -> Vec<File> {
    let forward = steps::steps(plan);
    let mut files = vec![readme(), schema()];
    files.extend(forward.iter().map(|step| file("", plan, step)));
    files.extend(
        steps::undo(plan)
            .iter()
            .map(|step| file("undo-", plan, step)),
    );
    files.extend(
        steps::revert(plan)
            .iter()
            .map(|step| file("revert-", plan, step)),
    );
    let keep = steps::Contract { keep_lookup: false };
    files.extend(
        steps::contract(plan, keep)
            .iter()
            .map(|step| file("contract-", plan, step)),
    );
    files
}

fn readme() -> File {
    let text = "The files with a number alone lead up to the cut-over and past it, in order:

    psql --set ON_ERROR_STOP=1 --file 000-schema.sql DATABASE
    psql --set ON_ERROR_STOP=1 --file 001-....sql DATABASE

Each tells in its first lines which lock it takes. One that fails for a lock that others hold can
be run again; so can one that was cut off: a transaction leaves nothing, and where there is none,
the file says what to do first.

Rows without a time follow the row before them here; `apply` also looks at the next one.

`undo-` files lead back from before the cut-over. After it, `revert-` files come before them.
`contract-` files drop the old columns: there is no way back from there.
";
    File {
        name: "README.txt".to_owned(),
        text: text.to_owned(),
    }
}

/// The functions of triggers need a schema of their own; the journal is for `apply` alone.
fn schema() -> File {
    let text =
        "-- The schema of the trigger functions.\nCREATE SCHEMA IF NOT EXISTS \"idshift\";\n";
    File {
        name: "000-schema.sql".to_owned(),
        text: text.to_owned(),
    }
}

fn file(prefix: &str, plan: &Plan, step: &Step) -> File {
    let mut text = format!("-- {}\n-- {}\n\n", step.name, step.lock.describe());
    text.push_str(&body(plan, step));
    let words: String = step
        .name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                ' '
            }
        })
        .collect();
    let words: Vec<&str> = words.split_whitespace().take(8).collect();
    File {
        name: format!("{prefix}{:03}-{}.sql", step.number, words.join("-")),
        text,
    }
}

fn body(plan: &Plan, step: &Step) -> String {
    let timeout = plan.settings.lock_timeout_ms;
    match &step.action {
        Action::Transaction(statements) => {
            format!(
                "BEGIN;\nSET LOCAL lock_timeout = {timeout};\n{}COMMIT;\n",
                ended(statements)
            )
        }
        Action::Cutover { lock, statements } => format!(
            "BEGIN;\nSET LOCAL lock_timeout = {timeout};\n\
             SET LOCAL statement_timeout = {timeout};\n\
             {lock};\nSET LOCAL statement_timeout = 5000;\n{}COMMIT;\n",
            ended(statements)
        ),
        Action::Validate { sql, .. } => format!(
            "-- If this finds unfilled rows, run the file that fills the table again.\n{sql};\n"
        ),
        Action::Index { sql, index } => format!(
            "-- If this was cut off, an invalid index is left. First:\n\
             --   DROP INDEX CONCURRENTLY IF EXISTS {index};\n{sql};\n"
        ),
        Action::Again { undo, sql } => format!("{undo};\n{sql};\n"),
        Action::Plain(sql) => format!("{sql};\n"),
        Action::Fill(pass) => fill::loop_of(plan, pass),
    }
}

fn ended(statements: &[String]) -> String {
    statements
        .iter()
        .flat_map(|statement| [statement, ";\n"])
        .collect()
}
