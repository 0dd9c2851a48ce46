//! Reads Laravel's migrations, which people write in PHP.

mod blueprint;

use super::code::{Arguments, Code};
use super::migration::{self, Call};
use super::stage::{Draft, Stage};
use super::token;
use crate::{Confidence, Dialect, ProblemKind, Schema, Source};

/// Reads migrations in the order of their names.
#[must_use]
pub fn read(files: &[Source]) -> Schema {
    let mut stage = Stage::new(dialect(files), files);
    for (file, source) in migration::in_order(files, &[".php"]) {
        let code = Code::new(&token::PHP, file, source);
        stage.damage(&code);
        let is_up = |at: &usize| code.are(*at, &["function", "up"]);
        let Some(at) = (0..code.len()).find(is_up) else {
            continue;
        };
        let open = (at..code.len().min(at + 12)).find(|at| code.is(*at, "{"));
        let Some((open, close)) = open.and_then(|open| Some((open, code.close(open)?))) else {
            let message = "read the migration: `up` has no body";
            stage.note(code.span_of(at), ProblemKind::Syntax, message);
            continue;
        };
        let taken = [
            "create",
            "table",
            "rename",
            "drop",
            "dropIfExists",
            "statement",
            "unprepared",
        ];
        for call in migration::calls(&code, open + 1..close, |name| taken.contains(&name)) {
            statement(&mut stage, &code, call);
        }
    }
    stage.finish(Confidence::Medium)
}

/// Only PostgreSQL has some of its words, and only `MySQL` others; otherwise nothing is said.
fn dialect(files: &[Source]) -> Dialect {
    let holds = |words: &[&str]| {
        let has = |source: &Source| words.iter().any(|word| source.text().contains(word));
        files.iter().any(has)
    };
    if holds(&[
        "CREATE EXTENSION",
        "gen_random_uuid()",
        "USING gin",
        "->jsonb(",
    ]) {
        Dialect::PostgreSql
    } else if holds(&[
        "->engine",
        "->charset",
        "ENGINE=",
        "mediumIncrements",
        "->after(",
    ]) {
        Dialect::MySql
    } else {
        Dialect::Unknown
    }
}

/// `Schema::create(...)`, `Schema::connection('x')->table(...)`, `DB::statement('...')`.
fn statement(stage: &mut Stage, code: &Code<'_>, call: Call) {
    let items = code.arguments(call.open);
    let range = migration::whole(code, call);
    let span = code.span(&range);
    let text = |number| {
        items
            .positional(number)
            .and_then(|it| code.string(&it.value))
    };
    let is_schema = is_of(code, call, "Schema");
    let method = code.text(call.method);
    if is_of(code, call, "DB") && matches!(method, "statement" | "unprepared") {
        return stage.script(code, call.open + 1);
    }
    if !is_schema {
        return;
    }
    match (method, text(0), text(1)) {
        ("create" | "table", Some(table), _) => {
            let name = migration::dotted(&table);
            let is_new = method == "create";
            let name_span = items.positional(0).map_or(span, |it| code.span(&it.value));
            let mut draft = Draft::new(name, span, name_span);
            let Some((variable, body)) = closure(code, &items) else {
                return stage.unknown(code, &range, "its columns are no plain function");
            };
            blueprint::read(stage, code, (&mut draft, is_new), (&variable, body));
            if is_new {
                stage.create(draft);
            }
        }
        ("rename", Some(from), Some(to)) => {
            stage.rename_table(migration::dotted(&from), migration::dotted(&to), span);
        }
        ("drop" | "dropIfExists", Some(table), _) => {
            stage.drop_table(migration::dotted(&table), method == "dropIfExists", span);
        }
        ("dropColumns", Some(table), _) => {
            let names = items.positional(1).and_then(|it| code.strings(&it.value));
            for name in names.unwrap_or_default() {
                stage.drop_column(&migration::dotted(&table), &name, false, span);
            }
        }
        ("create" | "table" | "rename" | "drop" | "dropIfExists", ..) => {
            stage.unknown(code, &range, "the table has no plain name");
        }
        // Questions, connections, and switches of constraints.
        _ => {}
    }
}

/// Whether the chain that a call is part of begins with this class.
fn is_of(code: &Code<'_>, call: Call, class: &str) -> bool {
    let start = call.method.saturating_sub(CHAIN_TOKENS_MAX);
    (start..call.method)
        .rev()
        .take_while(|at| !code.is(*at, ";"))
        .any(|at| code.is(at, class))
}

/// The most tokens from a class to the method: `Schema::connection('x')->create`.
const CHAIN_TOKENS_MAX: usize = 10;

/// The variable and the body of `function (Blueprint $table) use ($x) { ... }` or an arrow.
fn closure(code: &Code<'_>, items: &Arguments) -> Option<(String, std::ops::Range<usize>)> {
    let range = items.positional(1)?.value.clone();
    let open = range.clone().find(|at| code.is(*at, "("))?;
    let parameters = open + 1..code.close(open)?;
    let variable = parameters
        .rev()
        .find(|at| code.text(*at).starts_with('$'))?;
    let body = range
        .clone()
        .find(|at| code.is(*at, "{") || code.is(*at, "=>"))?;
    let end = if code.is(body, "{") {
        code.close(body)?
    } else {
        range.end
    };
    Some((code.text(variable).to_owned(), body + 1..end))
}
