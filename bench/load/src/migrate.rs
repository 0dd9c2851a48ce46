//! Moves keys with `idshift migrate` while other sessions are at work, and reads what it cost them.

mod data;
mod report;
mod run;
mod script;
mod targets;
mod traffic;

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};
use tempfile::TempDir;
use testkit::Postgres;

use crate::Result;
use crate::options::{Migrate, Part};
use data::{Database, HELD_ROW, LARGE, SMALL_TABLES, reference};
use run::Run;
use traffic::{Seen, Traffic, Work};

/// How long the traffic is watched before anything moves.
const BEFORE: Duration = Duration::from_secs(5);
/// How often the small tables move: the cut-over takes milliseconds, and one is no figure.
const CUTOVERS: usize = 3;
/// Between the script's end and the end of the watch: whoever waited is served by then.
const AFTER: Duration = Duration::from_millis(500);

/// What the databases are copied from, if all of them can be.
const SEED_LARGE: &str = "seed_large";
const SEED_SMALL: &str = "seed_small";

/// What came of all parts that were asked for.
pub struct Outcome {
    version: u32,
    rows: u64,
    row_bytes: u64,
    backfill: Option<Moved>,
    load: Option<Loaded>,
    cutovers: Vec<Cutover>,
    idle: Vec<Idle>,
    script: Option<Moved>,
}

/// The large table was moved, while a few statements a second looked on.
struct Moved {
    before: Seen,
    during: Seen,
    /// Of the script, only the time is known.
    run: Run,
    bytes_before: u64,
    bytes_after: u64,
    log_bytes: u64,
}

/// The load's transactions before the backfill and during it.
struct Loaded {
    before: Seen,
    during: Seen,
    run: Run,
}

/// One cut-over of the small tables.
#[derive(Clone, Copy)]
struct Cutover {
    /// How long all of them were locked.
    ms: f64,
    /// Processor time of the server for it, and for what was tried before.
    cpu_ms: f64,
}

/// A transaction was left open while a step needed what it held.
struct Idle {
    stage: Stage,
    time: Duration,
    seen: Seen,
    run: Run,
}

/// Where a transaction is left open: the phase that is done when it begins.
#[derive(Debug, Clone, Copy)]
struct Stage {
    title: &'static str,
    name: &'static str,
    until: Option<&'static str>,
}

const STAGES: [Stage; 3] = [
    Stage {
        title: "open at the new columns",
        name: "expand",
        until: None,
    },
    Stage {
        title: "open at the backfill",
        name: "backfill",
        until: Some("expand"),
    },
    Stage {
        title: "open at the cut-over",
        name: "cutover",
        until: Some("ready"),
    },
];

/// A server, the programs and a folder for plans.
struct Bench {
    server: Postgres,
    program: PathBuf,
    folder: TempDir,
    rows: u64,
}

/// Runs the parts one after the other on a throwaway server with PostgreSQL's own settings.
///
/// # Errors
///
/// If there is no PostgreSQL, or a migration fails.
pub fn measure(options: &Migrate) -> Result<Outcome> {
    let bench = Bench {
        server: Postgres::start()?,
        program: options.idshift.clone(),
        folder: tempfile::tempdir()?,
        rows: options.rows,
    };
    let mut outcome = Outcome {
        version: bench.server.version(),
        rows: options.rows,
        row_bytes: 0,
        backfill: None,
        load: None,
        cutovers: Vec::new(),
        idle: Vec::new(),
        script: None,
    };
    let wanted = |parts: &[Part]| options.parts.iter().any(|part| parts.contains(part));
    if wanted(&[Part::Backfill, Part::Load, Part::Script]) {
        outcome.row_bytes = bench.seed_large()?;
    }
    if wanted(&[Part::Cutover, Part::Idle]) {
        let mut seed = Database::create(&bench.server, SEED_SMALL, None)?;
        data::load_small(&mut seed.client)?;
    }
    for part in &options.parts {
        eprintln!("{}", part.word());
        match part {
            Part::Backfill => outcome.backfill = Some(bench.backfill()?),
            Part::Load => outcome.load = Some(bench.load()?),
            Part::Cutover => outcome.cutovers = bench.cutovers()?,
            Part::Idle => outcome.idle = bench.idle(options.idle)?,
            Part::Script => outcome.script = Some(bench.script()?),
        }
    }
    Ok(outcome)
}

impl Bench {
    /// Bytes of a row.
    fn seed_large(&self) -> Result<u64> {
        eprintln!("{} rows to load", self.rows);
        let mut seed = Database::create(&self.server, SEED_LARGE, None)?;
        data::load_large(&mut seed.client, self.rows)?;
        let bytes = seed.number(&format!("SELECT pg_relation_size('{LARGE}')"))?;
        Ok(bytes / self.rows)
    }

    fn plan(&self, name: &str, url: &str, choice: &[&str]) -> Result<PathBuf> {
        let file = self.folder.path().join(format!("{name}.toml"));
        run::plan(&self.program, url, &file, choice)?;
        Ok(file)
    }

    /// All of the migration, but for the last command, which throws the old keys away.
    fn backfill(&self) -> Result<Moved> {
        let mut database = Database::create(&self.server, "backfill", Some(SEED_LARGE))?;
        let plan = self.plan("backfill", &database.url, &["--table", LARGE])?;
        let moved = self.moved(&mut database, |database| {
            run::apply(&self.program, database, (&plan, "end"), |_| Ok(()))
        })?;
        let filled = format!("SELECT count(*) FROM {LARGE} WHERE substr(id::text, 15, 1) = '7'");
        let filled = database.number(&filled)?;
        if filled != self.rows {
            return Err(format!("{filled} of {} rows have a new key", self.rows).into());
        }
        Database::drop(&self.server, "backfill")?;
        Ok(moved)
    }

    fn script(&self) -> Result<Moved> {
        let mut database = Database::create(&self.server, "script", Some(SEED_LARGE))?;
        let moved = self.moved(&mut database, |database| {
            let time = script::run(database)?;
            thread::sleep(AFTER);
            Ok(Run {
                time,
                ..Run::default()
            })
        })?;
        Database::drop(&self.server, "script")?;
        Ok(moved)
    }

    fn moved(
        &self,
        database: &mut Database,
        work: impl FnOnce(&mut Database) -> Result<Run>,
    ) -> Result<Moved> {
        let mut probe = Traffic::start(&database.url, Work::probe_large(self.rows))?;
        thread::sleep(BEFORE);
        let before = probe.take()?;
        let (bytes_before, log_before) = (database.bytes()?, database.log_position()?);
        let run = work(database)?;
        Ok(Moved {
            before,
            during: probe.stop()?,
            run,
            bytes_before,
            bytes_after: database.bytes()?,
            log_bytes: database.log_position()? - log_before,
        })
    }

    /// The load's rate is taken over the passes alone: they are nearly all of a migration's time.
    fn load(&self) -> Result<Loaded> {
        let mut database = Database::create(&self.server, "loaded", Some(SEED_LARGE))?;
        let plan = self.plan("loaded", &database.url, &["--table", LARGE])?;
        let mut traffic = Traffic::start(&database.url, Work::load(self.rows))?;
        // The first seconds fill the server's cache.
        thread::sleep(BEFORE);
        traffic.take()?;
        thread::sleep(BEFORE);
        let before = traffic.take()?;
        run::apply(&self.program, &mut database, (&plan, "expand"), |_| Ok(()))?;
        traffic.take()?;
        let mut during = None;
        let run = run::apply(&self.program, &mut database, (&plan, "backfill"), |step| {
            let large = format!("fill \"public\".\"{LARGE}\"");
            match (step == large, &during) {
                (true, _) => drop(traffic.take()?),
                (false, None) => during = Some(traffic.take()?),
                (false, Some(_)) => {}
            }
            Ok(())
        })?;
        let after = traffic.stop()?;
        Database::drop(&self.server, "loaded")?;
        Ok(Loaded {
            before,
            during: during.unwrap_or(after),
            run,
        })
    }

    fn cutovers(&self) -> Result<Vec<Cutover>> {
        let mut all = Vec::new();
        for _ in 0..CUTOVERS {
            let mut database = Database::create(&self.server, "small", Some(SEED_SMALL))?;
            let plan = self.plan("small", &database.url, &["--all-auto-increment"])?;
            let probe = Traffic::start(&database.url, Work::probe_small())?;
            let run = run::apply(&self.program, &mut database, (&plan, "end"), |_| Ok(()))?;
            probe.stop()?;
            let step = run.steps.iter().find(|step| step.name == "cut over");
            all.push(Cutover {
                ms: run.cutover_ms.ok_or("the cut-over's time was not told")?,
                cpu_ms: step.map_or(f64::NAN, |step| step.server_cpu.as_secs_f64() * 1e3),
            });
            Database::drop(&self.server, "small")?;
        }
        Ok(all)
    }

    /// All stages at the same time, each on its own database: most of it is waiting. Databases are
    /// made before and dropped afterwards, because each of both makes a checkpoint.
    fn idle(&self, time: Duration) -> Result<Vec<Idle>> {
        let mut ready = Vec::new();
        for stage in STAGES {
            ready.push((stage, self.before_stage(stage)?));
        }
        let all = thread::scope(|scope| {
            let spawn = |(stage, (database, plan)): (Stage, (Database, PathBuf))| {
                scope.spawn(move || {
                    let idle = self.idle_at(stage, time, (database, &plan));
                    idle.map_err(|error| format!("{}: {error}", stage.title))
                })
            };
            let stages: Vec<_> = ready.into_iter().map(spawn).collect();
            let join = |stage: thread::ScopedJoinHandle<'_, std::result::Result<Idle, String>>| {
                Ok(stage.join().map_err(|_| "a stage has panicked")??)
            };
            stages.into_iter().map(join).collect::<Result<Vec<Idle>>>()
        })?;
        for stage in STAGES {
            Database::drop(&self.server, &format!("idle_{}", stage.name))?;
        }
        Ok(all)
    }

    /// A database of small tables, on which the phases before a stage are done, and its plan.
    fn before_stage(&self, stage: Stage) -> Result<(Database, PathBuf)> {
        let name = format!("idle_{}", stage.name);
        let mut database = Database::create(&self.server, &name, Some(SEED_SMALL))?;
        let plan = self.plan(&name, &database.url, &["--all-auto-increment"])?;
        if let Some(until) = stage.until {
            run::apply(&self.program, &mut database, (&plan, until), |_| Ok(()))?;
        }
        Ok((database, plan))
    }

    fn idle_at(
        &self,
        stage: Stage,
        time: Duration,
        (mut database, plan): (Database, &Path),
    ) -> Result<Idle> {
        let mut probe = Traffic::start(&database.url, Work::probe_small())?;
        let mut open = Client::connect(&database.url, NoTls)?;
        let mut transaction = open.transaction()?;
        let row = reference(HELD_ROW);
        for table in [1, SMALL_TABLES] {
            let update = format!("UPDATE small_{table} SET status = 'open' WHERE reference = $1");
            transaction.execute(&update, &[&row])?;
        }
        let begun = Instant::now();
        probe.take()?;
        let run = thread::scope(|scope| -> Result<Run> {
            let program = scope.spawn(|| {
                let told = |_: &str| Ok(());
                let run = run::apply(&self.program, &mut database, (plan, "end"), told);
                run.map_err(|error| error.to_string())
            });
            thread::sleep(time.saturating_sub(begun.elapsed()));
            transaction.commit()?;
            Ok(program.join().map_err(|_| "the run has panicked")??)
        })?;
        let seen = probe.stop()?;
        Ok(Idle {
            stage,
            time,
            seen,
            run,
        })
    }
}
