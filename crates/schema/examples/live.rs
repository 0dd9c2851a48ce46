//! Prints what a live database holds, and how long reading it takes.
//!
//! `cargo run --release -p schema --example live -- postgres://... [rows to sample]`
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for people, which measures time"
)]

use std::time::{Duration, Instant};

use schema::live;

type Failure = Box<dyn std::error::Error>;

const CONNECT_WAIT: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments
        .next()
        .ok_or("read the arguments: name a database")?;
    let sample_rows = arguments.next().map_or(Ok(0), |it| it.parse())?;
    let options = live::Options {
        sample_rows,
        ..live::Options::default()
    };
    let target = connect::Target::parse(&url, "schema", CONNECT_WAIT)?;
    let (mut client, _driver) = target.open().await?;
    let start = Instant::now();
    let found = live::read(&mut client, &options).await?;
    let time = start.elapsed();
    let columns = found.tables.iter().map(|table| table.columns.len());
    let references = found.tables.iter().map(|table| table.references.len());
    println!(
        "{time:.1?}: {} tables, {} columns, {} references, {} sequences, {} views",
        found.tables.len(),
        columns.sum::<usize>(),
        references.sum::<usize>(),
        found.sequences.len(),
        found.views.len(),
    );
    for problem in &found.problems {
        println!("{problem}");
    }
    Ok(())
}
