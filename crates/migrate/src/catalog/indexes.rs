//! Indexes and the constraints that they carry, member by member.

use tokio_postgres::Client;

/// One index.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a column of the catalog of its own"
)]
pub(crate) struct Index {
    pub(crate) name: String,
    pub(crate) unique: bool,
    pub(crate) primary: bool,
    /// Whether a `PRIMARY KEY` or `UNIQUE` constraint stands on it.
    pub(crate) constraint: bool,
    pub(crate) deferrable: bool,
    pub(crate) deferred: bool,
    pub(crate) valid: bool,
    /// Whether it has an expression for a member, or a predicate.
    pub(crate) special: bool,
    pub(crate) method: String,
    pub(crate) members: Vec<Member>,
    pub(crate) include: Vec<i16>,
    pub(crate) nulls_not_distinct: bool,
    pub(crate) with: Vec<String>,
    pub(crate) tablespace: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) replica_identity: bool,
    pub(crate) clustered: bool,
}

impl Index {
    /// All columns by number, those carried along included.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = i16> {
        let members = self.members.iter().map(|member| member.column);
        members.chain(self.include.iter().copied())
    }
}

/// One member of an index; the number is 0 for an expression.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) column: i16,
    /// Collation and operator class, where they are not the default.
    pub(crate) kind: String,
    /// `DESC` and `NULLS FIRST`, where they are not the default.
    pub(crate) order: String,
}

pub(super) async fn read(client: &Client) -> Result<Vec<(u32, Index)>, tokio_postgres::Error> {
    let rows = client.query(QUERY, &[]).await?;
    let index = |row: &tokio_postgres::Row| {
        let numbers: Vec<i16> = row.get(9);
        let (kinds, orders): (Vec<String>, Vec<String>) = (row.get(10), row.get(11));
        let described = kinds.into_iter().zip(orders);
        let members = numbers
            .iter()
            .zip(described)
            .map(|(column, (kind, order))| Member {
                column: *column,
                kind,
                order,
            });
        Index {
            name: row.get(1),
            unique: row.get(2),
            primary: row.get(3),
            constraint: row.get(4),
            deferrable: row.get(5),
            deferred: row.get(6),
            valid: row.get(7),
            special: row.get(8),
            members: members.collect(),
            include: row.get(12),
            method: row.get(13),
            nulls_not_distinct: row.get(14),
            with: row.get(15),
            tablespace: row.get(16),
            comment: row.get(17),
            replica_identity: row.get(18),
            clustered: row.get(19),
        }
    };
    Ok(rows.iter().map(|row| (row.get(0), index(row))).collect())
}

const QUERY: &str = "-- catalog.indexes
    SELECT i.indrelid, c.relname, i.indisunique, i.indisprimary, k.oid IS NOT NULL,
           coalesce(k.condeferrable, false), coalesce(k.condeferred, false), i.indisvalid,
           i.indexprs IS NOT NULL OR i.indpred IS NOT NULL,
           m.numbers, m.kinds, m.orders,
           ARRAY(SELECT n FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS u (n, place)
                 WHERE u.place > i.indnkeyatts ORDER BY u.place),
           am.amname::text,
           -- The column is there from PostgreSQL 15 on.
           coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false),
           coalesce(c.reloptions, '{}'), s.spcname::text,
           coalesce(obj_description(k.oid, 'pg_constraint'), obj_description(c.oid, 'pg_class')),
           i.indisreplident, i.indisclustered
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_am am ON am.oid = c.relam
    LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
    LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid
                             AND k.contype IN ('p', 'u', 'x')
    CROSS JOIN LATERAL (
        SELECT array_agg(u.number ORDER BY u.place) AS numbers,
               array_agg(concat_ws(' ',
                   CASE WHEN u.coll <> 0 AND u.coll <> coalesce(a.attcollation, 0)
                        THEN 'COLLATE ' || u.coll::regcollation::text END,
                   CASE WHEN NOT o.opcdefault THEN quote_ident(n.nspname) || '.'
                        || quote_ident(o.opcname) END) ORDER BY u.place) AS kinds,
               array_agg(concat_ws(' ',
                   CASE WHEN u.opt & 1 = 1 THEN 'DESC' END,
                   CASE WHEN u.opt & 3 = 1 THEN 'NULLS LAST'
                        WHEN u.opt & 3 = 2 THEN 'NULLS FIRST' END) ORDER BY u.place) AS orders
        FROM unnest(i.indkey::int2[], i.indclass::oid[], i.indcollation::oid[], i.indoption::int2[])
             WITH ORDINALITY AS u (number, class, coll, opt, place)
        JOIN pg_opclass o ON o.oid = u.class
        JOIN pg_namespace n ON n.oid = o.opcnamespace
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number
        WHERE u.place <= i.indnkeyatts) m
    WHERE c.relnamespace <> 'pg_catalog'::regnamespace
    ORDER BY i.indrelid, i.indisprimary DESC, c.relname";
