//! Prints the figures for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::fill::Group;
use super::{Filled, Outcome, TURNS};
use crate::machine::Machine;
use crate::table::{self, figure};

const HEAD: [&str; 8] = [
    "",
    "rows/s",
    "to first",
    "log B/row",
    "index MB",
    "B/row",
    "heap MB",
    "B/row",
];

impl Outcome {
    /// Everything as text.
    #[must_use]
    pub fn text(&self, machine: &Machine) -> String {
        let mut out = machine.text();
        let _ = writeln!(
            out,
            "PostgreSQL with its own settings; tables in turns, {TURNS} each; rows/s of the median \
             turn;\nlog: write-ahead log; to first: rows/s divided by those of the first line",
        );
        for group in [Group::Key, Group::Column] {
            out.push_str(&group_text(group, &self.of(group)));
        }
        out
    }

    /// Everything as one JSON object.
    #[must_use]
    pub fn json(&self, machine: &Machine) -> Value {
        let table = |filled: &Filled| {
            json!({
                "compared": filled.contender.group.title(),
                "name": filled.contender.title,
                "rows": filled.rows,
                "rows_per_second": filled.rows_per_second(),
                "log_bytes_per_row": filled.per_row(filled.log_bytes),
                "index_bytes": filled.index_bytes,
                "heap_bytes": filled.heap_bytes,
            })
        };
        json!({
            "processor": machine.processor,
            "cores": machine.cores,
            "kernel": machine.kernel,
            "busy_before": machine.busy,
            "rows": self.rows,
            "tables": self.filled.iter().map(table).collect::<Vec<_>>(),
        })
    }

    fn of(&self, group: Group) -> Vec<&Filled> {
        let of_group = |filled: &&Filled| filled.contender.group == group;
        self.filled.iter().filter(of_group).collect()
    }
}

fn group_text(group: Group, tables: &[&Filled]) -> String {
    let mut rows = vec![HEAD.map(str::to_owned).to_vec()];
    group.title().clone_into(&mut rows[0][0]);
    let Some(first) = tables.first() else {
        return String::new();
    };
    let mb = |bytes: u64| figure(bytes as f64 / 1e6);
    for filled in tables {
        rows.push(vec![
            filled.contender.title.to_owned(),
            figure(filled.rows_per_second()),
            format!(
                "{:.2} x",
                filled.rows_per_second() / first.rows_per_second()
            ),
            figure(filled.per_row(filled.log_bytes)),
            mb(filled.index_bytes),
            figure(filled.per_row(filled.index_bytes)),
            mb(filled.heap_bytes),
            figure(filled.per_row(filled.heap_bytes)),
        ]);
    }
    let how = match group {
        Group::Key => "COPY, commits of 1,000",
        Group::Column => "INSERT from arrays, commits of 200",
    };
    format!(
        "\n{} rows each, {how}\n{}",
        figure(first.rows as f64),
        table::text(&rows)
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::fill::CONTENDERS;
    use super::*;

    #[test]
    fn a_table_is_drawn() {
        let filled = |index: usize, ms| Filled {
            contender: CONTENDERS[index],
            rows: 20_000,
            turns: vec![Duration::from_millis(ms); 20],
            log_bytes: 20_000 * 300,
            index_bytes: 20_000 * 22,
            heap_bytes: 20_000 * 250,
        };
        let (one, two) = (filled(0, 10), filled(1, 20));
        let expected = "
20,000 rows each, COPY, commits of 1,000
Primary key   rows/s  to first  log B/row  index MB  B/row  heap MB  B/row
bigint       100,000    1.00 x        300      0.44   22.0     5.00    250
UUIDv7        50,000    0.50 x        300      0.44   22.0     5.00    250
";
        assert_eq!(group_text(Group::Key, &[&one, &two]), expected);
    }
}
