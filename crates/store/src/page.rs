//! Questions for pages of rows, and the marks by which the next page goes on.

use core::fmt;

use event::{Event, ProjectId};
use ids::{Timestamp, Uuid};

use crate::Refusal;

/// Whose events to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One tenant's: all that may be shown to anybody.
    Project(ProjectId),
    /// Everybody's, in one stream: for the columnar copy and for backups, which keep tenants apart
    /// themselves. The one read that does not name its tenant.
    Everything,
}

/// A place in the order of commits, just behind an event. Opaque but for its order; its text form
/// can be kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    pub(crate) position: i64,
    pub(crate) ordinal: i32,
}

impl Cursor {
    /// Before the first event.
    pub const START: Self = Self {
        position: 0,
        ordinal: 0,
    };

    /// Reads the text form. None if it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (position, ordinal) = text.split_once('.')?;
        let (position, ordinal) = (position.parse().ok()?, ordinal.parse().ok()?);
        (position >= 0 && ordinal >= 0).then_some(Self { position, ordinal })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.position, self.ordinal)
    }
}

/// Events in the order of commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// At most as many as asked for; may be none while there is more, if others' events were passed
    /// over.
    pub events: Vec<Event>,
    /// Where to go on. Equal to the cursor that was given if there was nothing to pass.
    pub cursor: Cursor,
}

/// Which events of a project. Empty: all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of this user: `user_id` or `anonymous_id`.
    pub user: Option<String>,
    /// With this name.
    pub name: Option<String>,
    /// Not before this moment.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
}

/// A piece of a list that has the newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Only rows with a lesser id: the `next` of the page before.
    pub before: Option<Uuid>,
    /// How many rows at most; [`page_rows_max`](crate::Config::page_rows_max) if it is more.
    pub limit: usize,
}

/// Events of one project, in the order of ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventPage {
    /// May be fewer than asked for, also while there is a next page.
    pub events: Vec<Event>,
    /// For [`Cut::before`], or `after` of [`scan`](crate::Journal::scan), of the next page. None if
    /// there is none.
    pub next: Option<Uuid>,
}

/// Refusals of one project, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalPage {
    /// At most as many as asked for.
    pub refusals: Vec<Refusal>,
    /// For [`Cut::before`] of the next page. None if there is none.
    pub next: Option<Uuid>,
}

/// The span of ids to look through and the exact span of time within it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// First id.
    pub(crate) lower: Uuid,
    /// The id behind the last.
    pub(crate) upper: Uuid,
    /// First moment.
    pub(crate) from: Timestamp,
    /// The moment behind the last.
    pub(crate) to: Timestamp,
    /// Every row in the span of ids matches, so that a page looks at no more rows than it returns
    /// and needs no place where its search ends.
    pub(crate) all_match: bool,
}

/// Wide enough for every stored moment, and within both databases' range: years -4000 and 200000.
const EARLIEST: Timestamp = Timestamp::from_unix_ms(-188_395_000_000_000);
const LATEST: Timestamp = Timestamp::from_unix_ms(6_249_223_000_000_000);

impl Bounds {
    /// An event's id holds the millisecond of its time, so a span of time is a span of the key.
    pub(crate) fn of(filter: &EventFilter, cut: Cut) -> Self {
        let from = filter.from.unwrap_or(EARLIEST).clamp(EARLIEST, LATEST);
        let to = filter.to.unwrap_or(LATEST).clamp(EARLIEST, LATEST);
        let first_of = |ms: i64| Uuid::first_of(u64::try_from(ms).unwrap_or(0));
        // Else any number of events of the same millisecond may lie outside.
        let is_whole = |at: Timestamp| at == Timestamp::from_unix_ms(at.unix_ms());
        Self {
            all_match: filter.user.is_none()
                && filter.name.is_none()
                && is_whole(from)
                && is_whole(to),
            lower: first_of(from.unix_ms()).unwrap_or(Uuid::MAX),
            // The millisecond that `to` lies within still belongs to the span of ids.
            upper: first_of(to.unix_ms() + i64::from(!is_whole(to)))
                .unwrap_or(Uuid::MAX)
                .min(cut.before.unwrap_or(Uuid::MAX)),
            from,
            to,
        }
    }
}

impl Bounds {
    /// The same for pages with the oldest first: `lower` is the id before the first, `upper` is the
    /// last.
    pub(crate) fn behind(filter: &EventFilter, after: Option<Uuid>) -> Self {
        let all = Cut {
            before: None,
            limit: 0,
        };
        let bounds = Self::of(filter, all);
        let before = |id: Uuid| Uuid::from_u128(id.to_u128().saturating_sub(1));
        Self {
            lower: before(bounds.lower).max(after.unwrap_or(Uuid::NIL)),
            upper: before(bounds.upper),
            ..bounds
        }
    }
}

/// Where the next page begins: behind the last row if the page is full, else where the search
/// ended. `row` and `floor` are ids.
pub(crate) fn next_page(rows: &[Uuid], limit: usize, floor: Option<Uuid>) -> Option<Uuid> {
    if rows.len() < limit {
        return floor;
    }
    rows.last().copied()
}

/// A number of rows as a parameter of a statement.
pub(crate) fn rows(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text() {
        for cursor in [
            Cursor::START,
            Cursor {
                position: i64::MAX,
                ordinal: i32::MAX,
            },
        ] {
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }
        for bad in [
            "",
            "1",
            "1.",
            ".1",
            "-1.0",
            "1.-1",
            "1.0.0",
            "9223372036854775808.0",
        ] {
            assert_eq!(Cursor::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_span_of_time_is_a_span_of_ids_with_the_last_millisecond_in_it() {
        let at = |ns| Some(Timestamp::from_unix_ns(ns));
        let filter = EventFilter {
            from: at(5_000_000),
            to: at(7_000_001),
            ..Default::default()
        };
        let cut = Cut {
            before: None,
            limit: 1,
        };
        let bounds = Bounds::of(&filter, cut);
        assert_eq!(bounds.lower.unix_ms(), Some(5));
        assert_eq!(bounds.upper.unix_ms(), Some(8));
        let whole = EventFilter {
            to: at(7_000_000),
            ..filter.clone()
        };
        let whole = Bounds::of(&whole, cut);
        assert_eq!(
            whole.upper.unix_ms(),
            Some(7),
            "behind the last that can match"
        );
        assert!(whole.all_match);
        assert!(
            !bounds.all_match,
            "those of the rest of the last millisecond do not"
        );
        let before = Some(Uuid::first_of(6).unwrap());
        let bounds = Bounds::of(&filter, Cut { before, ..cut });
        assert_eq!(Some(bounds.upper), before);
        let all = Bounds::of(&EventFilter::default(), cut);
        assert_eq!(all.lower.unix_ms(), Some(0));
        assert_eq!(all.upper, Uuid::MAX);
        assert!(all.all_match);
    }
}
