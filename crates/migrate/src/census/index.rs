//! Indexes over a column that moves: twins of those with an expression or a condition.

use super::Name;
use super::graph::{Object, class};
use super::respell::respelled;
use super::restore::{comment, comments};
use super::walk::{Walk, parse};
use super::{Before, Dependent, Error};
use crate::name::{NAME_BYTES_MAX, quoted};

const SITUATION: &str = "index";

struct Index {
    oid: u32,
    relation: u32,
    schema: String,
    name: String,
    table: Name,
    owner: String,
    unique: bool,
    definition: String,
    key: Vec<i16>,
    trees: [Option<String>; 2],
    predicate: Option<String>,
    tablespace: Option<String>,
    clustered: bool,
    /// Whether a column that moves is in it in a way that a UUID cannot be.
    peculiar: bool,
    object: String,
}

/// Finds them. Plain ones are left to the steps for keys and references.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let oids = walk.pending(class::RELATION);
    let comments = comments(walk.client, class::RELATION, &oids).await?;
    for index in load(walk, &oids).await? {
        let id = Object::new(class::RELATION, index.oid);
        let object = index.object.clone();
        walk.claim(id);
        if index.peculiar {
            let reason = "it uses an operator class, a collation or a method that uuid has not";
            walk.refuse(
                SITUATION,
                object,
                reason,
                "drop the index, or restate it without",
            );
            continue;
        }
        if let Err(why) = walk.neutral(&object, index.relation, &index.trees)? {
            let reason = format!("a key that moves {why}");
            walk.refuse(
                SITUATION,
                object,
                reason,
                "drop the index, or restate it without",
            );
            continue;
        }
        let mut dependent = Dependent {
            kind: SITUATION.to_owned(),
            object: object.clone(),
            owner: index.owner.clone(),
            ..Dependent::default()
        };
        if !index.is_plain() {
            let Some(sql) = twin(walk, &index, &object)? else {
                let reason = "another word in its definition is spelt as the column is";
                walk.refuse(
                    SITUATION,
                    object,
                    reason,
                    "drop the index, and create it afterwards",
                );
                continue;
            };
            index.exchange(&mut dependent, sql);
            let on = format!("INDEX {}.{}", quoted(&index.schema), quoted(&index.name));
            let restated = comments.get(&(index.oid, 0)).map(|text| comment(&on, text));
            dependent.create.extend(restated);
        }
        walk.add(vec![id], dependent);
    }
    Ok(())
}

async fn load(walk: &Walk<'_>, oids: &[u32]) -> Result<Vec<Index>, Error> {
    let sql = "-- census.indexes
        SELECT index.oid, detail.indrelid, space.nspname, index.relname, table_space.nspname,
            owner.relname, pg_get_userbyid(owner.relowner)::text, detail.indisunique,
            pg_get_indexdef(index.oid), detail.indkey::int2[],
            detail.indexprs::text, detail.indpred::text,
            pg_get_expr(detail.indpred, detail.indrelid), tablespace.spcname,
            detail.indisclustered,
            EXISTS (
                SELECT FROM unnest(detail.indkey::int2[], detail.indclass::oid[],
                    detail.indcollation::oid[]) AS used(attnum, operators, sorting)
                JOIN unnest($2::oid[], $3::int2[]) AS swap(relid, attnum)
                    ON swap.relid = detail.indrelid AND swap.attnum = used.attnum
                JOIN pg_opclass AS class ON class.oid = used.operators
                JOIN pg_attribute AS attribute
                    ON attribute.attrelid = swap.relid AND attribute.attnum = swap.attnum
                WHERE NOT class.opcdefault OR used.sorting <> attribute.attcollation
                    OR NOT EXISTS (
                        SELECT FROM pg_opclass AS of_uuid
                        WHERE of_uuid.opcmethod = class.opcmethod AND of_uuid.opcdefault
                            AND of_uuid.opcintype = 'uuid'::regtype
                    ) AND attribute.attndims = 0
            ),
            pg_describe_object('pg_class'::regclass, index.oid, 0)
        FROM pg_index AS detail
        JOIN pg_class AS index ON index.oid = detail.indexrelid
        JOIN pg_namespace AS space ON space.oid = index.relnamespace
        JOIN pg_class AS owner ON owner.oid = detail.indrelid
        JOIN pg_namespace AS table_space ON table_space.oid = owner.relnamespace
        LEFT JOIN pg_tablespace AS tablespace ON tablespace.oid = index.reltablespace
        WHERE index.oid = ANY($1)
        ORDER BY index.oid";
    let (tables, attnums) = walk.columns();
    let rows = walk.client.query(sql, &[&oids, &tables, &attnums]).await?;
    let indexes = rows.iter().map(|row| Index {
        oid: row.get(0),
        relation: row.get(1),
        schema: row.get(2),
        name: row.get(3),
        table: Name::new(row.get::<_, String>(4), row.get::<_, String>(5)),
        owner: row.get(6),
        unique: row.get(7),
        definition: row.get(8),
        key: row.get(9),
        trees: [row.get(10), row.get(11)],
        predicate: row.get(12),
        tablespace: row.get(13),
        clustered: row.get(14),
        peculiar: row.get(15),
        object: row.get(16),
    });
    Ok(indexes.collect())
}

impl Index {
    /// Whether it is a list of columns, perhaps with others included.
    fn is_plain(&self) -> bool {
        self.trees == [None, None]
    }

    /// The index and its twin exchange names; what marks the one is put on the other.
    fn exchange(&self, dependent: &mut Dependent, sql: String) {
        let (twin, old) = (self.other_name("__new"), self.other_name("__old"));
        let named = |name: &str| format!("{}.{}", quoted(&self.schema), quoted(name));
        let rename =
            |from: &str, to: &str| format!("ALTER INDEX {} RENAME TO {}", named(from), quoted(to));
        dependent.before.push(Before {
            sql,
            undo: format!("DROP INDEX CONCURRENTLY IF EXISTS {}", named(&twin)),
            transactional: false,
        });
        dependent.drop.push(rename(&self.name, &old));
        dependent.create.push(rename(&twin, &self.name));
        dependent.undo_drop.push(rename(&self.name, &twin));
        dependent.undo_create.push(rename(&old, &self.name));
        if self.clustered {
            let mark = format!(
                "ALTER TABLE {} CLUSTER ON {}",
                self.table,
                quoted(&self.name)
            );
            dependent.create.push(mark.clone());
            dependent.undo_create.push(mark);
        }
    }

    /// The name with an ending; with the index's number instead of its end if it is too long.
    fn other_name(&self, ending: &str) -> String {
        if self.name.len() + ending.len() <= NAME_BYTES_MAX {
            return format!("{}{ending}", self.name);
        }
        let ending = format!("_{}{ending}", self.oid);
        let mut length = NAME_BYTES_MAX - ending.len();
        while !self.name.is_char_boundary(length) {
            length -= 1;
        }
        format!("{}{ending}", &self.name[..length])
    }
}

/// The statement that builds the twin over the successors; nothing if the definition is ambiguous.
fn twin(walk: &Walk<'_>, index: &Index, object: &str) -> Result<Option<String>, Error> {
    let Some((_, rest)) = index.definition.split_once(" USING ") else {
        return Ok(None);
    };
    let mut rest = rest.to_owned();
    if let Some(tablespace) = &index.tablespace {
        let clause = format!(" TABLESPACE {}", quoted(tablespace));
        let place = index.predicate.as_ref().and_then(|predicate| {
            let with = rest.strip_suffix(predicate.as_str())?;
            Some(with.strip_suffix(" WHERE ")?.len())
        });
        rest.insert_str(place.unwrap_or(rest.len()), &clause);
    }
    for swap in walk
        .swaps
        .iter()
        .filter(|swap| swap.table_oid == index.relation)
    {
        let mut count = index
            .key
            .iter()
            .filter(|&&attnum| attnum == swap.attnum)
            .count();
        for tree in index.trees.iter().flatten() {
            parse(object, tree)?.each(&mut |node| {
                let of_column = node.name == "VAR" && node.number::<i16>("varattno") == swap.attnum;
                count += usize::from(of_column);
            });
        }
        match respelled(&rest, &swap.column, &swap.new_column, count) {
            Some(respelled) => rest = respelled,
            None => return Ok(None),
        }
    }
    let unique = if index.unique { "UNIQUE " } else { "" };
    let name = quoted(&index.other_name("__new"));
    let table = &index.table;
    Ok(Some(format!(
        "CREATE {unique}INDEX CONCURRENTLY {name} ON {table} USING {rest}"
    )))
}
