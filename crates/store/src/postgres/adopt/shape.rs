//! Whose tables these are, by the names and types of their columns.

/// The tables of the earlier versions.
pub(super) const TABLES: [&str; 4] = [
    "analytics_projects",
    "events",
    "provider_configs",
    "event_queue",
];

/// The columns without which a table is not the one of an earlier version.
const COLUMNS: [(&str, &[&str]); 4] = [
    ("analytics_projects", &["id", "name", "slug", "created_at"]),
    (
        "events",
        &[
            "id",
            "project_id",
            "user_id",
            "event_name",
            "properties",
            "user_agent",
            "ip_address",
            "timestamp",
            "created_at",
        ],
    ),
    (
        "provider_configs",
        &[
            "id",
            "project_id",
            "kind",
            "name",
            "enabled",
            "settings",
            "created_at",
        ],
    ),
    (
        "event_queue",
        &["id", "event_id", "provider_id", "status", "created_at"],
    ),
];

/// Ends of the names that a column has while its key is being moved.
const UNDERWAY: [&str; 2] = ["__old", "__new"];

/// A column that was found.
pub(super) struct Column {
    pub(super) table: String,
    pub(super) name: String,
    /// Its type, without length or precision.
    pub(super) kind: String,
}

/// What the tables are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// None of them is there.
    Nothing,
    /// Those of an earlier version, whose keys are UUIDs.
    Legacy,
    /// Those of an earlier version; this one still has integer keys.
    IntegerKeys(&'static str),
    /// Those of an earlier version; this one still has the columns of a move.
    Underway(&'static str),
    /// Another program's; why that is thought.
    Stranger(String),
}

pub(super) fn of(columns: &[Column]) -> Found {
    if columns.is_empty() {
        return Found::Nothing;
    }
    let of = |table| columns.iter().filter(move |column| column.table == table);
    for (table, names) in COLUMNS {
        if of(table).next().is_none() {
            return Found::Stranger(format!("there are other tables, but no `{table}`"));
        }
        for name in names {
            if !of(table).any(|column| column.name == *name) {
                return Found::Stranger(format!("the table `{table}` has no column `{name}`"));
            }
        }
    }
    for (table, _) in COLUMNS {
        if of(table).any(|column| column.name == "id" && column.kind != "uuid") {
            return Found::IntegerKeys(table);
        }
        let ends = |column: &Column| UNDERWAY.iter().any(|end| column.name.ends_with(end));
        if of(table).any(ends) {
            return Found::Underway(table);
        }
    }
    Found::Legacy
}

#[cfg(test)]
mod tests {
    use super::*;

    fn legacy() -> Vec<Column> {
        let column = |table: &str, name: &str| Column {
            table: table.to_owned(),
            name: name.to_owned(),
            kind: if name == "id" { "uuid" } else { "text" }.to_owned(),
        };
        let tables = COLUMNS.iter();
        tables
            .flat_map(|(table, names)| names.iter().map(move |name| column(table, name)))
            .collect()
    }

    #[test]
    fn tables_are_recognised() {
        assert_eq!(of(&[]), Found::Nothing);
        assert_eq!(of(&legacy()), Found::Legacy);
        let changed = |change: fn(&mut Vec<Column>)| {
            let mut columns = legacy();
            change(&mut columns);
            of(&columns)
        };
        let integer = changed(|columns| columns[4].kind = "integer".to_owned());
        assert_eq!(integer, Found::IntegerKeys("events"));
        let underway = changed(|columns| {
            columns.push(Column {
                table: "event_queue".to_owned(),
                name: "event_id__old".to_owned(),
                kind: "integer".to_owned(),
            });
        });
        assert_eq!(underway, Found::Underway("event_queue"));
        let other = changed(|columns| columns.retain(|column| column.name != "event_name"));
        let why = "the table `events` has no column `event_name`".to_owned();
        assert_eq!(other, Found::Stranger(why));
        let alone = changed(|columns| columns.retain(|column| column.table == "events"));
        let why = "there are other tables, but no `analytics_projects`".to_owned();
        assert_eq!(alone, Found::Stranger(why));
    }
}
