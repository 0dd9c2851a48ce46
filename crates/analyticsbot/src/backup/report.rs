//! What a backup holds, for people and for programs.

use std::path::Path;

use serde::Serialize;
use store::Manifest;

use crate::console::{Console, DIM};
use crate::event_json::time;

/// A backup as a line of JSON.
#[derive(Serialize)]
struct Report<'a> {
    file: String,
    bytes: u64,
    created_at: String,
    source: &'a str,
    schema_version: u32,
    last_position: u64,
    last_received_at: Option<String>,
    rows: u64,
    tables: Vec<Table>,
}

#[derive(Serialize)]
struct Table {
    name: &'static str,
    rows: u64,
    sha256: String,
}

/// Prints it.
pub(super) fn print(file: &Path, manifest: &Manifest, console: &mut Console) -> anyhow::Result<()> {
    if console.json() {
        let report = report(file, manifest)?;
        return Ok(console.write_json(&report)?);
    }
    let dim = console.style(DIM);
    let (rows, made) = (manifest.rows(), time(manifest.created_at));
    console.line(format_args!("{}: {rows} rows, made {made}", file.display()))?;
    for table in &manifest.tables {
        console.line(format_args!("  {:<20} {:>10}", table.table, table.rows))?;
    }
    let up_to = match manifest.last_received_at {
        Some(at) => format!(
            "up to commit {}, received {}",
            manifest.last_position,
            time(at)
        ),
        None => "no events".to_owned(),
    };
    console.line(format_args!("  {dim}{up_to}{dim:#}"))?;
    Ok(())
}

fn report<'a>(file: &Path, manifest: &'a Manifest) -> std::io::Result<Report<'a>> {
    let tables = manifest.tables.iter().map(|table| Table {
        name: table.table,
        rows: table.rows,
        sha256: hex(&table.digest),
    });
    Ok(Report {
        file: file.display().to_string(),
        bytes: std::fs::metadata(file)?.len(),
        created_at: time(manifest.created_at),
        source: &manifest.source,
        schema_version: manifest.schema_version,
        last_position: manifest.last_position,
        last_received_at: manifest.last_received_at.map(time),
        rows: manifest.rows(),
        tables: tables.collect(),
    })
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes whatever is written");
        text
    })
}
