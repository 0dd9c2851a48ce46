//! Whether what hangs on the columns is still what the plan knows of: somebody may have made a view
//! since, which would go on with the old column without a word.

use tokio_postgres::Client;

use crate::Error;
use crate::catalog::Catalog;
use crate::census::{self, Dependent};
use crate::plan::{self, Plan};
use crate::trigger::{RESOLVE, SYNC};

/// Takes the census again.
///
/// # Errors
/// [`Error::Refused`] and [`Error::State`] with whatever has come or gone.
pub(super) async fn check(client: &Client, plan: &Plan, catalog: &Catalog) -> Result<(), Error> {
    let swaps = plan::swaps_of(plan, catalog);
    let taken = census::census(client, &swaps, &plan.choices).await?;
    if !taken.refusals.is_empty() {
        return Err(Error::Refused(taken.refusals));
    }
    let now: Vec<Dependent> = plan::kept(taken.dependents)
        .into_iter()
        .filter(|found| !is_ours(found))
        .collect();
    let names = |list: &[Dependent], other: &[Dependent]| -> Vec<String> {
        let changed = list.iter().filter(|dependent| {
            other.iter().all(|known| {
                (&known.object, &known.create) != (&dependent.object, &dependent.create)
            })
        });
        changed
            .map(|dependent| format!("`{}`", dependent.object))
            .collect()
    };
    let mut changed = names(&now, &plan.dependents);
    changed.extend(names(&plan.dependents, &now));
    changed.sort();
    changed.dedup();
    if changed.is_empty() {
        return Ok(());
    }
    let what = format!(
        "go on: {} changed since the plan was made",
        changed.join(", ")
    );
    let next = "put them back as they were until the cut-over is done, or \
                `idshift migrate rollback` and make a new plan";
    Err(Error::state(what, next))
}

/// The checks and triggers of the migration itself.
fn is_ours(found: &Dependent) -> bool {
    found.object.contains("__new_filled")
        || found.object.contains(SYNC)
        || found.object.contains(RESOLVE)
}
