//! Foreign keys with everything that is needed to make them again.

use tokio_postgres::Client;

use crate::plan::Rules;

/// One foreign key.
#[derive(Debug)]
pub(crate) struct ForeignKey {
    pub(crate) name: String,
    pub(crate) table: u32,
    pub(crate) columns: Vec<i16>,
    pub(crate) target: u32,
    pub(crate) target_columns: Vec<i16>,
    /// `set_columns` is empty here; the numbers are in [`Self::set_columns`].
    pub(crate) rules: Rules,
    pub(crate) set_columns: Vec<i16>,
    pub(crate) validated: bool,
    pub(crate) comment: Option<String>,
}

pub(super) async fn read(client: &Client) -> Result<Vec<ForeignKey>, tokio_postgres::Error> {
    let rows = client
        .query(
            "-- catalog.foreign_keys
            SELECT k.conname, k.conrelid, k.conkey, k.confrelid, k.confkey,
                   k.confmatchtype = 'f', k.confdeltype::text, k.confupdtype::text,
                   k.condeferrable, k.condeferred, k.convalidated,
                   obj_description(k.oid, 'pg_constraint'),
                   -- The column is there from PostgreSQL 15 on.
                   ARRAY(SELECT jsonb_array_elements_text(
                       CASE jsonb_typeof(to_jsonb(k) -> 'confdelsetcols')
                       WHEN 'array' THEN to_jsonb(k) -> 'confdelsetcols' ELSE '[]' END)::int2)
            FROM pg_constraint k
            WHERE k.contype = 'f' AND k.conparentid = 0
            ORDER BY k.conrelid, k.conname",
            &[],
        )
        .await?;
    let key = |row: &tokio_postgres::Row| ForeignKey {
        name: row.get(0),
        table: row.get(1),
        columns: row.get(2),
        target: row.get(3),
        target_columns: row.get(4),
        rules: Rules {
            match_full: row.get(5),
            on_delete: action(row.get(6)),
            on_update: action(row.get(7)),
            deferrable: row.get(8),
            deferred: row.get(9),
            set_columns: Vec::new(),
        },
        validated: row.get(10),
        comment: row.get(11),
        set_columns: row.get(12),
    };
    Ok(rows.iter().map(key).collect())
}

fn action(letter: &str) -> String {
    match letter {
        "r" => "RESTRICT",
        "c" => "CASCADE",
        "n" => "SET NULL",
        "d" => "SET DEFAULT",
        _ => "NO ACTION",
    }
    .to_owned()
}
