//! Row security policies that read a column that moves.

use super::Name;
use super::graph::{Object, class};
use super::restore::{comment, comments};
use super::walk::Walk;
use super::{Dependent, Error};
use crate::name::quoted;

const SITUATION: &str = "policy";

/// Finds them, and states each again as it is.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let oids = walk.pending(class::POLICY);
    let comments = comments(walk.client, class::POLICY, &oids).await?;
    for policy in load(walk, &oids).await? {
        let object = policy.object.clone();
        let id = Object::new(class::POLICY, policy.oid);
        if let Err(why) = walk.neutral(&object, policy.relation, &policy.trees)? {
            let reason = format!("a key that moves {why}");
            let next = "compare with a cast to text: `id::text = current_setting(...)`";
            walk.refuse(SITUATION, object, reason, next);
            walk.claim(id);
            continue;
        }
        let on = format!("POLICY {} ON {}", quoted(&policy.name), policy.table);
        let drop = vec![format!("DROP {on}")];
        let mut create = vec![policy.created(&on)];
        create.extend(
            comments
                .get(&(policy.oid, 0))
                .map(|text| comment(&on, text)),
        );
        let dependent = Dependent {
            kind: SITUATION.to_owned(),
            object,
            owner: policy.owner,
            undo_drop: drop.clone(),
            undo_create: create.clone(),
            drop,
            create,
            ..Dependent::default()
        };
        walk.add(vec![id], dependent);
    }
    Ok(())
}

struct Policy {
    oid: u32,
    relation: u32,
    table: Name,
    name: String,
    owner: String,
    object: String,
    permissive: bool,
    /// `*` for all, else the first letter of the command as `pg_policy` has it.
    command: String,
    roles: Vec<Option<String>>,
    using: Option<String>,
    check: Option<String>,
    trees: [Option<String>; 2],
}

async fn load(walk: &Walk<'_>, oids: &[u32]) -> Result<Vec<Policy>, Error> {
    let sql = "-- census.policies
        SELECT policy.oid, policy.polrelid, space.nspname, owner.relname, policy.polname,
            pg_get_userbyid(owner.relowner)::text, policy.polpermissive,
            policy.polcmd::text,
            ARRAY(
                SELECT role.rolname::text
                FROM unnest(policy.polroles) WITH ORDINALITY AS of(role, place)
                LEFT JOIN pg_roles AS role ON role.oid = of.role
                ORDER BY of.place
            ),
            pg_get_expr(policy.polqual, policy.polrelid),
            pg_get_expr(policy.polwithcheck, policy.polrelid),
            policy.polqual::text, policy.polwithcheck::text,
            pg_describe_object('pg_policy'::regclass, policy.oid, 0)
        FROM pg_policy AS policy
        JOIN pg_class AS owner ON owner.oid = policy.polrelid
        JOIN pg_namespace AS space ON space.oid = owner.relnamespace
        WHERE policy.oid = ANY($1)
        ORDER BY policy.oid";
    let rows = walk.client.query(sql, &[&oids]).await?;
    let policies = rows.iter().map(|row| Policy {
        oid: row.get(0),
        relation: row.get(1),
        table: Name::new(row.get::<_, String>(2), row.get::<_, String>(3)),
        name: row.get(4),
        owner: row.get(5),
        object: row.get(13),
        permissive: row.get(6),
        command: row.get(7),
        roles: row.get(8),
        using: row.get(9),
        check: row.get(10),
        trees: [row.get(11), row.get(12)],
    });
    Ok(policies.collect())
}

impl Policy {
    fn created(&self, on: &str) -> String {
        let mode = if self.permissive {
            "PERMISSIVE"
        } else {
            "RESTRICTIVE"
        };
        let command = match self.command.as_str() {
            "r" => "SELECT",
            "a" => "INSERT",
            "w" => "UPDATE",
            "d" => "DELETE",
            _ => "ALL",
        };
        // A role that is not in `pg_roles` is number 0: everybody.
        let roles: Vec<String> = self
            .roles
            .iter()
            .map(|role| {
                role.as_ref()
                    .map_or_else(|| "PUBLIC".to_owned(), |role| quoted(role))
            })
            .collect();
        let clause = |word: &str, expression: &Option<String>| {
            let expression = expression.as_ref();
            expression.map_or_else(String::new, |text| format!(" {word} ({text})"))
        };
        let (roles, using) = (roles.join(", "), clause("USING", &self.using));
        let check = clause("WITH CHECK", &self.check);
        format!("CREATE {on} AS {mode} FOR {command} TO {roles}{using}{check}")
    }
}
