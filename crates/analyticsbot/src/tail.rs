//! `analyticsbot tail`: events as they are stored, from any process.

mod lines;
mod names;

use std::collections::BTreeSet;
use std::pin::pin;
use std::time::Duration;

use clap::Args;
use event::Event;
use ids::Uuid;
use store::{Cursor, Cut, Error, Journal, Scope, Store};

use crate::context::Context;
use crate::refusal::Refusal;
use crate::{Outcome, project, stop};
use lines::{Lines, reader_is_gone};
use names::Names;

/// Between two looks into the store: an event is shown well within a second.
const PAUSE: Duration = Duration::from_millis(200);

/// Between two looks while the store cannot be asked.
const PAUSE_OF_TROUBLE: Duration = Duration::from_secs(1);

/// Events read in one go.
const PAGE_ROWS: usize = 500;

/// Refusals looked at in one go: more between two looks are passed over.
const REFUSALS_ROWS: usize = 200;

/// The arguments of `analyticsbot tail`.
#[derive(Args)]
#[command(after_help = "\
Ctrl-C ends it, and it says from where to go on.

Examples:
  analyticsbot tail
  analyticsbot tail --project my-app --name 'Signed Up' --rejected
  analyticsbot tail --from START --json > events.ndjson")]
pub(crate) struct Arguments {
    /// Slug or id of a project [default: all]
    #[arg(long, value_name = "PROJECT")]
    project: Option<String>,

    /// Only with this name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Only of this user, signed in or anonymous
    #[arg(long, value_name = "ID")]
    user: Option<String>,

    /// What was refused, too, and why
    #[arg(long)]
    rejected: bool,

    /// START for all that is stored, or where an earlier tail ended [default: now]
    #[arg(long, value_name = "CURSOR", value_parser = cursor)]
    from: Option<Cursor>,
}

fn cursor(text: &str) -> Result<Cursor, String> {
    if text == "START" {
        return Ok(Cursor::START);
    }
    let wrong = "it is START, or what an earlier tail said when it ended, such as `1234.0`";
    Cursor::parse(text).ok_or_else(|| wrong.to_owned())
}

impl Arguments {
    fn wants(&self, event: &Event) -> bool {
        let is_named = self
            .name
            .as_deref()
            .is_none_or(|name| event.name.as_str() == name);
        let ids = [&event.user_id, &event.anonymous_id];
        let of = |user: &str| ids.iter().any(|id| id.as_deref() == Some(user));
        is_named && self.user.as_deref().is_none_or(of)
    }
}

/// Shows events until it is told to stop.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let store = context.store().await?;
    let mut stop = pin!(stop::requested()?);
    let mut tail = Tail::begin(&arguments, &store).await?;
    let mut lines = Lines::default();
    context.console.note("waiting for events; Ctrl-C ends it")?;
    loop {
        let pause = match tail.look(&arguments, &store, &mut lines, context).await? {
            Look::More => continue,
            Look::Nothing => PAUSE,
            Look::Trouble => PAUSE_OF_TROUBLE,
        };
        if reader_is_gone() {
            return Ok(Outcome::Fine);
        }
        tokio::select! {
            () = &mut stop => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    let go_on = context.command("tail");
    context.console.note(&format!(
        "ended; to go on here: {go_on} --from {}",
        tail.cursor
    ))?;
    Ok(Outcome::Fine)
}

/// What one look into the store came to.
enum Look {
    /// There may be more at once.
    More,
    /// That was all, for now.
    Nothing,
    /// The store cannot be asked.
    Trouble,
}

/// Where a tail is.
struct Tail {
    scope: Scope,
    cursor: Cursor,
    names: Names,
    refusals: Refusals,
    in_trouble: bool,
}

impl Tail {
    async fn begin(arguments: &Arguments, store: &Store) -> anyhow::Result<Self> {
        let project = match arguments.project.as_deref() {
            Some(named) => Some(project::find(store, named).await?),
            None => None,
        };
        let cursor = match arguments.from {
            Some(cursor) => cursor,
            None => store.journal().head().await?,
        };
        let names = Names::read(store).await?;
        let mut refusals = Refusals::default();
        if arguments.rejected && arguments.from.is_none() {
            // What was refused before belongs to the past, like events before the head.
            refusals
                .next(&store.journal(), &names.wanted(project.as_ref()))
                .await?;
        }
        Ok(Self {
            scope: project.map_or(Scope::Everything, |project| Scope::Project(project.id)),
            cursor,
            names,
            refusals,
            in_trouble: false,
        })
    }

    /// Shows what is new. A store that cannot be asked now may be asked later.
    async fn look(
        &mut self,
        arguments: &Arguments,
        store: &Store,
        lines: &mut Lines,
        context: &mut Context,
    ) -> anyhow::Result<Look> {
        match self.show(arguments, store, lines, context).await {
            Err(error) if is_passing(&error) => {
                if !self.in_trouble {
                    let message = format!("failed to {error:#}; trying again");
                    context
                        .console
                        .warn(&Refusal::new("unavailable", message))?;
                }
                self.in_trouble = true;
                Ok(Look::Trouble)
            }
            Err(error) => Err(error),
            Ok(more) => {
                if self.in_trouble {
                    context.console.note("the store answers again")?;
                }
                self.in_trouble = false;
                Ok(if more { Look::More } else { Look::Nothing })
            }
        }
    }

    async fn show(
        &mut self,
        arguments: &Arguments,
        store: &Store,
        lines: &mut Lines,
        context: &mut Context,
    ) -> anyhow::Result<bool> {
        let journal = store.journal();
        let followed = journal.follow(self.scope, self.cursor, PAGE_ROWS).await?;
        let more = followed.cursor != self.cursor;
        for event in followed
            .events
            .iter()
            .filter(|event| arguments.wants(event))
        {
            self.names.learn(event.project_id, store).await?;
            lines.event(event, &self.names, &mut context.console)?;
        }
        self.cursor = followed.cursor;
        if arguments.rejected {
            let wanted = match self.scope {
                Scope::Project(id) => vec![id],
                Scope::Everything => self.names.wanted(None),
            };
            for refusal in self.refusals.next(&journal, &wanted).await? {
                lines.refusal(&refusal, &self.names, &mut context.console)?;
            }
        }
        context.console.flush()?;
        Ok(more)
    }
}

/// Whether the store may answer the same question later.
fn is_passing(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref::<Error>(),
        Some(Error::Busy { .. } | Error::Unavailable { .. })
    )
}

/// The refusals that were seen. A refusal may be stored after one with a later id, so the newest id
/// alone would not tell what is new.
#[derive(Default)]
struct Refusals {
    seen: BTreeSet<Uuid>,
}

impl Refusals {
    /// What is new since the last time, in the order of ids.
    async fn next(
        &mut self,
        journal: &Journal,
        projects: &[event::ProjectId],
    ) -> Result<Vec<store::Refusal>, Error> {
        let cut = Cut {
            before: None,
            limit: REFUSALS_ROWS,
        };
        let (mut now, mut new) = (BTreeSet::new(), Vec::new());
        for project in projects {
            for refusal in journal.refusals(*project, cut).await?.refusals {
                now.insert(refusal.id);
                if !self.seen.contains(&refusal.id) {
                    new.push(refusal);
                }
            }
        }
        new.sort_by_key(|refusal| refusal.id);
        self.seen = now;
        Ok(new)
    }
}
