//! Prints the figures for programs: one JSON object, times in nanoseconds per id.

use serde_json::{Map, Value, json};

use crate::case::Case;
use crate::harness::Table;
use crate::machine::Machine;
use crate::report::clock;
use crate::targets::{Verdict, anchor, verdicts};

/// Everything as one JSON object.
#[must_use]
pub fn json(machine: &Machine, tables: &[Table]) -> Value {
    let clock = clock(tables);
    let named = |(name, version): &(&str, String)| ((*name).to_owned(), json!(version));
    json!({
        "processor": machine.processor,
        "cores": machine.cores,
        "kernel": machine.kernel,
        "peers": machine.peers.iter().map(named).collect::<Map<_, _>>(),
        "tables": tables.iter().map(|table| table_json(table, clock)).collect::<Vec<_>>(),
        "targets": verdicts(tables).iter().map(verdict_json).collect::<Vec<_>>(),
    })
}

fn table_json(table: &Table, clock: Option<f64>) -> Value {
    let anchor = anchor(table).and_then(Case::ns);
    let cases = table.cases.iter().map(|case| {
        let ratio = |to: Option<f64>| case.ns().zip(to).map(|(ns, to)| ns / to);
        let notes = table.columns.iter().zip(case.notes);
        json!({
            "name": case.name,
            "role": format!("{:?}", case.role).to_lowercase(),
            "build": format!("{:?}", case.build).to_lowercase(),
            "rounds": case.samples.len(),
            "p10_ns": case.ns(),
            "median_ns": case.quantile(0.5),
            "to_clock": ratio(clock),
            "to_anchor": ratio(anchor),
            "notes": notes.map(|(of, note)| ((*of).to_owned(), json!(note))).collect::<Map<_, _>>(),
        })
    });
    json!({ "key": table.key, "title": table.title, "cases": cases.collect::<Vec<_>>() })
}

fn verdict_json(verdict: &Verdict) -> Value {
    json!({
        "target": verdict.target,
        "limit": verdict.limit(),
        "unit": verdict.unit,
        "measured": verdict.figure,
        "met": verdict.met(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Role;

    #[test]
    fn a_table_is_told() {
        let case = |name: &str, role, ns| {
            let mut case = Case::new(name, |i| i).role(role).notes(&["yes"]);
            case.samples = vec![ns];
            case
        };
        let cases = vec![
            case("theirs", Role::Rival, 120.0),
            case("ours", Role::Ours, 30.0),
        ];
        let table = Table {
            key: "t",
            title: "Ids",
            columns: &["order"],
            cases,
        };
        let told = table_json(&table, Some(20.0));
        assert_eq!(told["cases"][1]["to_anchor"], 0.25);
        assert_eq!(told["cases"][1]["to_clock"], 1.5);
        assert_eq!(told["cases"][0]["role"], "rival");
        assert_eq!(told["cases"][0]["notes"]["order"], "yes");
    }
}
