//! `analyticsbot events list`: events of a project, newest first.

use clap::Args;
use event::Event;
use ids::{Timestamp, Uuid};
use store::{Cut, EventFilter};

use crate::Outcome;
use crate::console::Console;
use crate::context::Context;
use crate::event_json::EventJson;
use crate::project;
use crate::table::{Cell, Table};
use crate::times::{self, When};

/// Events read in one go.
const PAGE_ROWS: usize = 1_000;

/// The arguments of `analyticsbot events list`.
#[derive(Args)]
#[command(after_help = "\
Times are in UTC.

Examples:
  analyticsbot events list
  analyticsbot events list --name 'Signed Up' --since '2 hours ago'
  analyticsbot events list --user u1 --since 2026-11-01 --until 2026-12-01 --json")]
pub(crate) struct Arguments {
    /// Slug or id of the project [default: the only one]
    #[arg(long, value_name = "PROJECT")]
    project: Option<String>,

    /// Only with this name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Only of this user, signed in or anonymous
    #[arg(long, value_name = "ID")]
    user: Option<String>,

    /// Only from this time on
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    since: Option<When>,

    /// Only before this time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    until: Option<When>,

    /// How many at most
    #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
    limit: usize,
}

/// Lists the events.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let now = context.now();
    let moment = |when: &Option<When>| when.as_ref().map(|when| when.moment(now)).transpose();
    let filter = EventFilter {
        from: moment(&arguments.since)?,
        to: moment(&arguments.until)?,
        user: arguments.user,
        name: arguments.name,
    };
    let store = context.store().await?;
    let project = project::find_or_only(&store, arguments.project.as_deref()).await?;
    let journal = store.journal();
    let (mut shown, mut before) = (Shown::at(now), None);
    while shown.count < arguments.limit {
        let limit = PAGE_ROWS.min(arguments.limit - shown.count);
        let page = journal
            .events(project.id, filter.clone(), Cut { before, limit })
            .await?;
        shown.add(page.events, &mut context.console)?;
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    shown.finish(before, &mut context.console)?;
    Ok(Outcome::Fine)
}

/// What was listed so far; for people, a table is drawn when its widths are known.
struct Shown {
    now: Timestamp,
    count: usize,
    rows: Vec<Event>,
}

impl Shown {
    fn at(now: Timestamp) -> Self {
        Self {
            now,
            count: 0,
            rows: Vec::new(),
        }
    }

    fn add(&mut self, events: Vec<Event>, console: &mut Console) -> anyhow::Result<()> {
        self.count += events.len();
        if console.json() {
            for event in &events {
                console.write_json(&EventJson(event))?;
            }
            return Ok(());
        }
        self.rows.extend(events);
        if self.rows.len() >= PAGE_ROWS {
            self.draw(console)?;
        }
        Ok(())
    }

    fn draw(&mut self, console: &mut Console) -> anyhow::Result<()> {
        let mut table = Table::new(["time", "event", "user", "id"], &["event", "user"]);
        for event in self.rows.drain(..) {
            let user = event.user_id.or(event.anonymous_id).unwrap_or_default();
            let id = event.id.hyphenated();
            let time = times::brief(event.timestamp, self.now);
            table.push([time.as_str(), event.name.as_str(), &user, id.as_str()].map(Cell::from));
        }
        table.draw(console)?;
        Ok(())
    }

    fn finish(mut self, next: Option<Uuid>, console: &mut Console) -> anyhow::Result<()> {
        if console.json() {
            return Ok(());
        }
        if self.count == 0 {
            console.note("no event fits")?;
            console.hint("`analyticsbot events rejected` shows what was refused, and why")?;
            return Ok(());
        }
        if !self.rows.is_empty() {
            self.draw(console)?;
        }
        if next.is_some() {
            console.note(&format!("the newest {}; more with --limit", self.count))?;
        }
        Ok(())
    }
}
