//! Tables, columns and references of a database, and which of the columns have to move.

use tokio_postgres::Client;

use crate::fixture::{Expect, Order, Rule};

/// What a database is made of.
pub(crate) struct Picture {
    pub(crate) tables: Vec<Table>,
    /// Views, plain and materialized: their names in SQL, and their columns that cannot hold keys.
    pub(crate) views: Vec<(String, Vec<String>)>,
    /// Sequences that belong to keys, as `pg_dump` calls them: schema and name.
    pub(crate) sequences: Vec<(String, String)>,
}

/// One table.
pub(crate) struct Table {
    pub(crate) schema: String,
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) links: Vec<Link>,
}

/// One column.
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) moves: bool,
    /// The rule for its values, if it is a key and no reference.
    pub(crate) rule: Option<KeyRule>,
    kind: String,
}

/// What the new values of a key must be.
#[derive(Clone, Debug)]
pub(crate) struct KeyRule {
    pub(crate) order: Order,
    pub(crate) time: Time,
}

/// Where a row's time is.
#[derive(Clone, Debug)]
pub(crate) enum Time {
    /// In a column, in a zone if it has none itself.
    Column(String, Option<String>),
    /// In the new key of the row referred to.
    Parent(String),
    /// Nowhere.
    None,
}

/// One foreign key.
pub(crate) struct Link {
    pub(crate) name: String,
    /// The table referred to, by place.
    pub(crate) target: usize,
    /// Column here, column there.
    pub(crate) pairs: Vec<(String, String)>,
}

impl Table {
    /// As SQL writes it.
    pub(crate) fn sql(&self) -> String {
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }
}

impl Picture {
    /// Reads the catalog.
    pub(crate) async fn take(client: &Client, expect: &Expect) -> Result<Self, String> {
        let mut tables = tables(client).await?;
        links(client, &mut tables).await?;
        for key in &expect.keys {
            let found = column(&mut tables, key);
            found
                .ok_or_else(|| format!("there is no column `{key}`"))?
                .moves = true;
        }
        follow(&mut tables);
        rules(&mut tables, expect)?;
        let sequences = sequences(client, &tables).await?;
        Ok(Self {
            tables,
            views: views(client).await?,
            sequences,
        })
    }
}

/// A name in SQL.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn column<'a>(tables: &'a mut [Table], path: &str) -> Option<&'a mut Column> {
    for table in tables {
        for column in &mut table.columns {
            if format!("{}.{}.{}", table.schema, table.name, column.name) == path {
                return Some(column);
            }
        }
    }
    None
}

async fn tables(client: &Client) -> Result<Vec<Table>, String> {
    let sql = "
        SELECT n.nspname::text, c.relname::text, a.attname::text,
               format_type(a.atttypid, a.atttypmod)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%'
          AND n.nspname NOT IN ('information_schema', 'idshift')
        ORDER BY 1, 2, a.attnum";
    let mut tables: Vec<Table> = Vec::new();
    for row in client
        .query(sql, &[])
        .await
        .map_err(|error| format!("{error:?}"))?
    {
        let (schema, name): (String, String) = (row.get(0), row.get(1));
        let is_new = tables
            .last()
            .is_none_or(|last| (&last.schema, &last.name) != (&schema, &name));
        if is_new {
            tables.push(Table {
                schema,
                name,
                columns: Vec::new(),
                links: Vec::new(),
            });
        }
        if let (Some(name), Some(table)) = (row.get::<_, Option<String>>(2), tables.last_mut()) {
            table.columns.push(Column {
                name,
                moves: false,
                rule: None,
                kind: row.get(3),
            });
        }
    }
    Ok(tables)
}

async fn links(client: &Client, tables: &mut [Table]) -> Result<(), String> {
    let sql = "
        SELECT n.nspname::text, c.relname::text, k.conname::text, tn.nspname::text,
            t.relname::text,
            ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(n, o)
                JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY o),
            ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(n, o)
                JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY o)
        FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_class t ON t.oid = k.confrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
        WHERE k.contype = 'f' ORDER BY 3";
    for row in client
        .query(sql, &[])
        .await
        .map_err(|error| format!("{error:?}"))?
    {
        let text = |place: usize| row.get::<_, String>(place);
        let at = |schema: String, name: String| {
            let mut each = tables.iter();
            each.position(|table| (&table.schema, &table.name) == (&schema, &name))
        };
        let ends = at(text(0), text(1)).zip(at(text(3), text(4)));
        let Some((table, target)) = ends else {
            continue;
        };
        let (here, there): (Vec<String>, Vec<String>) = (row.get(5), row.get(6));
        let pairs = here.into_iter().zip(there).collect();
        tables[table].links.push(Link {
            name: text(2),
            target,
            pairs,
        });
    }
    Ok(())
}

/// Whatever refers to a column that moves, moves.
fn follow(tables: &mut [Table]) {
    loop {
        let mut found = Vec::new();
        for (place, table) in tables.iter().enumerate() {
            for link in &table.links {
                for (here, there) in &link.pairs {
                    let moves = |place: usize, name: &str| {
                        let mut columns = tables[place].columns.iter();
                        columns.any(|column| column.name == name && column.moves)
                    };
                    if moves(link.target, there) && !moves(place, here) {
                        found.push((place, here.clone()));
                    }
                }
            }
        }
        if found.is_empty() {
            return;
        }
        for (place, name) in found {
            for column in &mut tables[place].columns {
                column.moves |= column.name == name;
            }
        }
    }
}

/// Gives every column that moves and refers to nothing the rule that it is judged by.
fn rules(tables: &mut [Table], expect: &Expect) -> Result<(), String> {
    for rule in &expect.rules {
        column(tables, &rule.column).ok_or_else(|| format!("no column `{}`", rule.column))?;
    }
    for table in tables {
        let kind_of = |name: &str| {
            let mut columns = table.columns.iter();
            columns
                .find(|column| column.name == name)
                .map(|column| column.kind.clone())
        };
        let created = kind_of("created_at");
        let mut made = Vec::new();
        for column in table.columns.iter().filter(|column| column.moves) {
            let mut pairs = table.links.iter().flat_map(|link| &link.pairs);
            if pairs.any(|(here, _)| *here == column.name) {
                continue;
            }
            let path = format!("{}.{}.{}", table.schema, table.name, column.name);
            let said = expect.rules.iter().find(|rule| rule.column == path);
            made.push((column.name.clone(), rule(column, said, created.as_deref())));
        }
        for (name, rule) in made {
            let mut columns = table.columns.iter_mut();
            columns
                .find(|column| column.name == name)
                .expect("it was there")
                .rule = Some(rule);
        }
    }
    Ok(())
}

fn rule(column: &Column, said: Option<&Rule>, created: Option<&str>) -> KeyRule {
    let usual = match column.kind.as_str() {
        "smallint" | "integer" | "bigint" => Order::Id,
        _ => Order::Time,
    };
    let time = match (
        said.and_then(|r| r.time.clone()),
        said.and_then(|r| r.parent.clone()),
    ) {
        (Some(time), _) => Time::Column(time, said.and_then(|rule| rule.zone.clone())),
        (None, Some(parent)) => Time::Parent(parent),
        (None, None) if created == Some("timestamp with time zone") => {
            Time::Column("created_at".to_owned(), None)
        }
        (None, None) => Time::None,
    };
    KeyRule {
        order: said.and_then(|rule| rule.order).unwrap_or(usual),
        time,
    }
}

/// Views with the columns whose values no migration of keys may change.
async fn views(client: &Client) -> Result<Vec<(String, Vec<String>)>, String> {
    let sql = "
        SELECT format('%I.%I', n.nspname, c.relname), ARRAY(SELECT a.attname::text
            FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
            AND a.atttypid IN ('text'::regtype, 'date'::regtype, 'boolean'::regtype,
                'numeric'::regtype) AND a.attname NOT LIKE '%id' ORDER BY a.attnum)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('v', 'm') AND c.relispopulated
          AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1";
    let rows = client
        .query(sql, &[])
        .await
        .map_err(|error| format!("{error:?}"))?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Sequences that go with a key that moves.
async fn sequences(client: &Client, tables: &[Table]) -> Result<Vec<(String, String)>, String> {
    let sql = "
        SELECT n.nspname::text, s.relname::text, tn.nspname::text, t.relname::text,
               a.attname::text
        FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
        JOIN pg_namespace n ON n.oid = s.relnamespace
        JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')";
    let rows = client
        .query(sql, &[])
        .await
        .map_err(|error| format!("{error:?}"))?;
    let mut found = Vec::new();
    for row in &rows {
        let (schema, table, column): (String, String, String) =
            (row.get(2), row.get(3), row.get(4));
        let moves = tables.iter().any(|one| {
            (&one.schema, &one.name) == (&schema, &table)
                && one
                    .columns
                    .iter()
                    .any(|one| one.name == column && one.moves)
        });
        if moves {
            found.push((row.get(0), row.get(1)));
        }
    }
    Ok(found)
}
