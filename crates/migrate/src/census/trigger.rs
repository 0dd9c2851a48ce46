//! Triggers that name a column that moves, in `UPDATE OF` or in their condition.

use std::collections::HashMap;

use tokio_postgres::{Client, Row};

use super::Name;
use super::graph::{Object, class};
use super::restore::{comment, comments};
use super::walk::Walk;
use super::{Dependent, Error};
use crate::name::quoted;

const SITUATION: &str = "trigger";

/// How the names of our own triggers begin, which are there when a census is taken again.
const OURS: [&str; 2] = ["~idshift", "!idshift"];

/// Finds them, and states each again as it is.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let oids = walk.pending(class::TRIGGER);
    let rows = load(walk.client, "trigger.oid", &oids).await?;
    let comments = comments(walk.client, class::TRIGGER, &oids).await?;
    for row in rows {
        let trigger = Trigger::of(&row);
        let ours = OURS.iter().any(|ours| trigger.name.starts_with(ours));
        // Those of views go and come with the view.
        if ours || walk.views.contains(&trigger.relation) {
            walk.claim(Object::new(class::TRIGGER, trigger.oid));
            continue;
        }
        let object = trigger.object.clone();
        if let Err(why) = walk.neutral(
            &object,
            trigger.relation,
            std::slice::from_ref(&trigger.condition),
        )? {
            let reason = format!("in its condition a key that moves {why}");
            walk.refuse(
                SITUATION,
                object,
                reason,
                "move the condition into the function",
            );
            walk.claim(Object::new(class::TRIGGER, trigger.oid));
            continue;
        }
        let objects = vec![
            Object::new(class::TRIGGER, trigger.oid),
            Object::new(class::CONSTRAINT, trigger.constraint),
        ];
        let drop = vec![format!(
            "DROP TRIGGER {} ON {}",
            quoted(&trigger.name),
            trigger.table
        )];
        let create = trigger.statements(comments.get(&(trigger.oid, 0)));
        let dependent = Dependent {
            kind: SITUATION.to_owned(),
            object,
            owner: trigger.owner,
            undo_drop: drop.clone(),
            undo_create: create.clone(),
            drop,
            create,
            ..Dependent::default()
        };
        walk.add(objects, dependent);
    }
    Ok(())
}

/// The statements that give views made anew their triggers, by view.
pub(super) async fn of_views(
    client: &Client,
    views: &[u32],
) -> Result<HashMap<u32, Vec<String>>, Error> {
    let rows = load(client, "trigger.tgrelid", views).await?;
    let triggers: Vec<Trigger> = rows.iter().map(Trigger::of).collect();
    let oids: Vec<u32> = triggers.iter().map(|trigger| trigger.oid).collect();
    let comments = comments(client, class::TRIGGER, &oids).await?;
    let mut of_views: HashMap<u32, Vec<String>> = HashMap::new();
    for trigger in triggers {
        let statements = trigger.statements(comments.get(&(trigger.oid, 0)));
        of_views
            .entry(trigger.relation)
            .or_default()
            .extend(statements);
    }
    Ok(of_views)
}

struct Trigger {
    oid: u32,
    relation: u32,
    table: Name,
    name: String,
    definition: String,
    /// `O` for origin, `D` for disabled, `R` for replica, `A` for always.
    enabled: String,
    condition: Option<String>,
    owner: String,
    object: String,
    /// Its row among the constraints, 0 if it is none.
    constraint: u32,
}

async fn load(client: &Client, by: &str, oids: &[u32]) -> Result<Vec<Row>, Error> {
    let sql = format!(
        "-- census.triggers
        SELECT trigger.oid, trigger.tgrelid, space.nspname, owner.relname, trigger.tgname,
            pg_get_triggerdef(trigger.oid), trigger.tgenabled::text,
            trigger.tgqual::text, pg_get_userbyid(owner.relowner)::text,
            pg_describe_object('pg_trigger'::regclass, trigger.oid, 0),
            trigger.tgconstraint
        FROM pg_trigger AS trigger
        JOIN pg_class AS owner ON owner.oid = trigger.tgrelid
        JOIN pg_namespace AS space ON space.oid = owner.relnamespace
        WHERE {by} = ANY($1) AND NOT trigger.tgisinternal
        ORDER BY trigger.oid"
    );
    Ok(client.query(&sql, &[&oids]).await?)
}

impl Trigger {
    fn of(row: &Row) -> Self {
        Self {
            oid: row.get(0),
            relation: row.get(1),
            table: Name::new(row.get::<_, String>(2), row.get::<_, String>(3)),
            name: row.get(4),
            definition: row.get(5),
            enabled: row.get(6),
            condition: row.get(7),
            owner: row.get(8),
            object: row.get(9),
            constraint: row.get(10),
        }
    }

    fn statements(&self, text: Option<&String>) -> Vec<String> {
        let (name, table) = (quoted(&self.name), &self.table);
        let mut statements = vec![self.definition.clone()];
        let state = match self.enabled.as_str() {
            "D" => Some("DISABLE"),
            "R" => Some("ENABLE REPLICA"),
            "A" => Some("ENABLE ALWAYS"),
            _ => None,
        };
        if let Some(state) = state {
            statements.push(format!("ALTER TABLE {table} {state} TRIGGER {name}"));
        }
        if let Some(text) = text {
            statements.push(comment(&format!("TRIGGER {name} ON {table}"), text));
        }
        statements
    }
}
