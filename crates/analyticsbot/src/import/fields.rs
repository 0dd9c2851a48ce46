//! Which field of an event a column or member of the input is.

use event::{Draft, Limits};

use crate::refusal::Refusal;

/// The fields that only an export has beside those of any event.
pub(super) const OF_AN_EXPORT: [&str; 8] = [
    "id",
    "project_id",
    "received_at",
    "original_timestamp",
    "user_agent",
    "ip_address",
    "canonical_id",
    "source",
];

/// What `--map` says: the names of the input that stand for others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Renames(Vec<Rename>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rename {
    from: String,
    to: String,
    /// `to` as a JSON string.
    quoted: String,
}

impl Renames {
    /// Reads `name=field` of each argument.
    pub(super) fn parse(arguments: &[String]) -> Result<Self, Refusal> {
        let mut renames: Vec<Rename> = Vec::new();
        for argument in arguments {
            // The last sign: a header may hold one, a field of ours does not.
            let pair = argument.rsplit_once('=');
            let Some((from, to)) = pair.filter(|(from, to)| !from.is_empty() && !to.is_empty())
            else {
                let message = format!("`{argument}` is not of the form name=field");
                return Err(Refusal::usage(message).hint("for example `--map id=messageId`"));
            };
            if renames.iter().any(|rename| rename.from == from) {
                return Err(Refusal::usage(format!("`{from}` is mapped twice")));
            }
            renames.push(Rename {
                from: from.to_owned(),
                to: to.to_owned(),
                quoted: quoted(to),
            });
        }
        Ok(Self(renames))
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name, as a JSON string, that stands for this one.
    pub(super) fn of(&self, name: &[u8]) -> Option<&str> {
        let found = self.0.iter().find(|rename| rename.from.as_bytes() == name);
        found.map(|rename| rename.quoted.as_str())
    }

    /// The name that stands for this column, or its own.
    fn column<'a>(&'a self, name: &'a str) -> &'a str {
        let found = self.0.iter().find(|rename| rename.from == name);
        found.map_or(name, |rename| &rename.to)
    }

    /// The first that names no column of `header`.
    pub(super) fn unknown(&self, header: &[String]) -> Option<&str> {
        let mut names = self.0.iter().map(|rename| rename.from.as_str());
        names.find(|name| !header.iter().any(|column| column == name))
    }

    /// The first whose target lies within another field, which only columns can.
    pub(super) fn nested(&self) -> Option<&str> {
        let mut names = self.0.iter().map(|rename| rename.to.as_str());
        names.find(|to| member_of(to).is_some())
    }
}

/// What becomes of the cells of one column; names are JSON strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A field of the event, as text.
    Field(String),
    /// All properties, as a JSON object.
    Properties,
    /// One property, by its type.
    Property(String),
    /// All the context, as a JSON object.
    Context,
    /// One member of the context, by its type.
    InContext(String),
}

/// The targets of a header's columns, after renaming.
pub(super) fn targets(header: &[String], renames: &Renames) -> Vec<Target> {
    let exported = ["id", "received_at", "source"];
    let has = |name: &&str| header.iter().any(|column| column == name);
    let exported = exported.iter().all(has);
    let target = |column: &String| {
        let name = renames.column(column);
        match member_of(name) {
            Some(target) => target,
            None if name == "properties" => Target::Properties,
            None if name == "context" => Target::Context,
            None if is_field(name) => Target::Field(quoted(name)),
            None if exported && OF_AN_EXPORT.contains(&name) => Target::Field(quoted(name)),
            None => Target::Property(quoted(name)),
        }
    };
    header.iter().map(target).collect()
}

/// `properties.plan` and `context.locale`.
fn member_of(name: &str) -> Option<Target> {
    let property = |name| Target::Property(quoted(name));
    let in_context = |name| Target::InContext(quoted(name));
    let found = name.strip_prefix("properties.").map(property);
    found.or_else(|| name.strip_prefix("context.").map(in_context))
}

/// Whether an event knows a field of this name: asked of the one who reads events, who alone knows.
fn is_field(name: &str) -> bool {
    let event = format!("{{{}:\"x\"}}", quoted(name));
    let draft = Draft::read(0, event.as_bytes(), &Limits::NONE);
    draft.is_ok_and(|draft| draft.extra.is_empty())
}

/// `text` as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_column_is_a_field_that_events_have_or_a_property() {
        let field = |name| Target::Field(quoted(name));
        let property = |name| Target::Property(quoted(name));
        let renames = Renames::parse(&owned(&["who=user_id", "a=b=properties.time"])).unwrap();
        let header = [
            ("event", field("event")),
            ("distinct_id", field("distinct_id")),
            ("$insert_id", field("$insert_id")),
            ("plan", property("plan")),
            ("Event", property("Event")),
            ("id", property("id")),
            ("properties", Target::Properties),
            ("properties.event", property("event")),
            ("context.locale", Target::InContext(quoted("locale"))),
            ("who", field("user_id")),
            ("a=b", property("time")),
            ("say \"x\"", property("say \"x\"")),
        ];
        for (column, expected) in header {
            assert_eq!(targets(&owned(&[column]), &renames), [expected], "{column}");
        }
    }

    #[test]
    fn the_columns_of_an_export_are_known_together() {
        let header = owned(&["id", "source", "received_at", "ip_address", "plan"]);
        let found = targets(&header, &Renames::default());
        let of_export = |target: &&Target| matches!(target, Target::Field(_));
        assert_eq!(found.iter().filter(of_export).count(), 4);
    }

    #[test]
    fn what_is_no_pair_is_refused() {
        for bad in [&["a"][..], &["=a"], &["a="], &["a=b", "a=c"]] {
            assert!(Renames::parse(&owned(bad)).is_err(), "{bad:?}");
        }
        let renames = Renames::parse(&owned(&["a=b", "c=context.d"])).unwrap();
        assert_eq!(renames.unknown(&owned(&["a", "b"])), Some("c"));
        assert_eq!(renames.unknown(&owned(&["c", "a"])), None);
        assert_eq!(renames.nested(), Some("context.d"));
    }
}
