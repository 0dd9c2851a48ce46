//! Reads statements that have one form in all dialects: drops, views, sequences, types, renames.

use super::change::{Change, NewTable, ObjectKind};
use super::cursor::Cursor;
use super::{Code, data_type, names};
use crate::problem::quote;
use crate::{Column, Composite, Dialect, Domain, Enum, Name, Origin, Sequence, View};

/// The changes that the statement makes; none if it is not about the picture.
///
/// Refuses, with a message, what does not follow the form.
pub(super) fn changes(text: &Code<'_>) -> Result<Vec<Change>, String> {
    let mut cursor = Cursor::new(text);
    let found = if cursor.words(&["DROP"]) {
        dropped(&mut cursor, text.dialect)
    } else if cursor.words(&["CREATE"]) {
        created(&mut cursor, text)
    } else if cursor.words(&["ALTER"]) {
        altered(&mut cursor)
    } else if cursor.words(&["RENAME", "TABLE"]) {
        renamed(&mut cursor)
    } else if cursor.words(&["SET"]) {
        Some(search_path(&mut cursor))
    } else if cursor.words(&["SELECT"]) {
        Some(selected(&mut cursor, text))
    } else {
        Some(Vec::new())
    };
    found.ok_or_else(|| {
        format!(
            "read {}: expected a name or list elsewhere",
            quote(text.text)
        )
    })
}

/// Steps over words that say nothing here, and returns what a statement is about.
fn kind(cursor: &mut Cursor<'_>) -> Option<ObjectKind> {
    const SKIPPED: [&str; 8] = [
        "OR",
        "REPLACE",
        "TEMP",
        "TEMPORARY",
        "RECURSIVE",
        "MATERIALIZED",
        "FOREIGN",
        "LOCAL",
    ];
    loop {
        let word = cursor.peek()?.to_ascii_uppercase();
        cursor.advance();
        return Some(match word.as_str() {
            "TABLE" => ObjectKind::Table,
            "VIEW" => ObjectKind::View,
            "INDEX" => ObjectKind::Index,
            "SEQUENCE" => ObjectKind::Sequence,
            "TYPE" | "DOMAIN" => ObjectKind::Type,
            "SCHEMA" => ObjectKind::Schema,
            word if SKIPPED.contains(&word) => continue,
            _ => return None,
        });
    }
}

fn dropped(cursor: &mut Cursor<'_>, dialect: Dialect) -> Option<Vec<Change>> {
    let kind = kind(cursor)?;
    cursor.words(&["CONCURRENTLY"]);
    let if_exists = cursor.words(&["IF", "EXISTS"]);
    let mut names = Vec::new();
    loop {
        names.push(match kind {
            ObjectKind::Schema => Name::new(cursor.parts()?.pop()?),
            _ => cursor.name()?,
        });
        if !cursor.words(&[","]) {
            break;
        }
    }
    if dialect == Dialect::MySql && kind == ObjectKind::Index && cursor.words(&["ON"]) {
        let table = cursor.name()?;
        let of_table = |index: Name| Change::DropIndexOf {
            table: table.clone(),
            index: index.name,
        };
        return Some(names.into_iter().map(of_table).collect());
    }
    let cascade = cursor.words(&["CASCADE"]);
    let drop = |name| Change::Drop {
        kind,
        name,
        if_exists,
        cascade,
    };
    Some(names.into_iter().map(drop).collect())
}

fn created(cursor: &mut Cursor<'_>, text: &Code<'_>) -> Option<Vec<Change>> {
    let materialized = text.text.to_ascii_uppercase().contains("MATERIALIZED VIEW");
    let kind = match kind(cursor) {
        Some(kind) => kind,
        // MySQL's algorithm and definer come before the word.
        None => cursor.seek("VIEW").then_some(ObjectKind::View)?,
    };
    let is_domain = text
        .text
        .get(..cursor.taken_to())?
        .to_ascii_uppercase()
        .ends_with("DOMAIN");
    cursor.words(&["IF", "NOT", "EXISTS"]);
    let name = cursor.name()?;
    Some(match kind {
        ObjectKind::View => vec![view(cursor, text, name, materialized)],
        ObjectKind::Sequence => sequence(cursor, text, name),
        ObjectKind::Type if is_domain => vec![domain(cursor, text, name)],
        ObjectKind::Type => new_type(cursor, text, name)?,
        ObjectKind::Table | ObjectKind::Index | ObjectKind::Schema => Vec::new(),
    })
}

fn view(cursor: &mut Cursor<'_>, text: &Code<'_>, name: Name, materialized: bool) -> Change {
    let columns = cursor.list().unwrap_or_default();
    let columns = columns.into_iter().map(|(start, end)| {
        let span = text.span(start, end);
        let name = names::identifier(text.dialect, &text.text[start..end]);
        Column::new(name, data_type::read(text.dialect, "", span), span)
    });
    let columns = columns.collect();
    let query = cursor
        .seek("AS")
        .then(|| text.text[cursor.position()..].to_owned());
    Change::CreateView(View {
        name,
        model: None,
        materialized,
        columns,
        query,
        span: text.whole(),
    })
}

fn sequence(cursor: &mut Cursor<'_>, text: &Code<'_>, name: Name) -> Vec<Change> {
    let data_type = cursor
        .words(&["AS"])
        .then(|| cursor.parts().and_then(|mut it| it.pop()));
    let created = Change::CreateSequence(Sequence {
        name: name.clone(),
        owner: None,
        data_type: data_type.flatten(),
        last_value: None,
        max_value: None,
        increment: None,
        origin: Origin::Declared,
        span: text.whole(),
    });
    let owned = owned(cursor, name);
    std::iter::once(created).chain(owned).collect()
}

/// `OWNED BY table.column` or `OWNED BY NONE`, if it is there.
fn owned(cursor: &mut Cursor<'_>, sequence: Name) -> Option<Change> {
    if !cursor.seek("OWNED") || !cursor.words(&["BY"]) {
        return None;
    }
    let mut parts = cursor.parts()?;
    let column = parts.pop()?;
    let owner = (!parts.is_empty()).then(|| (names::of_parts(parts), column));
    Some(Change::OwnSequence { sequence, owner })
}

fn domain(cursor: &mut Cursor<'_>, text: &Code<'_>, name: Name) -> Change {
    const ENDS: [&str; 6] = ["DEFAULT", "NOT", "NULL", "CHECK", "CONSTRAINT", "COLLATE"];
    cursor.words(&["AS"]);
    let start = cursor.position();
    while let Some(word) = cursor.peek() {
        if ENDS.iter().any(|end| word.eq_ignore_ascii_case(end)) {
            break;
        }
        cursor.advance();
    }
    let end = cursor.taken_to().max(start);
    let base = data_type::read(text.dialect, &text.text[start..end], text.span(start, end));
    Change::CreateDomain(Domain {
        name,
        base,
        span: text.whole(),
    })
}

fn new_type(cursor: &mut Cursor<'_>, text: &Code<'_>, name: Name) -> Option<Vec<Change>> {
    let span = text.whole();
    if !cursor.words(&["AS"]) {
        return Some(Vec::new());
    }
    if cursor.words(&["ENUM"]) {
        let list = cursor.list()?.into_iter();
        let values = list.filter_map(|(start, end)| Cursor::new(&text.part(start, end)).string());
        let values = values.collect();
        let model = None;
        return Some(vec![Change::CreateEnum(Enum {
            name,
            model,
            values,
            span,
        })]);
    }
    // A range or base type, of which nothing shows in the picture.
    let Some(list) = cursor.list() else {
        return Some(Vec::new());
    };
    let fields = list.into_iter().filter_map(|(start, end)| {
        let part = text.part(start, end);
        let mut cursor = Cursor::new(&part);
        let name = cursor.parts()?.pop()?;
        let at = cursor.position();
        let written = part.text.get(at..)?;
        let found = data_type::read(text.dialect, written, part.span(at, part.text.len()));
        Some(Column::new(name, found, part.whole()))
    });
    let fields = fields.collect();
    Some(vec![Change::CreateComposite(Composite {
        name,
        fields,
        span,
    })])
}

fn altered(cursor: &mut Cursor<'_>) -> Option<Vec<Change>> {
    let kind = kind(cursor)?;
    cursor.words(&["IF", "EXISTS"]);
    let name = match kind {
        ObjectKind::Schema => Name::new(cursor.parts()?.pop()?),
        _ => cursor.name()?,
    };
    if cursor.words(&["RENAME", "TO"]) {
        let to = cursor.name()?;
        return Some(vec![Change::Rename { kind, name, to }]);
    }
    if cursor.words(&["SET", "SCHEMA"]) && kind != ObjectKind::Index {
        let to = Name::within(cursor.parts()?.pop(), name.name.clone());
        return Some(vec![Change::Rename { kind, name, to }]);
    }
    if kind == ObjectKind::Sequence {
        let owned = owned(cursor, name);
        return Some(owned.into_iter().collect());
    }
    if cursor.words(&["ADD", "VALUE"]) {
        cursor.words(&["IF", "NOT", "EXISTS"]);
        let value = cursor.string()?;
        let before = cursor.words(&["BEFORE"]).then(|| cursor.string()).flatten();
        return Some(vec![Change::AddValue {
            name,
            value,
            before,
        }]);
    }
    if cursor.words(&["RENAME", "VALUE"]) {
        let from = cursor.string()?;
        cursor.words(&["TO"]);
        let to = cursor.string()?;
        return Some(vec![Change::RenameValue { name, from, to }]);
    }
    Some(Vec::new())
}

/// `MySQL`: `RENAME TABLE a TO b, c TO d`.
fn renamed(cursor: &mut Cursor<'_>) -> Option<Vec<Change>> {
    let mut changes = Vec::new();
    loop {
        let name = cursor.name()?;
        cursor.words(&["TO"]);
        let to = cursor.name()?;
        let kind = ObjectKind::Table;
        changes.push(Change::Rename { kind, name, to });
        if !cursor.words(&[","]) {
            return Some(changes);
        }
    }
}

/// `SET search_path TO a, b`: new names go to the first.
fn search_path(cursor: &mut Cursor<'_>) -> Vec<Change> {
    let _ = cursor.words(&["LOCAL"]) || cursor.words(&["SESSION"]);
    if !cursor.words(&["SEARCH_PATH"]) {
        return Vec::new();
    }
    let _ = cursor.words(&["TO"]) || cursor.words(&["="]);
    let first = cursor.parts().and_then(|mut parts| parts.pop());
    let named = first.filter(|it| !it.is_empty() && it != "default" && !it.starts_with('$'));
    vec![Change::UseSchema(named)]
}

/// `SELECT ... INTO table` makes a table; `SELECT set_config('search_path', ...)` is a `SET`.
fn selected(cursor: &mut Cursor<'_>, text: &Code<'_>) -> Vec<Change> {
    if text.text.contains("set_config") && text.text.contains("search_path") {
        return vec![Change::UseSchema(None)];
    }
    if !cursor.seek("INTO") || text.dialect != Dialect::PostgreSql {
        return Vec::new();
    }
    let temporary = cursor.words(&["TEMP"]) || cursor.words(&["TEMPORARY"]);
    let _ = cursor.words(&["UNLOGGED"]) || cursor.words(&["TABLE"]);
    let start = cursor.position();
    let Some(name) = cursor.name() else {
        return Vec::new();
    };
    let table = NewTable {
        name,
        if_not_exists: false,
        temporary,
        columns: Vec::new(),
        constraints: Vec::new(),
        like: Vec::new(),
        incomplete: true,
        span: text.whole(),
        name_span: text.span(start, cursor.taken_to()),
    };
    vec![Change::CreateTable(Box::new(table))]
}
