//! A migration in a process of its own, which is killed as `kill -9` does it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use connect::Target;
use migrate::Plan;
use migrate::run::{self, Control, Event, Until};

use crate::fixture::Fixture;
use crate::journey::{self, apply, swapped};
use crate::oracle::Oracle;
use crate::stage::{Stage, Stop, told};

/// What the process that is killed needs to know.
const URL_VARIABLE: &str = "MIGRATE_CHAOS_URL";
const PLAN_VARIABLE: &str = "MIGRATE_CHAOS_PLAN";

/// What it says before and after each statement.
const POINT: &str = "point";

#[expect(
    clippy::disallowed_methods,
    reason = "a process that is killed is told by variables"
)]
fn told_by(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: not a test by itself"))
}

/// The process that is killed.
#[tokio::test]
#[ignore = "started by the tests that kill it"]
async fn migrates_until_it_is_killed() {
    let target = Target::parse(
        &told_by(URL_VARIABLE),
        "idshift",
        std::time::Duration::from_secs(10),
    );
    let plan = Plan::parse(&told_by(PLAN_VARIABLE)).expect("a plan");
    let mut out = std::io::stdout();
    let mut watch = |event: &Event<'_>| {
        if matches!(event, Event::Before(_) | Event::After(_)) {
            writeln!(out, "{POINT}").expect("somebody listens");
        }
        Control::Continue
    };
    let applied = run::apply(&target.expect("a URL"), &plan, Until::End, &mut watch).await;
    applied.unwrap_or_else(|error| panic!("{}", told(&error)));
}

fn start(stage: &Stage, plan: &Plan) -> Child {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command.args([
        "--exact",
        "process::migrates_until_it_is_killed",
        "--ignored",
        "--nocapture",
    ]);
    command
        .env(URL_VARIABLE, &stage.url)
        .env(PLAN_VARIABLE, plan.render());
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().expect("a process")
}

/// Reads points until the one of this number, or the end; how many there were.
fn points(out: ChildStdout, last: usize) -> usize {
    let lines = BufReader::new(out).lines().map_while(Result::ok);
    lines.filter(|line| line.contains(POINT)).take(last).count()
}

/// Kills a migration when it is at each of these points, and goes on with it.
///
/// # Errors
/// The first point at which something is not as it must be.
pub(crate) async fn killed_at(fixture: &Fixture, moments: &[usize]) -> Result<(), String> {
    let Some(stage) = Stage::of(fixture).await else {
        return Ok(());
    };
    let oracle = Oracle::note(&stage, fixture).await?;
    for &moment in moments {
        let at = |fault: String| format!("killed at point {moment}: {fault}");
        let plan = journey::plan(&stage, fixture).await.map_err(at)?;
        let mut child = start(&stage, &plan);
        let out = child.stdout.take().expect("it is piped");
        let reached = points(out, moment);
        if reached < moment {
            let status = child.wait().map_err(|error| at(error.to_string()))?;
            return Err(at(format!("it ended with {status} after {reached} points")));
        }
        // On unix this is SIGKILL: nothing of the process runs any more.
        let killed = child.kill().and_then(|()| child.wait());
        killed.map_err(|error| at(error.to_string()))?;
        apply(&stage, &plan, Until::End).await.map_err(at)?;
        swapped(&stage, &oracle, false).await.map_err(at)?;
        let back = stage.rollback(Stop::Never).await;
        back.map_err(|error| at(format!("rollback: {}", told(&error))))?;
        oracle.untouched(&stage).await.map_err(at)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_process_that_was_killed_is_gone_on_with() {
    let fixture = Fixture::named("graph");
    killed_at(&fixture, &[3, 58, 121])
        .await
        .unwrap_or_else(|fault| panic!("{fault}"));
}
