//! What no kind of dependent accounts for: refused by name, with what may not be made again.

use std::collections::BTreeSet;

use super::Error;
use super::graph::Object;
use super::walk::{Found, Walk};

/// Refuses every object that depends on a column that moves, or on something that is created
/// again, and that is not known.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let mut left: BTreeSet<Object> = walk.direct();
    for found in walk
        .found
        .iter()
        .filter(|found| !found.dependent.drop.is_empty())
    {
        for &object in &found.objects {
            left.extend(walk.graph.users_of(object).map(|(above, _)| above));
        }
    }
    left.retain(|&object| !walk.is_claimed(object));
    let left: Vec<Object> = left.into_iter().collect();
    let described = walk.describe(&left).await?;
    for object in left {
        let reason = "it depends on a column that moves, in a way that is not known here";
        let text = described.get(&object).cloned().unwrap_or_default();
        walk.refuse(
            "unknown",
            text,
            reason,
            "drop it for the move, and create it afterwards",
        );
    }
    extensions(walk);
    owners(walk).await
}

/// An extension's own objects are its own to change.
fn extensions(walk: &mut Walk<'_>) {
    let of_extension = |found: &&Found| {
        let mut objects = found.objects.iter();
        found.is_made_again() && objects.any(|&object| walk.graph.of_extension(object))
    };
    let found = walk.found.iter().filter(of_extension);
    let objects: Vec<String> = found.map(|found| found.dependent.object.clone()).collect();
    for object in objects {
        let reason = "it belongs to an extension, or goes with one";
        walk.refuse(
            "extension",
            object,
            reason,
            "drop it for the move, or the extension",
        );
    }
}

/// What is created again must be given back to its owner.
async fn owners(walk: &mut Walk<'_>) -> Result<(), Error> {
    let sql = "-- census.owners
        SELECT rolname FROM pg_roles
        WHERE pg_has_role(oid, 'MEMBER')";
    let rows = walk.client.query(sql, &[]).await?;
    let ours: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let again = walk.found.iter().filter(|found| found.is_made_again());
    let foreign: Vec<(String, String)> = again
        .map(|found| {
            (
                found.dependent.object.clone(),
                found.dependent.owner.clone(),
            )
        })
        .filter(|(_, owner)| !ours.contains(owner))
        .collect();
    for (object, owner) in foreign {
        let reason = format!("it belongs to the role `{owner}`, of which we are no member");
        walk.refuse(
            "owner",
            object,
            reason,
            "run as a member of that role, or as a superuser",
        );
    }
    Ok(())
}
