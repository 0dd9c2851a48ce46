//! Prints the figures for people: tables with bars, and the targets.

use std::cmp::Ordering::Equal;
use std::fmt::Write as _;

use crate::case::{Case, Role};
use crate::cases::CLOCK;
use crate::harness::{Table, key_of};
use crate::machine::Machine;
use crate::targets::{Verdict, anchor, verdicts};

/// Width of the longest bar, in characters of eight steps each.
const BAR: usize = 12;

const LEGEND: &str = "\
p10 and median are nanoseconds per id over all rounds; ratios are of p10.
▶ ours   ◆ anchor: the fastest published crate that promises the same   ░ the machine's floor
x clock: times one SystemTime::now   x anchor: times the anchor, below 1 is faster than it
fast-rng, atfork: the crate in a second build with that feature, run in turn with the others
REPEATS: after a fork both sides make the same ids or the same random parts
";

/// Everything as text; `colour` makes our rows bold.
#[must_use]
pub fn text(machine: &Machine, tables: &[Table], colour: bool) -> String {
    let mut out = header(machine, tables);
    let clock = clock(tables);
    for table in tables {
        out.push_str(&table_text(table, clock, colour));
    }
    out.push_str(&targets_text(&verdicts(tables)));
    out
}

fn header(machine: &Machine, tables: &[Table]) -> String {
    let Machine {
        processor,
        cores,
        kernel,
        peers,
    } = machine;
    let rounds = tables
        .iter()
        .flat_map(|table| &table.cases)
        .map(|case| case.samples.len())
        .max();
    let rounds = rounds.unwrap_or(0);
    let peers: Vec<String> = peers
        .iter()
        .map(|(name, of)| format!("{name} {of}"))
        .collect();
    let (first, second) = peers.split_at(peers.len() / 2);
    format!(
        "{processor}, {cores} cores, Linux {kernel}; {rounds} rounds\n{},\n{}\n\n{LEGEND}",
        first.join(", "),
        second.join(", ")
    )
}

/// What `x clock` is taken to.
pub(crate) fn clock(tables: &[Table]) -> Option<f64> {
    let mut all = tables
        .iter()
        .flat_map(|table| table.cases.iter().map(move |case| (table, case)));
    all.find(|(table, case)| key_of(table, case) == CLOCK)?
        .1
        .ns()
}

fn table_text(table: &Table, clock: Option<f64>, colour: bool) -> String {
    let mut rows: Vec<&Case> = table
        .cases
        .iter()
        .filter(|case| case.ns().is_some())
        .collect();
    rows.sort_by(|a, b| a.ns().partial_cmp(&b.ns()).unwrap_or(Equal));
    let anchor = anchor(table);
    let scale = Scale {
        clock,
        anchor: anchor.and_then(Case::ns),
        longest: rows.last().and_then(|case| case.ns()),
        name: width(rows.iter().map(|case| case.name.as_str())),
        notes: note_widths(table),
    };
    let mut out = format!("\n{}\n", table.title);
    let heading = format!(
        "  {:<name$} {:>8} {:>8} {:>8} {:>8}  {:<BAR$}",
        "",
        "p10",
        "median",
        "x clock",
        "x anchor",
        "",
        name = scale.name
    );
    out.push_str(&with_notes(heading, table.columns, &scale.notes));
    for case in rows {
        let is_anchor = anchor.is_some_and(|anchor| std::ptr::eq(anchor, case));
        let row = scale.row(case, is_anchor);
        let bold = colour && case.role == Role::Ours;
        let row = if bold {
            format!("\x1b[1m{}\x1b[0m\n", row.trim_end())
        } else {
            row
        };
        out.push_str(&row);
    }
    out
}

/// What the rows of one table have in common.
struct Scale {
    clock: Option<f64>,
    anchor: Option<f64>,
    longest: Option<f64>,
    name: usize,
    notes: Vec<usize>,
}

impl Scale {
    fn row(&self, case: &Case, is_anchor: bool) -> String {
        let mark = match case.role {
            Role::Ours => '▶',
            Role::Floor => '░',
            _ if is_anchor => '◆',
            _ => ' ',
        };
        let ns = case.ns();
        let ratio = |to: Option<f64>| {
            ns.zip(to)
                .map_or_else(|| "-".into(), |(ns, to)| format!("{:.2}", ns / to))
        };
        let row = format!(
            "{mark} {:<name$} {:>8} {:>8} {:>8} {:>8}  {:<BAR$}",
            case.name,
            figure(ns),
            figure(case.quantile(0.5)),
            ratio(self.clock),
            ratio(self.anchor),
            ns.zip(self.longest)
                .map_or_else(String::new, |(ns, longest)| bar(ns / longest)),
            name = self.name
        );
        with_notes(row, case.notes, &self.notes)
    }
}

fn with_notes(mut row: String, notes: &[&str], widths: &[usize]) -> String {
    for (note, width) in notes.iter().zip(widths) {
        write!(row, "  {note:<width$}").expect("writing to a string cannot fail");
    }
    format!("{}\n", row.trim_end())
}

fn note_widths(table: &Table) -> Vec<usize> {
    let column = |at| {
        let notes = table.cases.iter().map(move |case| case.notes[at]);
        width(notes.chain([table.columns[at]]))
    };
    (0..table.columns.len()).map(column).collect()
}

fn width<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0)
}

fn figure(ns: Option<f64>) -> String {
    match ns {
        Some(ns) if ns < 100.0 => format!("{ns:.2}"),
        Some(ns) => format!("{ns:.1}"),
        None => "-".into(),
    }
}

/// A bar of `share` (0 to 1) of the full width, in steps of an eighth; never quite empty.
fn bar(share: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 96"
    )]
    let steps = ((share * (BAR * 8) as f64).round() as usize).clamp(1, BAR * 8);
    format!("{}{}", "█".repeat(steps / 8), EIGHTHS[steps % 8])
}

fn targets_text(verdicts: &[Verdict]) -> String {
    let measured: Vec<_> = verdicts
        .iter()
        .filter(|verdict| verdict.figure.is_some())
        .collect();
    if measured.is_empty() {
        return String::new();
    }
    let target = width(measured.iter().map(|verdict| verdict.target));
    let mut out = format!(
        "
Targets
  {:<target$}  {:<15}  {:>12}
",
        "", "target", "measured"
    );
    for verdict in measured {
        let Verdict { target: name, .. } = verdict;
        let (limit, figure, word) = (verdict.limit(), verdict.measured(), verdict.word());
        writeln!(out, "  {name:<target$}  {limit:<15}  {figure:>12}  {word}")
            .expect("writing to a string cannot fail");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_have_steps_of_an_eighth() {
        assert_eq!(bar(1.0), "█".repeat(BAR));
        assert_eq!(bar(0.5), "█".repeat(BAR / 2));
        assert_eq!(bar(1.5 / BAR as f64), "█▌");
        assert_eq!(bar(0.0), "▏");
    }

    #[test]
    fn a_table_is_drawn() {
        let case = |name: &str, role, ns, notes| {
            let mut case = Case::new(name, |i| i).role(role).notes(notes);
            case.samples = vec![ns];
            case
        };
        let cases = vec![
            case("theirs", Role::Rival, 120.0, &["yes"]),
            case("ours", Role::Ours, 30.0, &["yes"]),
            case("weak", Role::Peer, 10.0, &["no"]),
        ];
        let table = Table {
            key: "t",
            title: "Ids",
            columns: &["order"],
            cases,
        };
        let expected = "
Ids
              p10   median  x clock x anchor                order
  weak      10.00    10.00     0.50     0.08  █             no
▶ ours      30.00    30.00     1.50     0.25  ███           yes
◆ theirs    120.0    120.0     6.00     1.00  ████████████  yes
";
        assert_eq!(table_text(&table, Some(20.0), false), expected);
        assert!(table_text(&table, Some(20.0), true).contains("\x1b[1m▶ ours "));
    }
}
