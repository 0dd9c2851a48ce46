//! Functions whose body is parsed when they are created (`BEGIN ATOMIC`): bound to the column.

use super::carry::Carry;
use super::graph::{Object, class};
use super::node::{Node, Struct};
use super::walk::{Walk, parse};
use super::{Dependent, Error};

const SITUATION: &str = "atomic-function";

/// The first version with such bodies.
const WITH_BODIES: i32 = 140_000;

/// Finds them, and replaces each by itself, which binds its body to the column's successor.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let oids = walk.pending(class::FUNCTION);
    if oids.is_empty() || walk.version < WITH_BODIES {
        return Ok(());
    }
    let sql = "-- census.atomic_functions
        SELECT oid, pg_describe_object('pg_proc'::regclass, oid, 0),
            pg_get_functiondef(oid), prosqlbody::text,
            pg_get_userbyid(proowner)::text
        FROM pg_proc
        WHERE oid = ANY($1) AND prosqlbody IS NOT NULL
        ORDER BY pg_proc.oid";
    for row in walk.client.query(sql, &[&oids]).await? {
        let id = Object::new(class::FUNCTION, row.get(0));
        let object: String = row.get(1);
        let body: String = row.get(3);
        walk.claim(id);
        if reads_a_view(walk, id) {
            let reason = "it reads a view that has to be dropped and created again";
            let next = "drop the function for the move, or let it read the tables";
            walk.refuse(SITUATION, object, reason, next);
            continue;
        }
        if let Err(why) = follow(walk, &object, &body)? {
            let reason = format!("a key that moves {why}");
            walk.refuse(SITUATION, object, reason, "drop the function for the move");
            continue;
        }
        let create = vec![row.get(2)];
        let dependent = Dependent {
            kind: SITUATION.to_owned(),
            object,
            owner: row.get(4),
            undo_create: create.clone(),
            create,
            ..Dependent::default()
        };
        walk.add(vec![id], dependent);
    }
    Ok(())
}

fn reads_a_view(walk: &Walk<'_>, function: Object) -> bool {
    walk.views.iter().any(|&view| {
        let view = Object::new(class::RELATION, view);
        walk.graph.users_of(view).any(|(user, _)| user == function)
    })
}

fn follow(walk: &Walk<'_>, object: &str, body: &str) -> Result<Result<(), String>, Error> {
    let tree = parse(object, body)?;
    for query in queries(&tree) {
        match walk.analysis().query(query, None) {
            Ok(columns) if columns.iter().all(|&carry| carry == Carry::Free) => {}
            Ok(_) => return Ok(Err("is in its result, whose type is declared".to_owned())),
            Err(why) => return Ok(Err(why)),
        }
    }
    Ok(Ok(()))
}

/// The statements of a body: lists of queries, or one query.
fn queries<'n, 't>(node: &'n Node<'t>) -> Vec<&'n Struct<'t>> {
    match node.as_struct() {
        Some(query) => vec![query],
        None => node.items().iter().flat_map(queries).collect(),
    }
}
