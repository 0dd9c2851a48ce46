//! Whether triggers of others can be kept quiet while rows are filled in.

use super::Error;
use super::walk::Walk;

const SITUATION: &str = "replica-role";

/// The first version in which the right to a setting can be granted.
const WITH_GRANTS: i32 = 150_000;

/// Notes that they cannot, if tables that move have such triggers.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let granted = if walk.version >= WITH_GRANTS {
        "has_parameter_privilege('session_replication_role', 'SET')"
    } else {
        "false"
    };
    let sql = format!(
        "-- census.replica_role
        SELECT role.rolname
        FROM pg_roles AS role
        WHERE role.rolname = current_user AND NOT role.rolsuper AND NOT {granted}
            AND EXISTS (
                SELECT FROM pg_trigger AS trigger
                WHERE trigger.tgrelid = ANY($1) AND NOT trigger.tgisinternal
            )"
    );
    let (tables, _) = walk.columns();
    if let Some(row) = walk.client.query_opt(&sql, &[&tables]).await? {
        let role: String = row.get(0);
        let text = "It may not set session_replication_role: triggers of others run on every row \
                    that is filled in.";
        walk.note(SITUATION, format!("role {role}"), text);
    }
    Ok(())
}
