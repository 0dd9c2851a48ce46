//! `idshift migrate plan`: what would be done, as a file to read and change.

use std::fs;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use migrate::census::{Choices, Note, Question};
use migrate::mint::Order;
use migrate::plan::{Made, Options, Settings};
use serde::Serialize;

use super::database::Database;
use crate::Outcome;
use crate::console::Console;
use crate::refusal::Refusal;

/// The arguments of `idshift migrate plan`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  idshift migrate plan --database postgres://dba@db.example/shop --table events --output plan.toml
  idshift migrate plan --database-file url.txt --all-auto-increment")]
pub(super) struct Arguments {
    #[command(flatten)]
    database: Database,

    /// Tables whose keys move: `events`, `sales.events`, or `sales.events.id`
    #[arg(long = "table", value_name = "TABLE", value_delimiter = ',')]
    tables: Vec<String>,

    /// Every table whose key counts up by itself
    #[arg(long)]
    all_auto_increment: bool,

    /// Where to write the plan [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Whose order new keys follow, where the old order can be kept
    #[arg(long, value_enum)]
    order: Option<OrderName>,

    /// The zone of times that name none [default: UTC]
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,

    /// The answer to a question that an earlier `plan` asked
    #[arg(long = "answer", value_name = "KEY=VALUE", value_parser = answer)]
    answers: Vec<(String, String)>,

    /// Refuse functions whose text names a column that moves, instead of asking
    #[arg(long)]
    strict: bool,

    /// Rows of a table that are read to guess about its values; 0 reads none
    #[arg(long, value_name = "ROWS")]
    sample_rows: Option<u32>,

    /// Rows a second that the backfill may rewrite; 0 is no limit
    #[arg(long, value_name = "ROWS", default_value_t = 0)]
    rows_per_second: u32,

    /// Rows that one transaction of the backfill rewrites
    #[arg(long, value_name = "ROWS")]
    batch_rows: Option<u32>,
}

/// Whose order new keys follow.
#[derive(Clone, Copy, ValueEnum)]
enum OrderName {
    /// That of the old keys
    Id,
    /// That of the rows' own times
    Time,
}

impl Arguments {
    fn options(&self) -> Options {
        let mut settings = Settings {
            rows_per_second: self.rows_per_second,
            ..Settings::default()
        };
        settings.batch_rows = self.batch_rows.unwrap_or(settings.batch_rows);
        let mut choices = Choices {
            answers: self.answers.iter().cloned().collect(),
            strict: self.strict,
            ..Choices::default()
        };
        choices.sample_rows = self.sample_rows.unwrap_or(choices.sample_rows);
        Options {
            tables: self.tables.clone(),
            all_auto_increment: self.all_auto_increment,
            order: self.order.map(|order| match order {
                OrderName::Id => Order::Id,
                OrderName::Time => Order::Time,
            }),
            zone: self.zone.clone(),
            settings,
            choices,
        }
    }
}

/// The plan as programs read it.
#[derive(Serialize)]
struct Json<'a> {
    plan: Option<&'a migrate::Plan>,
    questions: &'a [Question],
    notes: &'a [Note],
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let target = arguments.database.target()?;
    let (client, _task) = target.open().await.map_err(migrate::Error::from)?;
    let made = migrate::plan::make(&client, &arguments.options()).await?;
    let asked = !made.questions.is_empty();
    if console.json() {
        let plan = (!asked).then_some(&made.plan);
        console.write_json(&Json {
            plan,
            questions: &made.questions,
            notes: &made.notes,
        })?;
    } else {
        notes(&made.notes, console)?;
    }
    if asked {
        return ask(&made, console);
    }
    let text = made.plan.render();
    match &arguments.output {
        Some(file) => {
            fs::write(file, text).map_err(|error| {
                let file = file.display();
                Refusal::new("failed", format!("failed to write `{file}`: {error}"))
            })?;
            if !console.json() {
                summary(&made, &file.display().to_string(), console)?;
            }
        }
        None if !console.json() => console.write(text.as_bytes())?,
        None => {}
    }
    Ok(Outcome::Fine)
}

fn summary(made: &Made, file: &str, console: &mut Console) -> anyhow::Result<()> {
    let plan = &made.plan;
    let rows: u64 = plan.tables.iter().map(|table| table.rows).sum();
    let steps = migrate::steps(plan).len();
    let tables = plan.tables.len();
    console.line(format_args!(
        "{tables} tables, about {rows} rows, {steps} steps: {file}"
    ))?;
    console.line(format_args!(
        "next: read it, then `idshift migrate apply {file} --database ...`"
    ))?;
    Ok(())
}

fn notes(notes: &[Note], console: &mut Console) -> anyhow::Result<()> {
    for note in notes {
        let text = format!("{}: {}: {}", note.situation, note.object, note.text);
        console.warn(&Refusal::new("note", text))?;
    }
    Ok(())
}

/// Questions stop the plan: a guess would be wrong for somebody.
fn ask(made: &Made, console: &mut Console) -> anyhow::Result<Outcome> {
    if !console.json() {
        for question in &made.questions {
            let text = format!(
                "{}: {}: {}",
                question.situation, question.object, question.text
            );
            let key = &question.choice.key;
            let answers = question.choice.values.iter();
            let answers: Vec<String> = answers
                .map(|(value, means)| format!("`--answer '{key}={value}'` ({means})"))
                .collect();
            console.fail(&Refusal::new("question", text).hint(answers.join(", or ")))?;
        }
    }
    let count = made.questions.len();
    let questions = if count == 1 {
        "question needs an answer"
    } else {
        "questions need answers"
    };
    console.summarize(&format!("{count} {questions}; no plan was made"))?;
    Ok(Outcome::Refused)
}

fn answer(text: &str) -> Result<(String, String), String> {
    let parts = text.rsplit_once('=').filter(|(key, _)| !key.is_empty());
    let (key, value) = parts.ok_or("expected the form `KEY=VALUE`")?;
    Ok((key.to_owned(), value.to_owned()))
}
