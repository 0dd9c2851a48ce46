//! Whether the database is there, ours, up to date, and keeps what it is given.

use serde_json::json;
use store::{Depth, Error, Examination, KeyVersions, Settings, Store};

use super::Arguments;
use super::finding::Finding;
use crate::context::{Context, advice};
use crate::settings::bytes;

type Examined = Result<Option<Examination>, Error>;

/// Looks at the database without changing it.
pub(super) async fn examine(arguments: &Arguments, context: &Context) -> Examined {
    let depth = if arguments.deep {
        Depth::Integrity
    } else {
        Depth::Settings
    };
    Store::examine(&context.location(), &context.settings.store, depth).await
}

/// What was seen.
pub(super) fn check(examined: &Examined, context: &Context) -> Vec<Finding> {
    let shown = context.settings.database.shown();
    let examination = match examined {
        Err(error) => return vec![failed("database", error)],
        Ok(None) => {
            let message = format!("`{shown}` is not there yet");
            return vec![Finding::warning("database", message).hint("the first start makes it")];
        }
        Ok(Some(examination)) => examination,
    };
    let mut findings = vec![place(&shown, &examination.settings)];
    findings.push(schema(examination));
    findings.extend(durability(&examination.settings));
    findings.push(keys(&examination.keys));
    findings.extend(examination.integrity.as_deref().map(integrity));
    findings
}

/// A failure of the store as a finding.
pub(super) fn failed(check: &'static str, error: &Error) -> Finding {
    let finding = Finding::problem(check, format!("failed to {error}"));
    match advice(error) {
        Some(hint) => finding.hint(hint),
        None => finding,
    }
}

fn place(shown: &str, settings: &Settings) -> Finding {
    let (size, version) = match settings {
        Settings::Sqlite(sqlite) => {
            let size = sqlite.file_bytes + sqlite.log_bytes;
            (size, format!("SQLite {}", sqlite.version))
        }
        Settings::Postgres(postgres) => (
            postgres.database_bytes,
            format!("PostgreSQL {}", postgres.version),
        ),
    };
    let rounded = bytes_rounded(size);
    let message = format!("{shown}, {version}, {rounded}");
    Finding::ok("database", message).details(json!({ "bytes": size, "version": version }))
}

/// A size to read: its largest unit, rounded down.
pub(super) fn bytes_rounded(size: u64) -> String {
    let shift = match size {
        0..0x400 => 0,
        0x400..0x10_0000 => 10,
        0x10_0000..0x4000_0000 => 20,
        _ => 30,
    };
    bytes(size >> shift << shift)
}

fn schema(examination: &Examination) -> Finding {
    let schema = &examination.schema;
    let details = json!({ "found": schema.found, "known": schema.known });
    let pending = schema.pending.iter();
    let names: Vec<String> = pending
        .map(|(version, name)| format!("{version} {name}"))
        .collect();
    let finding = if names.is_empty() {
        Finding::ok(
            "schema",
            format!("version {}, nothing pending", schema.found),
        )
    } else {
        let message = format!("pending migrations: {}", names.join(", "));
        Finding::warning("schema", message)
            .hint("the next start applies them, after a copy of a SQLite file")
    };
    finding.details(details)
}

/// The settings on which "acknowledged means durable" rests.
fn durability(settings: &Settings) -> Vec<Finding> {
    let checks: &[(&str, &str, &str)] = match settings {
        Settings::Sqlite(sqlite) => &[
            ("journal_mode", &sqlite.journal_mode, "wal"),
            ("synchronous", &sqlite.synchronous, "full"),
        ],
        Settings::Postgres(postgres) => &[
            ("fsync", &postgres.fsync, "on"),
            ("full_page_writes", &postgres.full_page_writes, "on"),
            ("synchronous_commit", &postgres.synchronous_commit, "on"),
        ],
    };
    let wrong = checks
        .iter()
        .filter(|(name, value, wanted)| !is_durable(name, value, wanted));
    let mut findings: Vec<Finding> = wrong
        .map(|(name, value, wanted)| {
            let message = format!("`{name}` is `{value}`: what was acknowledged can be lost");
            Finding::problem("durability", message).hint(format!("set `{name}` to `{wanted}`"))
        })
        .collect();
    if findings.is_empty() {
        let said = checks
            .iter()
            .map(|(name, value, _)| format!("{name} {value}"));
        findings.push(Finding::ok(
            "durability",
            said.collect::<Vec<_>>().join(", "),
        ));
    }
    if let Settings::Postgres(postgres) = settings {
        findings.extend(server(postgres));
    }
    findings
}

fn is_durable(name: &str, value: &str, wanted: &str) -> bool {
    // Stricter than asked for is as good.
    let stricter = ["remote_write", "remote_apply", "extra"];
    value == wanted || (name.starts_with("synchronous") && stricter.contains(&value))
}

fn server(postgres: &store::PostgresSettings) -> Vec<Finding> {
    let (used, max) = (postgres.connections, postgres.max_connections);
    let connections = format!("{used} of {max} connections are in use");
    // Nine of ten: whoever comes next is refused soon.
    let findings = if u64::from(used) * 10 >= u64::from(max) * 9 {
        Finding::warning("connections", connections)
            .hint("raise `max_connections`, or lower `database.postgres_connections_max`")
    } else {
        Finding::ok("connections", connections)
    };
    let standby = postgres.is_standby.then(|| {
        Finding::problem("server", "it is a standby, which takes no writes")
            .hint("name the primary")
    });
    let encoding = (postgres.encoding != "UTF8").then(|| {
        let message = format!("its encoding is `{}`, not `UTF8`", postgres.encoding);
        Finding::problem("server", message).hint("create the database with ENCODING 'UTF8'")
    });
    [Some(findings), standby, encoding]
        .into_iter()
        .flatten()
        .collect()
}

/// Which versions of UUID the keys are.
fn keys(keys: &[KeyVersions]) -> Finding {
    let rows: u64 = keys.iter().map(|column| column.rows).sum();
    let details = json!(
        keys.iter()
            .map(|column| json!({
                "table": column.table,
                "column": column.column,
                "expected": column.expected,
                "sampled": column.rows,
                "versions": column.versions,
            }))
            .collect::<Vec<_>>()
    );
    let wrong: Vec<String> = keys
        .iter()
        .filter(|column| column.unexpected() > 0)
        .map(|column| {
            let (table, name, version) = (column.table, column.column, column.expected);
            format!(
                "{} in `{table}.{name}` are not of version {version}",
                column.unexpected()
            )
        })
        .collect();
    let finding = if wrong.is_empty() {
        let columns = keys.len();
        Finding::ok(
            "keys",
            format!("{rows} keys of {columns} columns have the right version"),
        )
    } else {
        Finding::problem("keys", wrong.join("; "))
            .hint("somebody else wrote to the database: find out who")
    };
    finding.details(details)
}

fn integrity(wrong: &[String]) -> Finding {
    match wrong {
        [] => Finding::ok("integrity", "the whole file was read and is sound"),
        [first, ..] => {
            let message = format!("{} faults; the first: {first}", wrong.len());
            Finding::problem("integrity", message).hint("restore a backup into another file")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_at_least_as_strict_is_durable() {
        for (name, value, wanted, expected) in [
            ("synchronous_commit", "on", "on", true),
            ("synchronous_commit", "remote_apply", "on", true),
            ("synchronous_commit", "off", "on", false),
            ("synchronous_commit", "local", "on", false),
            ("synchronous", "extra", "full", true),
            ("synchronous", "normal", "full", false),
            ("fsync", "remote_apply", "on", false),
        ] {
            assert_eq!(is_durable(name, value, wanted), expected, "{name} {value}");
        }
    }

    #[test]
    fn sizes_are_rounded_to_their_unit() {
        for (size, expected) in [
            (999, "999 B"),
            (70_000, "68 KiB"),
            (5 << 20 | 7, "5 MiB"),
            (3 << 30 | 1, "3 GiB"),
        ] {
            assert_eq!(bytes_rounded(size), expected);
        }
    }
}
