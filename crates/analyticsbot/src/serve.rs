//! `analyticsbot serve`: takes events over HTTP until it is told to stop.

mod announce;
mod listen;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use intake::Intake;
use store::Store;
use tokio::task::JoinSet;

use crate::context::{Context, make_id};
use crate::project::{self, Added};
use crate::refusal::Refusal;
use crate::{Outcome, clock, observe, stop};

/// The project that is made on the first start.
const FIRST_PROJECT: (&str, &str) = ("My App", "my-app");

/// How long the last commits may take after the last answer.
const COMMITS_WAIT: Duration = Duration::from_secs(5);

/// The arguments of `analyticsbot serve`.
#[derive(Args, Default)]
#[command(after_help = "\
Ctrl-C or SIGTERM stops it: what was begun is finished, which takes ten seconds at most. A \
second signal ends it at once.

Examples:
  analyticsbot serve
  analyticsbot serve --listen 127.0.0.1:9000
  analyticsbot serve --database postgres://analytics@db.example.com/analytics")]
pub(crate) struct Arguments {
    /// Address and port; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

/// What was found or made at the start.
struct Begun {
    url: String,
    /// Made just now, because there was no project at all.
    first: Option<Added>,
    /// How many projects there are.
    projects: Vec<store::Project>,
}

/// Serves until it is told to stop.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    // First, so that whatever happens from here on is logged.
    let guard = observe::install(&context.settings.observe)?;
    let served = serve(&arguments, &guard, context).await;
    guard.flush().await;
    served
}

async fn serve(
    arguments: &Arguments,
    guard: &observe::Guard,
    context: &mut Context,
) -> anyhow::Result<Outcome> {
    let address = arguments.listen.unwrap_or(context.settings.server.listen);
    // First, so that a port that is taken leaves nothing behind.
    let (listener, url) = listen::listen(address).await?;
    let store = context.store_or_new().await?;
    let stop = stop::requested()?;
    let first = first_project(&store, context).await?;
    let projects = project::all(&store.registry()).await?;
    let begun = Begun {
        url,
        first,
        projects,
    };
    announce::announce(&begun, context)?;
    listen::caution(address);
    let config = context.settings.intake.clone();
    let (intake, committers) = Intake::new(store.journal(), config, Box::new(make_id));
    let intake = Arc::new(intake);
    let mut committing = JoinSet::new();
    for committer in committers {
        committing.spawn(committer.run());
    }
    let app = app(&store, &intake, guard, context);
    let report = web::run(listener, app, stop).await;
    intake.close();
    finish(report, committing).await;
    Ok(Outcome::Fine)
}

fn app(store: &Store, intake: &Arc<Intake>, guard: &observe::Guard, context: &Context) -> web::App {
    web::App::new(web::Parts {
        intake: Arc::clone(intake),
        journal: store.journal(),
        registry: store.registry(),
        clock: Box::new(clock::now),
        make_id: Box::new(make_id),
        config: context.settings.web.clone(),
        more_metrics: Some(Box::new(guard.metrics())),
    })
}

/// Makes the first project, if there is none.
async fn first_project(store: &Store, context: &Context) -> anyhow::Result<Option<Added>> {
    if !store.registry().projects(None, 1).await?.is_empty() {
        return Ok(None);
    }
    let (name, slug) = FIRST_PROJECT;
    match project::create(store, context, name, Some(slug)).await {
        Ok(added) => Ok(Some(added)),
        // Another process was faster.
        Err(error) if error.is::<Refusal>() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Waits for the last commits and says what was left. Through the log, which never waits for who
/// reads it: a pipe that nobody empties must not keep the process from ending.
async fn finish(report: web::Report, mut committing: JoinSet<()>) {
    let all = async { while committing.join_next().await.is_some() {} };
    if tokio::time::timeout(COMMITS_WAIT, all).await.is_err() {
        tracing::warn!("the last commits did not end in time: nobody was told that they did");
    }
    if report.dropped > 0 {
        tracing::warn!(
            connections = report.dropped,
            "connections were dropped unanswered"
        );
    }
    tracing::info!("stopped");
}
