//! A schema as `pg_dump` prints it, and by entries that can be compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// The whole schema as text.
pub(crate) fn schema(programs: &Path, url: &str) -> String {
    let output = Command::new(programs.join("pg_dump"))
        .args(["--schema-only", "--no-sync", url])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    // Newer minor versions guard the script with a random word.
    let lines = text.lines().filter(|line| !line.contains("restrict "));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The entries of a dump by their headings, without what the exchange of a column changes: the
/// column itself with its default and sequence, and what is set aside under another name.
pub(crate) fn entries(dump: &str, columns: &[String]) -> BTreeMap<String, String> {
    let mut entries = BTreeMap::new();
    for entry in dump.split("\n--\n-- Name: ").skip(1) {
        let (heading, body) = entry.split_once('\n').unwrap();
        let aside = heading.contains("__old") || heading.contains("Type: SEQUENCE");
        if aside || heading.contains("Type: DEFAULT") && body.contains("nextval(") {
            continue;
        }
        let body = body.split("\n--\n-- PostgreSQL").next().unwrap();
        let mut body = body.replace(",\n", "\n");
        // A view that groups by a key is printed twice, first with the types of its columns.
        for type_name in ["integer", "bigint", "uuid"] {
            body = body.replace(&format!("NULL::{type_name} AS "), "NULL AS ");
        }
        if heading.contains("Type: TABLE;") {
            let mut lines: Vec<&str> = body
                .lines()
                .filter(|line| !is_column(line, columns))
                .collect();
            lines.sort_unstable();
            body = lines.join("\n");
        }
        // These name columns by place, and the successor stands at the end.
        if heading.contains("Type: PUBLICATION TABLE;") || heading.contains("Type: STATISTICS;") {
            let mut words: Vec<&str> = body.split([' ', '(', ')', ',']).collect();
            words.sort_unstable();
            body = words.join(" ");
        }
        entries.insert(heading.to_owned(), body.trim().to_owned());
    }
    entries
}

/// Whether a line of CREATE TABLE is one of the columns, or what became of it.
fn is_column(line: &str, columns: &[String]) -> bool {
    let line = line.trim_start();
    let names = |name: &str| {
        line.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with(' '))
    };
    line.contains("__old")
        || columns
            .iter()
            .any(|column| names(column) || names(&format!("\"{}\"", column.replace('"', "\"\""))))
}

/// What differs between two schemas, as text.
pub(crate) fn difference(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Option<String> {
    let mut text = String::new();
    for (heading, body) in before {
        match after.get(heading) {
            Some(now) if now == body => {}
            Some(now) => writeln!(text, "{heading}\nwas\n{body}\nis\n{now}").unwrap(),
            None => writeln!(text, "{heading}\nis gone:\n{body}").unwrap(),
        }
    }
    for (heading, body) in after
        .iter()
        .filter(|(heading, _)| !before.contains_key(*heading))
    {
        writeln!(text, "{heading}\nis new:\n{body}").unwrap();
    }
    (!text.is_empty()).then_some(text)
}
