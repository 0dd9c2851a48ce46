//! Prints how many rows a second a store takes, one batch after the other, by batch size; and, of
//! SQLite on Linux, what a row costs its writing thread, which other programs disturb less.
//!
//! `cargo run --release -p store --example append_rate -- <file or postgres://...> [size ...]`: the
//! rows stay there, so name an empty database.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for people, which measures time"
)]

use std::time::{Duration, Instant};

use event::{Event, EventName, Limits, ProjectId, Source, client_event_id, sanitise};
use ids::{Timestamp, Uuid};
use store::{Config, Location, Project, Store};

const SECONDS: u64 = 4;
const SIZES: [usize; 5] = [1, 32, 500, 1_000, 10_000];
const START_MS: i64 = 1_763_510_089_715;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let target = arguments
        .next()
        .ok_or("name a file or a connection string")?;
    let mut sizes = arguments
        .map(|size| size.parse())
        .collect::<Result<Vec<usize>, _>>()?;
    if sizes.is_empty() {
        sizes.extend(SIZES);
    }
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(measure(&Location::parse(&target), &sizes))
}

async fn measure(location: &Location, sizes: &[usize]) -> Result<(), Failure> {
    let now = Timestamp::from_unix_ms(START_MS);
    let store = Store::open(location, &Config::default(), now).await?;
    let id = ProjectId::from_uuid(Uuid::at(now)?);
    let project = Project {
        id,
        name: "Rate".to_owned(),
        slug: id.uuid().to_string(),
        created_at: now,
        archived_at: None,
    };
    store.registry().create_project(project).await?;
    println!(
        "{:>6} {:>8} {:>10} {:>8} {:>8} {:>8} {:>11}",
        "batch", "named", "rows/s", "p50 ms", "p99 ms", "max ms", "CPU us/row"
    );
    for named in [false, true] {
        for &size in sizes {
            let mut times = Vec::new();
            let worked = writer_ns();
            let started = Instant::now();
            while started.elapsed() < Duration::from_secs(SECONDS) {
                let first = times.len() * size;
                let batch = batch(id, first, size, named)?;
                let begun = Instant::now();
                store.journal().append(batch).await?;
                times.push(begun.elapsed());
            }
            report(size, named, &mut times);
            let rows = u32::try_from(times.len() * size)?;
            match (worked, writer_ns()) {
                (Some(before), Some(after)) => {
                    let us = Duration::from_nanos(after - before).as_secs_f64() * 1e6;
                    println!(" {:>11.2}", us / f64::from(rows));
                }
                _ => println!(),
            }
        }
    }
    Ok(())
}

/// For how long the writing thread has run, as Linux says. None on PostgreSQL and elsewhere.
fn writer_ns() -> Option<u64> {
    let threads = std::fs::read_dir("/proc/self/task").ok()?;
    let folder = threads.flatten().map(|thread| thread.path()).find(|path| {
        std::fs::read_to_string(path.join("comm")).is_ok_and(|name| name.trim() == "store-writer")
    })?;
    let times = std::fs::read_to_string(folder.join("schedstat")).ok()?;
    times.split(' ').next()?.parse().ok()
}

fn report(size: usize, named: bool, times: &mut [Duration]) {
    times.sort();
    let total: Duration = times.iter().sum();
    let rows = u32::try_from(times.len() * size).unwrap_or(u32::MAX);
    let ms = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    let rate = f64::from(rows) / total.as_secs_f64();
    print!(
        "{size:>6} {named:>8} {rate:>10.0} {:>8.2} {:>8.2} {:>8.2}",
        ms(50),
        ms(99),
        ms(100)
    );
}

fn batch(
    project_id: ProjectId,
    first: usize,
    size: usize,
    named: bool,
) -> Result<Vec<Event>, Failure> {
    let text =
        r#"{"plan":"pro","seats":3,"path":"/pricing","referrer":"https://example.com","ok":true}"#;
    let properties = sanitise(text.as_bytes(), &Limits::DEFAULT)
        .map_err(|fault| format!("{fault:?}"))?
        .json;
    (first..first + size)
        .map(|n| {
            let timestamp = Timestamp::from_unix_ms(START_MS + i64::try_from(n)? / 10);
            Ok(Event {
                id: Uuid::at(timestamp)?,
                project_id,
                name: EventName::from_stored("Page Viewed".to_owned()).ok_or("a bad name")?,
                user_id: Some(format!("user-{}", n % 20_000)),
                anonymous_id: None,
                timestamp,
                received_at: timestamp,
                original_timestamp: None,
                properties: properties.clone(),
                context: None,
                user_agent: Some("Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0".to_owned()),
                ip_address: Some([192, 0, 2, 7].into()),
                canonical_id: named.then(|| client_event_id(project_id, &format!("{size}-{n}"))),
                source: Source::Import,
            })
        })
        .collect()
}
