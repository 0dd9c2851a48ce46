//! Views: dropped and created again, with all that belongs to them, whatever they stand on.

use std::collections::{BTreeSet, HashMap};

use super::Name;
use super::carry::Carry;
use super::graph::{Object, class};
use super::order::order;
use super::restore::{Privileges, comment, comments};
use super::walk::{Walk, parse};
use super::{Dependent, Error, materialized, respell, trigger};
use crate::name::{SCHEMA, literal, quoted};

pub(super) const SITUATION: &str = "view";

/// One view or materialized view as the catalog has it.
#[derive(Debug)]
pub(super) struct View {
    pub(super) oid: u32,
    pub(super) object: String,
    pub(super) name: Name,
    pub(super) materialized: bool,
    pub(super) owner: String,
    pub(super) options: Vec<String>,
    pub(super) definition: String,
    pub(super) bytes: i64,
    pub(super) tablespace: Option<String>,
    pub(super) populated: bool,
    access_method: Option<String>,
    rule: u32,
    row_type: u32,
    array_type: u32,
    toast: u32,
    tree: String,
}

/// One column of a view.
struct Column {
    attnum: i16,
    name: String,
    default: Option<String>,
}

/// What belongs to views beside their definitions.
struct Belongings {
    comments: HashMap<(u32, i32), String>,
    privileges: Privileges,
    columns: HashMap<u32, Vec<Column>>,
    triggers: HashMap<u32, Vec<String>>,
}

/// Finds every view that must be created again, in an order in which that is possible.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let oids = closure(walk).await?;
    let (ours, views): (Vec<View>, Vec<View>) = load(walk, &oids)
        .await?
        .into_iter()
        .partition(|view| view.name.schema == SCHEMA);
    for view in &ours {
        claim(walk, view);
    }
    let parts: Vec<Vec<Object>> = views.iter().map(objects).collect();
    let parts: Vec<&[Object]> = parts.iter().map(Vec::as_slice).collect();
    let order = order(&parts, &walk.graph);
    let mut views: Vec<Option<View>> = views.into_iter().map(Some).collect();
    let ordered: Vec<View> = order
        .into_iter()
        .filter_map(|at| views[at].take())
        .collect();
    let oids: Vec<u32> = ordered.iter().map(|view| view.oid).collect();
    let belongings = Belongings::load(walk, &oids).await?;
    for view in &ordered {
        walk.views.insert(view.oid);
        walk.claim(Object::new(class::RELATION, view.toast));
    }
    for view in ordered {
        let object = view.object.clone();
        if let Err(why) = follow(walk, &view, &object)? {
            let next = "rewrite the view so that it does without, or drop it for the move";
            let reason = format!("a key that moves {why}");
            walk.refuse(SITUATION, object, reason, next);
            claim(walk, &view);
            continue;
        }
        restore(walk, view, object, &belongings).await?;
    }
    Ok(())
}

/// Views that hold a rule which depends on a column that moves, on a constraint or index of it, or
/// on such a view; and views that might use a whole row of a table with such a column.
async fn closure(walk: &mut Walk<'_>) -> Result<Vec<u32>, Error> {
    let rules = rules(walk).await?;
    let mut found = BTreeSet::new();
    let mut pending: Vec<Object> = Vec::new();
    for object in walk.direct() {
        match object.class {
            class::RULE => pending.push(object),
            class::CONSTRAINT => {
                let users = walk.graph.users_of(object).map(|(user, _)| user);
                pending.extend(users.filter(|user| user.class == class::RULE));
            }
            _ => {}
        }
    }
    let tables: BTreeSet<u32> = walk.swaps.iter().map(|swap| swap.table_oid).collect();
    for table in tables {
        let part = (Object::new(class::RELATION, table), 0);
        let users = walk.graph.users_of_part(part).iter().map(|&(user, _)| user);
        pending.extend(users.filter(|user| user.class == class::RULE));
    }
    while let Some(rule) = pending.pop() {
        let Some(&view) = rules.get(&rule.oid) else {
            continue;
        };
        if !found.insert(view) {
            continue;
        }
        let users = walk.graph.users_of(Object::new(class::RELATION, view));
        pending.extend(
            users
                .map(|(user, _)| user)
                .filter(|user| user.class == class::RULE),
        );
    }
    Ok(found.into_iter().collect())
}

/// Rules that are views, and the view of each.
async fn rules(walk: &Walk<'_>) -> Result<HashMap<u32, u32>, Error> {
    let sql = "-- census.view_rules
        SELECT rule.oid, rule.ev_class
        FROM pg_rewrite AS rule
        JOIN pg_class AS view ON view.oid = rule.ev_class
        WHERE rule.rulename = '_RETURN' AND view.relkind IN ('v', 'm')";
    let rows = walk.client.query(sql, &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

async fn load(walk: &Walk<'_>, oids: &[u32]) -> Result<Vec<View>, Error> {
    let sql = "-- census.views
        SELECT view.oid, space.nspname, view.relname, view.relkind = 'm',
            pg_get_userbyid(view.relowner)::text,
            COALESCE(view.reloptions, '{}'), pg_get_viewdef(view.oid),
            view.relpages::int8 * current_setting('block_size')::int8,
            tablespace.spcname, view.relispopulated, rule.oid, view.reltype,
            rule.ev_action::text, method.amname, view.reltoastrelid,
            pg_describe_object('pg_class'::regclass, view.oid, 0),
            row_type.typarray
        FROM pg_class AS view
        JOIN pg_namespace AS space ON space.oid = view.relnamespace
        JOIN pg_rewrite AS rule
            ON rule.ev_class = view.oid AND rule.rulename = '_RETURN'
        LEFT JOIN pg_tablespace AS tablespace ON tablespace.oid = view.reltablespace
        LEFT JOIN pg_am AS method ON method.oid = view.relam
        JOIN pg_type AS row_type ON row_type.oid = view.reltype
        WHERE view.oid = ANY($1)
        ORDER BY view.oid";
    let rows = walk.client.query(sql, &[&oids]).await?;
    let views = rows.iter().map(|row| View {
        oid: row.get(0),
        name: Name::new(row.get::<_, String>(1), row.get::<_, String>(2)),
        materialized: row.get(3),
        owner: row.get(4),
        options: row.get(5),
        definition: row.get(6),
        bytes: row.get(7),
        tablespace: row.get(8),
        populated: row.get(9),
        rule: row.get(10),
        row_type: row.get(11),
        tree: row.get(12),
        access_method: row.get(13),
        toast: row.get(14),
        array_type: row.get(16),
        object: row.get(15),
    });
    Ok(views.collect())
}

fn claim(walk: &mut Walk<'_>, view: &View) {
    for object in objects(view) {
        walk.claim(object);
    }
}

fn objects(view: &View) -> Vec<Object> {
    vec![
        Object::new(class::RELATION, view.oid),
        Object::new(class::RULE, view.rule),
        Object::new(class::TYPE, view.row_type),
        Object::new(class::TYPE, view.array_type),
    ]
}

/// Follows the keys through the view, and notes in which of its columns they come out.
fn follow(walk: &mut Walk<'_>, view: &View, object: &str) -> Result<Result<(), String>, Error> {
    if respell::counts_columns(&view.definition) {
        return Ok(Err(
            "is in a table whose columns the query renames by their places".to_owned(),
        ));
    }
    let tree = parse(object, &view.tree)?;
    let query = tree.items().first().and_then(|query| query.as_struct());
    let Some(query) = query.filter(|query| query.name == "QUERY") else {
        return Ok(Err("is in a query of an unknown form".to_owned()));
    };
    let columns = match walk.analysis().query(query, None) {
        Ok(columns) => columns,
        Err(why) => return Ok(Err(why)),
    };
    for (attnum, carry) in (1..).zip(columns) {
        if carry != Carry::Free {
            walk.relations.set(view.oid, attnum, carry);
        }
    }
    Ok(Ok(()))
}

async fn restore(
    walk: &mut Walk<'_>,
    view: View,
    object: String,
    belongings: &Belongings,
) -> Result<(), Error> {
    let objects = objects(&view);
    let statements = if view.materialized {
        let Some(statements) = materialized::created(walk, &view, &object).await? else {
            claim(walk, &view);
            return Ok(());
        };
        statements
    } else {
        (vec![created(&view)], Vec::new())
    };
    let (mut create, after) = statements;
    create.extend(belongings.of(&view));
    let kind = if view.materialized {
        "MATERIALIZED VIEW"
    } else {
        "VIEW"
    };
    let drop = vec![format!("DROP {kind} {}", view.name)];
    let dependent = Dependent {
        kind: kind.to_lowercase().replace(' ', "-"),
        object,
        owner: view.owner,
        undo_drop: drop.clone(),
        undo_create: create.clone(),
        drop,
        create,
        after,
        ..Dependent::default()
    };
    walk.add(objects, dependent);
    Ok(())
}

fn created(view: &View) -> String {
    format!(
        "CREATE VIEW {}{} AS\n{}",
        view.name,
        with_options(&view.options),
        view.definition.trim_end_matches(';')
    )
}

/// `WITH (...)` for options as `pg_class` has them; nothing for none.
pub(super) fn with_options(options: &[String]) -> String {
    if options.is_empty() {
        return String::new();
    }
    let options: Vec<String> = options
        .iter()
        .map(|option| match option.split_once('=') {
            Some((name, value)) => format!("{} = {}", quoted(name), literal(value)),
            None => quoted(option),
        })
        .collect();
    format!(" WITH ({})", options.join(", "))
}

impl View {
    /// `USING` the method that stores a materialized view.
    pub(super) fn using(&self) -> String {
        let method = self.access_method.as_ref();
        method.map_or_else(String::new, |method| format!(" USING {}", quoted(method)))
    }
}

impl Belongings {
    async fn load(walk: &Walk<'_>, views: &[u32]) -> Result<Self, Error> {
        Ok(Self {
            comments: comments(walk.client, class::RELATION, views).await?,
            privileges: Privileges::load(walk.client, views).await?,
            columns: columns(walk, views).await?,
            triggers: trigger::of_views(walk.client, views).await?,
        })
    }

    /// The statements that give a view made anew what belonged to the old one.
    fn of(&self, view: &View) -> Vec<String> {
        let name = view.name.to_string();
        let kind = if view.materialized {
            "MATERIALIZED VIEW"
        } else {
            "VIEW"
        };
        let mut statements = vec![format!(
            "ALTER {kind} {name} OWNER TO {}",
            quoted(&view.owner)
        )];
        statements.extend(self.privileges.of_relation(view.oid, &view.owner, &name));
        if let Some(text) = self.comments.get(&(view.oid, 0)) {
            statements.push(comment(&format!("{kind} {name}"), text));
        }
        for column in self.columns.get(&view.oid).into_iter().flatten() {
            let quoted = quoted(&column.name);
            if let Some(default) = &column.default {
                statements.push(format!(
                    "ALTER VIEW {name} ALTER COLUMN {quoted} SET DEFAULT {default}"
                ));
            }
            let place = (view.oid, column.attnum);
            statements.extend(self.privileges.of_column(place, &name, &column.name));
            if let Some(text) = self.comments.get(&(view.oid, i32::from(column.attnum))) {
                statements.push(comment(&format!("COLUMN {name}.{quoted}"), text));
            }
        }
        statements.extend(self.triggers.get(&view.oid).into_iter().flatten().cloned());
        statements
    }
}

async fn columns(walk: &Walk<'_>, views: &[u32]) -> Result<HashMap<u32, Vec<Column>>, Error> {
    let sql = "-- census.view_columns
        SELECT attribute.attrelid, attribute.attnum, attribute.attname,
            pg_get_expr(value.adbin, value.adrelid)
        FROM pg_attribute AS attribute
        LEFT JOIN pg_attrdef AS value
            ON value.adrelid = attribute.attrelid AND value.adnum = attribute.attnum
        WHERE attribute.attrelid = ANY($1) AND attribute.attnum > 0
        ORDER BY attribute.attrelid, attribute.attnum";
    let mut columns: HashMap<u32, Vec<Column>> = HashMap::new();
    for row in walk.client.query(sql, &[&views]).await? {
        columns.entry(row.get(0)).or_default().push(Column {
            attnum: row.get(1),
            name: row.get(2),
            default: row.get(3),
        });
    }
    Ok(columns)
}
