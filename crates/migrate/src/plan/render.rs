//! Writes a plan's file, with what a person has to know beside each decision.

use std::fmt::Write as _;

use super::{Column, ForeignKey, Index, Plan, Table, Time, Value};
use crate::step::{Action, Phase};

impl Plan {
    /// The file: TOML that [`Plan::parse`] reads back to an equal plan.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = String::new();
        head(&mut out, self);
        steps(&mut out, self);
        settings(&mut out, self);
        choices(&mut out, self);
        for table in &self.tables {
            self::table(&mut out, table);
        }
        for key in &self.foreign_keys {
            foreign_key(&mut out, key);
        }
        dependents(&mut out, self);
        out
    }
}

fn head(out: &mut String, plan: &Plan) {
    let rows: u64 = plan.tables.iter().map(|table| table.rows).sum();
    let bytes: u64 = plan.tables.iter().map(|table| table.bytes).sum();
    let columns: usize = plan.tables.iter().map(|table| table.columns.len()).sum();
    line(
        out,
        format_args!("# A migration of keys to UUIDv7: {columns} columns of"),
    );
    line(
        out,
        format_args!(
            "# {} tables, about {rows} rows, {} on disk.",
            plan.tables.len(),
            size(bytes)
        ),
    );
    line(out, format_args!("#"));
    line(
        out,
        format_args!(
            "# Nothing has been written yet. `idshift migrate apply` runs it up to the cut-over;"
        ),
    );
    line(
        out,
        format_args!("# `idshift migrate rollback` leads back from any point before `contract`."),
    );
    line(
        out,
        format_args!(
            "# Every row is rewritten once, so that up to {} more are needed on disk,",
            size(bytes)
        ),
    );
    line(
        out,
        format_args!(
            "# and about {} of write-ahead log are written.\n",
            size(bytes * 2)
        ),
    );
    line(out, format_args!("format = {}", plan.format));
    line(out, format_args!("server = {}", plan.server));
    line(
        out,
        format_args!("# If somebody changes the tables, this no longer fits, and apply refuses."),
    );
    line(
        out,
        format_args!("fingerprint = {}", text(&plan.fingerprint)),
    );
    line(out, format_args!("made_at = {}\n", text(&plan.made_at)));
}

fn steps(out: &mut String, plan: &Plan) {
    line(
        out,
        format_args!("# The steps, and the strongest lock that each takes:"),
    );
    let mut phase = None;
    for step in crate::steps(plan) {
        if phase != Some(step.phase) {
            phase = Some(step.phase);
            line(out, format_args!("#\n# {}", phase_title(step.phase)));
        }
        let tables = match step.action {
            Action::Cutover { .. } => " (on all tables at once)",
            _ => "",
        };
        line(out, format_args!("# {:>4}. {}", step.number, step.name));
        line(
            out,
            format_args!("#       {}{tables}", step.lock.describe()),
        );
    }
    out.push('\n');
}

fn phase_title(phase: Phase) -> &'static str {
    match phase {
        Phase::Expand => "expand: new columns beside the old ones, kept filled by triggers",
        Phase::Backfill => "backfill: rows that were there before get their values, in batches",
        Phase::Ready => "ready: indexes, checks and references of the new columns, built online",
        Phase::Cutover => "cut-over: the new columns take the names",
        Phase::Settle => "settle: what is needed for the way back",
    }
}

fn settings(out: &mut String, plan: &Plan) {
    let settings = &plan.settings;
    line(out, format_args!("[settings]"));
    line(
        out,
        format_args!("# Rows that one transaction of the backfill rewrites."),
    );
    line(out, format_args!("batch_rows = {}", settings.batch_rows));
    line(out, format_args!("# Rows a second at most; 0 is no limit."));
    line(
        out,
        format_args!("rows_per_second = {}", settings.rows_per_second),
    );
    line(
        out,
        format_args!(
            "# Whoever waits for a lock makes all others wait: so long at most, so often."
        ),
    );
    line(
        out,
        format_args!("lock_timeout_ms = {}", settings.lock_timeout_ms),
    );
    line(
        out,
        format_args!("lock_attempts = {}", settings.lock_attempts),
    );
    line(
        out,
        format_args!("# The backfill pauses while a standby is further behind than this."),
    );
    line(
        out,
        format_args!(
            "replication_lag_bytes_max = {}",
            settings.replication_lag_bytes_max
        ),
    );
    line(
        out,
        format_args!("# Rewritten rows after which the table is vacuumed; 0 is never."),
    );
    line(out, format_args!("vacuum_rows = {}", settings.vacuum_rows));
    line(
        out,
        format_args!(
            "# Keep triggers silent while rows are filled (session_replication_role = replica)."
        ),
    );
    line(out, format_args!("silent = {}\n", settings.silent));
}

fn choices(out: &mut String, plan: &Plan) {
    let choices = &plan.choices;
    line(out, format_args!("[choices]"));
    line(out, format_args!("strict = {}", choices.strict));
    line(out, format_args!("sample_rows = {}", choices.sample_rows));
    line(
        out,
        format_args!(
            "materialized_bytes_max = {}",
            choices.materialized_bytes_max
        ),
    );
    line(
        out,
        format_args!("# What was answered when the plan was made."),
    );
    line(out, format_args!("[choices.answers]"));
    for (key, value) in &choices.answers {
        line(out, format_args!("{} = {}", text(key), text(value)));
    }
    out.push('\n');
}

fn table(out: &mut String, table: &Table) {
    line(out, format_args!("[[table]]"));
    line(out, format_args!("name = {}", name(&table.name)));
    line(
        out,
        format_args!("# Tables of one group refer to each other in a circle, or to themselves."),
    );
    line(out, format_args!("group = {}", table.group));
    line(
        out,
        format_args!(
            "# As the server estimates them: {} in {} rows.",
            size(table.bytes),
            table.rows
        ),
    );
    line(out, format_args!("rows = {}", table.rows));
    line(out, format_args!("bytes = {}", table.bytes));
    let how = if table.walk.is_empty() {
        "by place on disk"
    } else {
        "in the order of this key"
    };
    line(out, format_args!("# Rows are walked {how}."));
    line(out, format_args!("walk = {}", list(&table.walk)));
    optional(out, "replica_identity", table.replica_identity.as_deref());
    optional(out, "clustered", table.clustered.as_deref());
    line(out, format_args!("subscribed = {}\n", table.subscribed));
    for column in &table.columns {
        self::column(out, column);
    }
    for index in &table.indexes {
        self::index(out, index);
    }
}

fn column(out: &mut String, column: &Column) {
    line(out, format_args!("[[table.column]]"));
    line(out, format_args!("name = {}", text(&column.name)));
    line(out, format_args!("new = {}", text(&column.new)));
    line(out, format_args!("old = {}", text(&column.old)));
    line(out, format_args!("from = {}", text(&column.from)));
    line(out, format_args!("not_null = {}", column.not_null));
    line(out, format_args!("issued = {}", column.issued));
    optional(out, "default", column.default.as_deref());
    optional(out, "comment", column.comment.as_deref());
    if !column.grants.is_empty() {
        let grants = column.grants.iter().map(|grant| {
            let (right, to) = (text(&grant.right), text(&grant.to));
            format!(
                "{{ right = {right}, to = {to}, pass_on = {} }}",
                grant.pass_on
            )
        });
        line(
            out,
            format_args!("grants = [{}]", grants.collect::<Vec<_>>().join(", ")),
        );
    }
    line(out, format_args!("# {}", value_comment(&column.value)));
    line(out, format_args!("value = {}\n", value(&column.value)));
}

fn value_comment(value: &Value) -> String {
    match value {
        Value::Mint {
            time: Time::Column {
                column, otherwise, ..
            },
            ..
        } => {
            let other = otherwise
                .as_ref()
                .map(|other| format!(", else `{}`", other.column));
            format!(
                "UUIDv7 of the row's own time, from `{column}`{}.",
                other.unwrap_or_default()
            )
        }
        Value::Mint {
            time: Time::Parent { column },
            ..
        } => {
            format!(
                "UUIDv7 of the time of the row that `{column}` refers to: it has none of its own."
            )
        }
        Value::Mint {
            time: Time::Floor { .. },
            ..
        } => "UUIDv7 from this moment on: the rows have no time; change it if you know better."
            .to_owned(),
        Value::Reference { foreign_key } => {
            format!("The new key of the row it refers to by `{foreign_key}`.")
        }
        Value::Cast => "The UUID that the text already is.".to_owned(),
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Cast => "{ kind = \"cast\" }".to_owned(),
        Value::Reference { foreign_key } => {
            format!(
                "{{ kind = \"reference\", foreign_key = {} }}",
                text(foreign_key)
            )
        }
        Value::Mint { order, time } => {
            let order = match order {
                crate::mint::Order::Id => "id",
                crate::mint::Order::Time => "time",
            };
            format!(
                "{{ kind = \"mint\", order = \"{order}\", time = {} }}",
                self::time(time)
            )
        }
    }
}

fn time(time: &Time) -> String {
    match time {
        Time::Column {
            column,
            zone,
            otherwise,
        } => {
            let mut parts = format!("from = \"column\", {}", place(column, zone.as_deref()));
            if let Some(other) = otherwise {
                let other = place(&other.column, other.zone.as_deref());
                parts.extend([", else = { ", &other, " }"]);
            }
            format!("{{ {parts} }}")
        }
        Time::Parent { column } => format!("{{ from = \"parent\", column = {} }}", text(column)),
        Time::Floor { at } => format!("{{ from = \"floor\", at = {} }}", text(at)),
    }
}

fn place(column: &str, zone: Option<&str>) -> String {
    let column = format!("column = {}", text(column));
    zone.map_or_else(
        || column.clone(),
        |zone| format!("{column}, zone = {}", text(zone)),
    )
}

fn index(out: &mut String, index: &Index) {
    let role = match index.role {
        super::Role::PrimaryKey => "primary-key",
        super::Role::UniqueConstraint => "unique-constraint",
        super::Role::UniqueIndex => "unique-index",
        super::Role::Index => "index",
    };
    line(out, format_args!("[[table.index]]"));
    line(out, format_args!("name = {}", text(&index.name)));
    line(out, format_args!("new = {}", text(&index.new)));
    line(out, format_args!("old = {}", text(&index.old)));
    line(out, format_args!("role = \"{role}\""));
    line(out, format_args!("method = {}", text(&index.method)));
    let members = index
        .members
        .iter()
        .map(|member| match member.options.as_str() {
            "" => format!("{{ column = {} }}", text(&member.column)),
            options => format!(
                "{{ column = {}, options = {} }}",
                text(&member.column),
                text(options)
            ),
        });
    line(
        out,
        format_args!("members = [{}]", members.collect::<Vec<_>>().join(", ")),
    );
    some(out, "include", &index.include);
    line(
        out,
        format_args!("nulls_not_distinct = {}", index.nulls_not_distinct),
    );
    some(out, "with", &index.with);
    optional(out, "tablespace", index.tablespace.as_deref());
    optional(
        out,
        "deferrable",
        Some(&*index.deferrable).filter(|text| !text.is_empty()),
    );
    optional(out, "comment", index.comment.as_deref());
    out.push('\n');
}

fn foreign_key(out: &mut String, key: &ForeignKey) {
    line(out, format_args!("[[foreign_key]]"));
    line(out, format_args!("name = {}", text(&key.name)));
    line(out, format_args!("new = {}", text(&key.new)));
    line(out, format_args!("old = {}", text(&key.old)));
    line(out, format_args!("table = {}", name(&key.table)));
    line(out, format_args!("columns = {}", list(&key.columns)));
    line(out, format_args!("target = {}", name(&key.target)));
    line(
        out,
        format_args!("target_columns = {}", list(&key.target_columns)),
    );
    line(out, format_args!("validated = {}", key.validated));
    optional(out, "comment", key.comment.as_deref());
    let rules = &key.rules;
    line(out, format_args!("[foreign_key.rules]"));
    line(out, format_args!("match_full = {}", rules.match_full));
    line(out, format_args!("on_delete = {}", text(&rules.on_delete)));
    some(out, "set_columns", &rules.set_columns);
    line(out, format_args!("on_update = {}", text(&rules.on_update)));
    line(out, format_args!("deferrable = {}", rules.deferrable));
    line(out, format_args!("deferred = {}\n", rules.deferred));
}

fn dependents(out: &mut String, plan: &Plan) {
    if !plan.dependents.is_empty() {
        line(
            out,
            format_args!("# Dropped in the opposite order and created again within the cut-over."),
        );
    }
    for dependent in &plan.dependents {
        line(out, format_args!("[[dependent]]"));
        line(out, format_args!("kind = {}", text(&dependent.kind)));
        line(out, format_args!("object = {}", text(&dependent.object)));
        line(out, format_args!("owner = {}", text(&dependent.owner)));
        let lists = [
            ("drop", &dependent.drop),
            ("create", &dependent.create),
            ("after", &dependent.after),
            ("undo_drop", &dependent.undo_drop),
            ("undo_create", &dependent.undo_create),
            ("undo_after", &dependent.undo_after),
        ];
        for (key, statements) in lists {
            some(out, key, statements);
        }
        for before in &dependent.before {
            line(out, format_args!("[[dependent.before]]"));
            line(out, format_args!("sql = {}", text(&before.sql)));
            line(out, format_args!("undo = {}", text(&before.undo)));
            line(
                out,
                format_args!("transactional = {}", before.transactional),
            );
        }
        out.push('\n');
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "{text}").expect("a string takes every text");
}

fn optional(out: &mut String, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        line(out, format_args!("{key} = {}", text(value)));
    }
}

fn some(out: &mut String, key: &str, values: &[String]) {
    if !values.is_empty() {
        line(out, format_args!("{key} = {}", list(values)));
    }
}

fn name(name: &crate::census::Name) -> String {
    format!(
        "{{ schema = {}, name = {} }}",
        text(&name.schema),
        text(&name.name)
    )
}

fn list(values: &[String]) -> String {
    let values = values.iter().map(|value| text(value));
    format!("[{}]", values.collect::<Vec<_>>().join(", "))
}

/// A basic string of TOML.
fn text(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => _ = write!(out, "\\u{:04X}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut unit = 0;
    let mut rest = bytes;
    while rest >= 10 * 1024 && unit + 1 < UNITS.len() {
        rest /= 1024;
        unit += 1;
    }
    format!("{rest} {}", UNITS[unit])
}
