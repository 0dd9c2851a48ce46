//! One line for each event or refusal.

use std::io;

use event::{Event, ProjectId};
use ids::Timestamp;
use serde::Serialize;
use store::Refusal;

use super::names::Names;
use crate::console::{BAD, Console, DIM, STRONG};
use crate::event_json::EventJson;
use crate::events::RejectedJson;
use crate::table::plain;
use crate::times;

/// A user's id is cut to this.
const USER_CHARS_MAX: usize = 24;

/// How lines are written.
#[derive(Default)]
pub(super) struct Lines {
    /// The day of the last line: it is only written where it changes.
    day: String,
}

/// A refusal among events, for programs.
#[derive(Serialize)]
struct Rejected<'a> {
    rejected: RejectedJson<'a>,
}

impl Lines {
    /// Shows an event.
    pub(super) fn event(
        &mut self,
        event: &Event,
        names: &Names,
        console: &mut Console,
    ) -> io::Result<()> {
        if console.json() {
            return console.write_json(&EventJson(event));
        }
        let head = self.head(event.timestamp, event.project_id, names, console)?;
        let user = event.user_id.as_ref().or(event.anonymous_id.as_ref());
        let user = user.map_or("-", String::as_str);
        let properties = match event.properties.as_str() {
            "{}" => "",
            properties => properties,
        };
        let name = event.name.as_str();
        let parts = [
            (STRONG, name),
            (anstyle::Style::new(), user),
            (DIM, properties),
        ];
        line(&head, parts, console)
    }

    /// Shows a refusal.
    pub(super) fn refusal(
        &mut self,
        refusal: &Refusal,
        names: &Names,
        console: &mut Console,
    ) -> io::Result<()> {
        if console.json() {
            return console.write_json(&Rejected {
                rejected: refusal.into(),
            });
        }
        let head = self.head(refusal.received_at, refusal.project_id, names, console)?;
        let rejection = &refusal.rejection;
        let why = match &rejection.field {
            Some(field) => format!("{field}: {}", rejection.message),
            None => rejection.message.clone(),
        };
        let plainly = anstyle::Style::new();
        line(
            &head,
            [
                (BAD, "rejected"),
                (plainly, rejection.code.as_str()),
                (plainly, &why),
            ],
            console,
        )
    }

    /// The time and the project; a new day gets a line of its own.
    fn head(
        &mut self,
        at: Timestamp,
        project: ProjectId,
        names: &Names,
        console: &mut Console,
    ) -> io::Result<Vec<String>> {
        let short = times::short(at);
        let (day, clock) = short.split_once(' ').unwrap_or(("", &short));
        if day != self.day {
            let dim = console.style(DIM);
            console.line(format_args!("{dim}{day} UTC{dim:#}"))?;
            day.clone_into(&mut self.day);
        }
        let slug = names.of(project).map(str::to_owned);
        Ok([Some(clock.to_owned()), slug]
            .into_iter()
            .flatten()
            .collect())
    }
}

/// Writes head and parts, cut to the width of the terminal.
fn line(
    head: &[String],
    parts: [(anstyle::Style, &str); 3],
    console: &mut Console,
) -> io::Result<()> {
    let dim = console.style(DIM);
    let mut left = console.columns();
    let head = head.join("  ");
    left = left.saturating_sub(head.chars().count());
    let mut text = format!("{dim}{head}{dim:#}");
    for (index, (style, part)) in parts.into_iter().enumerate() {
        let max = if index == 1 {
            USER_CHARS_MAX.max(left / 3)
        } else {
            left
        };
        let part = cut(&plain(part), max.min(left.saturating_sub(2)));
        if part.is_empty() {
            continue;
        }
        left = left.saturating_sub(2 + part.chars().count());
        let style = console.style(style);
        text.extend([format!("  {style}{part}{style:#}")]);
    }
    console.line(format_args!("{text}"))
}

fn cut(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars.saturating_sub(1)).collect();
    if kept.is_empty() { kept } else { kept + "…" }
}

/// Whether nobody can read the output any more: then there may never be a line that fails.
#[cfg(unix)]
pub(super) fn reader_is_gone() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let out = io::stdout();
    let mut asked = [PollFd::new(&out, PollFlags::empty())];
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let gone = PollFlags::ERR | PollFlags::NVAL;
    poll(&mut asked, Some(&at_once)).is_ok() && asked[0].revents().intersects(gone)
}

#[cfg(not(unix))]
pub(super) fn reader_is_gone() -> bool {
    false
}
