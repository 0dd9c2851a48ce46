//! Field by field, schema by schema: what is rewritten, what stays, what is refused.

mod fields;
mod schemas;

use schema::Source;

use super::{Goal, KeyDefault, Obstacle, Rewrite, rewrite};
use crate::Plan;

/// Columns as `table.column from kind`, where the kind is `mint`, `issued`, `cast` or `reference`.
pub(super) fn plan(columns: &[&str]) -> Plan {
    let mut tables = Vec::<(String, String)>::new();
    for column in columns {
        let mut words = column.splitn(3, ' ');
        let (place, kind, from) = (words.next(), words.next(), words.next());
        let (place, kind) = (place.expect("a place"), kind.expect("a kind"));
        let (table, name) = place.rsplit_once('.').expect("`table.column`");
        let value = match kind {
            "reference" => "{ kind = 'reference', foreign_key = 'key' }",
            "cast" => "{ kind = 'cast' }",
            _ => "{ kind = 'mint', order = 'id', time = { from = 'floor', at = '2020' } }",
        };
        let from = from.unwrap_or("integer");
        let issued = kind == "issued";
        let text = format!(
            "[[table.column]]\nname = '{name}'\nnew = '{name}__new'\nold = '{name}__old'\n\
             from = '{from}'\nnot_null = true\nissued = {issued}\nvalue = {value}\n"
        );
        match tables.iter_mut().find(|(it, _)| it == table) {
            Some((_, columns)) => columns.push_str(&text),
            None => tables.push((table.to_owned(), text)),
        }
    }
    let mut text =
        "format = 1\nserver = 150000\nfingerprint = ''\nmade_at = ''\n[settings]\n".to_owned();
    for (table, columns) in tables {
        let (schema, table) = table.split_once('.').unwrap_or(("public", &table));
        let table = format!(
            "[[table]]\nname = {{ schema = '{schema}', name = '{table}' }}\ngroup = 0\nrows = 0\n\
             bytes = 0\nwalk = []\n{columns}"
        );
        text.push_str(&table);
    }
    Plan::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

pub(super) fn sources(texts: &[&str]) -> Vec<Source> {
    let named = (1..).zip(texts);
    let source = |(number, text): (u32, &&str)| Source::new(format!("{number}.prisma"), *text);
    named.map(|it| source(it).expect("short")).collect()
}

pub(super) const DATASOURCE: &str = "datasource db {\n  provider = \"postgresql\"\n}\n";

/// Rewrites, and makes sure that a second time changes nothing.
#[track_caller]
pub(super) fn forward(plan: &Plan, texts: &[&str], default: KeyDefault) -> (Vec<String>, Rewrite) {
    let goal = Goal::Uuid(default);
    let done = rewrite(plan, &sources(texts), goal).expect("rewritten");
    let new = texts_of(&done, texts);
    let again: Vec<&str> = new.iter().map(String::as_str).collect();
    let again = rewrite(plan, &sources(&again), goal).expect("rewritten again");
    assert!(
        again.files.iter().all(|file| file.text.is_none()),
        "{:#?}",
        again.changes
    );
    (new, done)
}

/// All files after a rewrite.
pub(super) fn texts_of(done: &Rewrite, texts: &[&str]) -> Vec<String> {
    let files = done.files.iter().zip(texts);
    files
        .map(|(file, old)| file.text.clone().unwrap_or_else(|| (*old).to_owned()))
        .collect()
}

#[track_caller]
pub(super) fn refused(plan: &Plan, texts: &[&str]) -> Vec<Obstacle> {
    rewrite(plan, &sources(texts), Goal::Uuid(KeyDefault::Uuid7)).expect_err("refused")
}
