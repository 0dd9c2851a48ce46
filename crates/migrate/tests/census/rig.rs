//! A database of one case, and the exchange of its columns by hand.

use std::fs;
use std::path::{Path, PathBuf};

use migrate::census::{Choices, Dependent, Name, Swap};
use tokio_postgres::{Client, NoTls};

use crate::dump;

/// One case on a database of its own.
pub(crate) struct Rig {
    pub(crate) client: Client,
    pub(crate) swaps: Vec<Swap>,
    pub(crate) choices: Choices,
    /// Which of the columns are NOT NULL.
    required: Vec<bool>,
    /// Whether the columns can be exchanged by hand.
    pub(crate) exchange: bool,
    url: String,
    programs: PathBuf,
    _database: testkit::Database<'static>,
}

/// What the steps for keys do, as statements: constraints and plain indexes.
struct Keys {
    drop: Vec<String>,
    create: Vec<String>,
}

impl Rig {
    /// The database with the schema of the case; nothing on a machine without PostgreSQL.
    pub(crate) async fn start(case: &Path) -> Option<Self> {
        let server = testkit::postgres_or_skip()?;
        let name = case.file_name().unwrap().to_string_lossy();
        let database = server.database(&name).unwrap();
        let url = database.url();
        let client = connected(&url).await;
        // Before the schema, which may take another role.
        let programs = programs(&client).await;
        roles(&client).await;
        let schema = fs::read_to_string(case.join("schema.sql")).unwrap();
        client
            .batch_execute(&schema)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let mut rig = Self {
            swaps: Vec::new(),
            choices: Choices::default(),
            required: Vec::new(),
            programs,
            client,
            exchange: !schema.contains("\n-- no exchange\n"),
            url,
            _database: database,
        };
        for line in schema.lines() {
            if let Some(columns) = line.strip_prefix("-- moves: ") {
                for column in columns.split(", ") {
                    let (swap, required) = swap(&rig.client, column).await;
                    rig.swaps.push(swap);
                    rig.required.push(required);
                }
            } else if let Some(answer) = line.strip_prefix("-- answer: ") {
                let (key, value) = answer.split_once('=').unwrap();
                rig.choices.answers.insert(key.to_owned(), value.to_owned());
            } else if line == "-- strict" {
                rig.choices.strict = true;
            } else if let Some(bytes) = line.strip_prefix("-- materialized_bytes_max: ") {
                rig.choices.materialized_bytes_max = bytes.parse().unwrap();
            }
        }
        Some(rig)
    }

    /// Exchanges the columns and takes it back.
    ///
    /// # Errors
    ///
    /// What did not come back, or which statement the server refused.
    pub(crate) async fn round_trip(&self, dependents: &[Dependent]) -> Result<(), String> {
        let before = self.dump();
        for (swap, required) in self.swaps.iter().zip(&self.required) {
            let (table, new) = (&swap.table, quoted(&swap.new_column));
            let nulls = "DEFAULT gen_random_uuid()";
            self.run(&format!(
                "ALTER TABLE {table} ADD COLUMN {new} uuid {nulls}"
            ))
            .await?;
            self.run(&format!("ALTER TABLE {table} ALTER {new} DROP DEFAULT"))
                .await?;
            if *required {
                self.run(&format!("ALTER TABLE {table} ALTER {new} SET NOT NULL"))
                    .await?;
            }
        }
        let keys = self.keys().await;
        self.all(self.cut_over(dependents, &keys)).await?;
        let columns: Vec<String> = self.swaps.iter().map(|swap| swap.column.clone()).collect();
        let was = dump::entries(&before, &columns);
        if let Some(fault) = dump::difference(&was, &dump::entries(&self.dump(), &columns)) {
            return Err(format!("after the cut-over {fault}"));
        }
        self.all(self.take_back(dependents, &keys)).await?;
        let after = self.dump();
        if before == after {
            return Ok(());
        }
        let difference =
            dump::difference(&dump::entries(&before, &[]), &dump::entries(&after, &[]));
        Err(format!(
            "after the way back {}",
            difference.unwrap_or(after)
        ))
    }

    fn cut_over(&self, dependents: &[Dependent], keys: &Keys) -> Vec<String> {
        let each = dependents.iter();
        let before = each.clone().flat_map(|dependent| &dependent.before);
        let mut statements: Vec<String> = before.map(|before| before.sql.clone()).collect();
        statements.push("BEGIN".to_owned());
        statements.extend(
            each.clone()
                .rev()
                .flat_map(|dependent| dependent.drop.clone()),
        );
        statements.extend(keys.drop.iter().cloned());
        for swap in &self.swaps {
            statements.push(rename(swap, &swap.column, &format!("{}__old", swap.column)));
            statements.push(rename(swap, &swap.new_column, &swap.column));
        }
        statements.extend(keys.create.iter().cloned());
        statements.extend(each.clone().flat_map(|dependent| dependent.create.clone()));
        statements.push("COMMIT".to_owned());
        statements.extend(each.flat_map(|dependent| dependent.after.clone()));
        statements
    }

    fn take_back(&self, dependents: &[Dependent], keys: &Keys) -> Vec<String> {
        let each = dependents.iter();
        let mut statements = vec!["BEGIN".to_owned()];
        statements.extend(
            each.clone()
                .rev()
                .flat_map(|dependent| dependent.undo_drop.clone()),
        );
        statements.extend(keys.drop.iter().cloned());
        for swap in &self.swaps {
            statements.push(rename(swap, &swap.column, &swap.new_column));
            statements.push(rename(swap, &format!("{}__old", swap.column), &swap.column));
        }
        statements.extend(keys.create.iter().cloned());
        statements.extend(
            each.clone()
                .flat_map(|dependent| dependent.undo_create.clone()),
        );
        statements.push("COMMIT".to_owned());
        statements.extend(
            each.clone()
                .flat_map(|dependent| dependent.undo_after.clone()),
        );
        let before = each.flat_map(|dependent| &dependent.before);
        statements.extend(before.map(|before| before.undo.clone()));
        for swap in &self.swaps {
            let (table, new) = (&swap.table, quoted(&swap.new_column));
            statements.push(format!("ALTER TABLE {table} DROP COLUMN {new}"));
        }
        statements
    }

    async fn all(&self, statements: Vec<String>) -> Result<(), String> {
        for sql in statements {
            self.run(&sql).await?;
        }
        Ok(())
    }

    async fn run(&self, sql: &str) -> Result<(), String> {
        let said = self.client.batch_execute(sql).await;
        said.map_err(|error| format!("{sql}\n{error:?}"))
    }

    fn dump(&self) -> String {
        dump::schema(&self.programs, &self.url)
    }

    /// Constraints and plain indexes over the columns, by their own definitions.
    async fn keys(&self) -> Keys {
        let sql = "
            WITH swap AS (SELECT * FROM unnest($1::oid[], $2::int2[]) AS swap(relid, attnum))
            SELECT DISTINCT contype = 'f', format('ALTER TABLE %s DROP CONSTRAINT %I',
                    conrelid::regclass, conname),
                format('ALTER TABLE %s ADD CONSTRAINT %I %s',
                    conrelid::regclass, conname, pg_get_constraintdef(oid))
            FROM pg_constraint
            JOIN swap ON conrelid = relid AND attnum = ANY(conkey)
            WHERE contype IN ('p', 'u', 'f')
            UNION ALL
            SELECT DISTINCT false, format('DROP INDEX %s', indexrelid::regclass),
                pg_get_indexdef(indexrelid)
            FROM pg_index
            JOIN swap ON indrelid = relid AND attnum = ANY(indkey::int2[])
            WHERE indexprs IS NULL AND indpred IS NULL
                AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
            UNION ALL
            SELECT DISTINCT true, 'SELECT', format('ALTER TABLE %s %s %I', indrelid::regclass,
                mark.action, relname)
            FROM pg_index
            JOIN pg_class ON oid = indexrelid
            JOIN swap ON indrelid = relid AND attnum = ANY(indkey::int2[])
            CROSS JOIN LATERAL (VALUES (indisclustered, 'CLUSTER ON'),
                (indisreplident, 'REPLICA IDENTITY USING INDEX')) AS mark(marked, action)
            WHERE mark.marked
            ORDER BY 1, 2";
        let tables: Vec<u32> = self.swaps.iter().map(|swap| swap.table_oid).collect();
        let attnums: Vec<i16> = self.swaps.iter().map(|swap| swap.attnum).collect();
        let rows = self.client.query(sql, &[&tables, &attnums]).await.unwrap();
        let mut drop: Vec<String> = rows.iter().map(|row| row.get(1)).collect();
        // References go before the keys that they refer to, and come after them.
        drop.reverse();
        Keys {
            drop,
            create: rows.iter().map(|row| row.get(2)).collect(),
        }
    }
}

/// A connection whose driver runs beside the test.
pub(crate) async fn connected(url: &str) -> Client {
    let (client, driver) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(async move {
        // It ends with an error when the database is dropped under it, after the test.
        drop(driver.await);
    });
    client
}

/// Roles belong to the server, and other tests make them at the same time.
pub(crate) async fn roles(client: &Client) {
    for role in ["census_reader", "census_owner"] {
        let sql = format!(
            "DO $$ BEGIN CREATE ROLE {role}; EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        );
        client.batch_execute(&sql).await.unwrap();
    }
}

async fn programs(client: &Client) -> PathBuf {
    let sql = "SELECT setting FROM pg_config WHERE name = 'BINDIR'";
    let folder: String = client.query_one(sql, &[]).await.unwrap().get(0);
    PathBuf::from(folder)
}

/// The swap of a column that is spelt `schema.table.column`.
async fn swap(client: &Client, column: &str) -> (Swap, bool) {
    let [schema, table, column] = column.splitn(3, '.').collect::<Vec<_>>()[..] else {
        panic!("`{column}` is not of the form schema.table.column");
    };
    let sql = "SELECT owner.oid, attribute.attnum, format_type(atttypid, atttypmod),
            attnotnull
        FROM pg_class AS owner
        JOIN pg_attribute AS attribute ON attrelid = owner.oid
        WHERE relnamespace = CASE $1 WHEN 'pg_temp' THEN pg_my_temp_schema()
            ELSE (SELECT oid FROM pg_namespace WHERE nspname = $1) END
            AND relname = $2 AND attname = $3";
    let row = client
        .query_one(sql, &[&schema, &table, &column])
        .await
        .unwrap();
    let swap = Swap {
        table_oid: row.get(0),
        table: Name::new(schema, table),
        column: column.to_owned(),
        attnum: row.get(1),
        old_type: row.get(2),
        new_type: "uuid".to_owned(),
        new_column: format!("{column}__new"),
    };
    (swap, row.get(3))
}

fn rename(swap: &Swap, from: &str, to: &str) -> String {
    let (table, from, to) = (&swap.table, quoted(from), quoted(to));
    format!("ALTER TABLE {table} RENAME COLUMN {from} TO {to}")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
