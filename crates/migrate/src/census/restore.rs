//! What belongs to an object beside its definition: owner, privileges, comments.

use std::collections::{HashMap, HashSet};

use tokio_postgres::Client;

use super::Error;
use crate::name::{literal, quoted};

/// The statement that gives an object its comment.
pub(super) fn comment(on: &str, text: &str) -> String {
    format!("COMMENT ON {on} IS {}", literal(text))
}

/// Comments of objects of one class, by object and column; column 0 is the object itself.
pub(super) async fn comments(
    client: &Client,
    of: u32,
    oids: &[u32],
) -> Result<HashMap<(u32, i32), String>, Error> {
    let sql = "-- census.comments
        SELECT objoid, objsubid, description
        FROM pg_description
        WHERE classoid = $1 AND objoid = ANY($2)";
    let rows = client.query(sql, &[&of, &oids]).await?;
    let comments = rows
        .iter()
        .map(|row| ((row.get(0), row.get(1)), row.get(2)));
    Ok(comments.collect())
}

/// Privileges on relations and their columns as statements.
#[derive(Debug, Default)]
pub(super) struct Privileges {
    /// By relation and column number, 0 for the relation: the grants in their order.
    grants: HashMap<(u32, i16), Vec<Grant>>,
    /// Relations whose privileges were ever changed.
    explicit: HashSet<u32>,
    /// Roles to which default privileges would grant something on what is created again.
    defaults: Vec<String>,
}

#[derive(Debug)]
struct Grant {
    /// Quoted, or `PUBLIC`.
    to: String,
    privileges: Vec<String>,
    grantable: bool,
}

impl Privileges {
    /// Reads the privileges of relations.
    pub(super) async fn load(client: &Client, relations: &[u32]) -> Result<Self, Error> {
        let sql = "-- census.privileges
            SELECT holder.oid, holder.attnum,
                CASE acl.grantee WHEN 0 THEN NULL
                    ELSE pg_get_userbyid(acl.grantee) END,
                acl.privilege_type, acl.is_grantable
            FROM (
                SELECT oid, 0::int2 AS attnum, relacl AS acl
                FROM pg_class WHERE oid = ANY($1) AND relacl IS NOT NULL
                UNION ALL
                SELECT attrelid, attnum, attacl
                FROM pg_attribute
                WHERE attrelid = ANY($1) AND attacl IS NOT NULL AND NOT attisdropped
            ) AS holder
            LEFT JOIN LATERAL aclexplode(holder.acl) WITH ORDINALITY
                AS acl(grantor, grantee, privilege_type, is_grantable, place) ON true
            ORDER BY holder.oid, holder.attnum, acl.place";
        let mut privileges = Self::default();
        for row in client.query(sql, &[&relations]).await? {
            let (relation, attnum): (u32, i16) = (row.get(0), row.get(1));
            if attnum == 0 {
                privileges.explicit.insert(relation);
            }
            // Nobody holds anything: not even the owner.
            let Some(privilege): Option<String> = row.get(3) else {
                continue;
            };
            let to = row.get::<_, Option<String>>(2);
            let to = to.map_or_else(|| "PUBLIC".to_owned(), |role| quoted(&role));
            let grants = privileges.grants.entry((relation, attnum)).or_default();
            add(grants, to, privilege, row.get(4));
        }
        privileges.defaults = defaults(client).await?;
        Ok(privileges)
    }

    /// The statements that give a relation made anew the privileges of the old one.
    pub(super) fn of_relation(&self, relation: u32, owner: &str, target: &str) -> Vec<String> {
        let owner = quoted(owner);
        let mut revoked = self.defaults.clone();
        revoked.retain(|role| *role != owner);
        if self.explicit.contains(&relation) {
            revoked.push(owner);
        }
        let mut statements = Vec::new();
        if !revoked.is_empty() {
            let from = revoked.join(", ");
            statements.push(format!("REVOKE ALL ON TABLE {target} FROM {from}"));
        }
        for grant in self.grants.get(&(relation, 0)).into_iter().flatten() {
            let privileges = grant.privileges.join(", ");
            statements.push(grant.statement(&privileges, target));
        }
        statements
    }

    /// The statements that grant on a column what is granted on it now.
    pub(super) fn of_column(
        &self,
        (relation, attnum): (u32, i16),
        target: &str,
        column: &str,
    ) -> Vec<String> {
        let grants = self.grants.get(&(relation, attnum)).into_iter().flatten();
        let column = quoted(column);
        grants
            .map(|grant| {
                let privileges: Vec<String> = grant
                    .privileges
                    .iter()
                    .map(|privilege| format!("{privilege} ({column})"))
                    .collect();
                grant.statement(&privileges.join(", "), target)
            })
            .collect()
    }
}

impl Grant {
    fn statement(&self, privileges: &str, target: &str) -> String {
        let option = if self.grantable {
            " WITH GRANT OPTION"
        } else {
            ""
        };
        format!(
            "GRANT {privileges} ON TABLE {target} TO {}{option}",
            self.to
        )
    }
}

/// Collects privileges that one statement grants.
fn add(grants: &mut Vec<Grant>, to: String, privilege: String, grantable: bool) {
    let same = |grant: &&mut Grant| grant.to == to && grant.grantable == grantable;
    match grants.iter_mut().find(same) {
        Some(grant) => grant.privileges.push(privilege),
        None => grants.push(Grant {
            to,
            privileges: vec![privilege],
            grantable,
        }),
    }
}

/// Roles, quoted, to which `ALTER DEFAULT PRIVILEGES` grants on tables.
async fn defaults(client: &Client) -> Result<Vec<String>, Error> {
    let sql = "-- census.default_privileges
        SELECT DISTINCT CASE acl.grantee WHEN 0 THEN NULL
            ELSE pg_get_userbyid(acl.grantee) END
        FROM pg_default_acl,
            LATERAL aclexplode(defaclacl) AS acl
        WHERE defaclobjtype = 'r'
        ORDER BY 1";
    let rows = client.query(sql, &[]).await?;
    let roles = rows.iter().map(|row| {
        let role: Option<String> = row.get(0);
        role.map_or_else(|| "PUBLIC".to_owned(), |role| quoted(&role))
    });
    Ok(roles.collect())
}
