//! Columns: types, defaults, rights and comments of their own.

use tokio_postgres::Client;

use crate::plan::Grant;

/// One column of a table.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// As `format_type` prints it; of a domain, the type that it stands on.
    pub(crate) type_name: String,
    /// `pg_type.typname` of the same where it is the system's own; else empty.
    pub(crate) base: String,
    pub(crate) not_null: bool,
    /// The default as SQL, none for a generated column.
    pub(crate) default: Option<String>,
    pub(crate) identity: bool,
    pub(crate) generated: bool,
    pub(crate) comment: Option<String>,
    pub(crate) grants: Vec<Grant>,
}

impl Column {
    /// Whether the database gives it a value by itself.
    pub(crate) fn issued(&self) -> bool {
        self.identity || self.default.is_some()
    }

    /// Whether it counts up by itself.
    pub(crate) fn counts(&self) -> bool {
        let default = self.default.as_deref();
        self.identity || default.is_some_and(|default| default.starts_with("nextval("))
    }

    pub(crate) fn is_integer(&self) -> bool {
        matches!(self.base.as_str(), "int2" | "int4" | "int8")
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.base.as_str(), "text" | "varchar" | "bpchar")
    }

    pub(crate) fn is_time(&self) -> bool {
        matches!(self.base.as_str(), "timestamptz" | "timestamp" | "date")
    }
}

pub(super) async fn read(
    client: &Client,
) -> Result<Vec<(u32, i16, Column)>, tokio_postgres::Error> {
    let rows = client
        .query(
            "-- catalog.columns
            SELECT a.attrelid, a.attnum, a.attname, format_type(b.type, b.modifier),
                   CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace
                        THEN t.typname::text ELSE '' END,
                   a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity <> '',
                   a.attgenerated <> '', col_description(a.attrelid, a.attnum),
                   ARRAY(SELECT concat_ws(E'\\t', g.privilege_type,
                           CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END,
                           g.is_grantable::text)
                         FROM aclexplode(a.attacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee)
            FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
            CROSS JOIN LATERAL (
                WITH RECURSIVE under (type, modifier) AS (
                    SELECT a.atttypid, a.atttypmod
                    UNION ALL
                    SELECT d.typbasetype, d.typtypmod FROM under
                    JOIN pg_type d ON d.oid = under.type AND d.typtype = 'd')
                SELECT u.type, u.modifier FROM under u
                JOIN pg_type d ON d.oid = u.type AND d.typtype <> 'd') b
            JOIN pg_type t ON t.oid = b.type
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attnum > 0 AND NOT a.attisdropped
              AND c.relnamespace NOT IN (
                'pg_catalog'::regnamespace, 'information_schema'::regnamespace)",
            &[],
        )
        .await?;
    let column = |row: &tokio_postgres::Row| {
        let generated: bool = row.get(8);
        let default: Option<String> = row.get(6);
        Column {
            name: row.get(2),
            type_name: row.get(3),
            base: row.get(4),
            not_null: row.get(5),
            default: default.filter(|_| !generated),
            identity: row.get(7),
            generated,
            comment: row.get(9),
            grants: row
                .get::<_, Vec<String>>(10)
                .iter()
                .filter_map(|text| grant(text))
                .collect(),
        }
    };
    Ok(rows
        .iter()
        .map(|row| (row.get(0), row.get(1), column(row)))
        .collect())
}

fn grant(text: &str) -> Option<Grant> {
    let mut parts = text.split('\t');
    Some(Grant {
        right: parts.next()?.to_owned(),
        to: parts.next()?.to_owned(),
        pass_on: parts.next()? == "true",
    })
}
