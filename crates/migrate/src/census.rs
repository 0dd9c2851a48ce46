//! What in the database hangs on the columns that move, and what is done about each of it.
//!
//! [`census`] walks the catalog from every column that moves to whatever depends on it. What it
//! knows becomes a [`Dependent`] with exact statements, a [`Question`] or a [`Note`]; whatever it
//! does not know is a [`Refusal`] that names the object. [`environment`] looks at the server
//! itself. Both only read.

mod array;
mod atomic;
mod carry;
mod check;
mod column;
mod constraint;
mod default;
mod environment;
mod graph;
mod guess;
mod index;
mod json;
mod materialized;
mod model;
mod name;
mod node;
mod order;
mod policy;
mod polymorphic;
mod publication;
mod remainder;
mod replica_role;
mod respell;
mod restore;
mod rule;
mod situation;
mod soft;
mod statistics;
mod text_function;
mod trigger;
mod view;
mod walk;

pub use environment::environment;
pub use model::{Before, Census, Choice, Choices, Dependent, Error, Note, Question, Refusal, Swap};
pub use name::Name;

use tokio_postgres::Client;

use walk::Walk;

/// Takes the census of everything that depends on the columns that move, in one read-only
/// transaction of its own: the client must not be in one.
///
/// # Errors
///
/// What the server said, or which expression of the catalog could not be read.
pub async fn census(client: &Client, swaps: &[Swap], choices: &Choices) -> Result<Census, Error> {
    // One moment for all questions. With an empty search path the server prints every name with its
    // schema, so that what it printed means the same whoever runs it; and names in our questions
    // are those of the catalog, whatever else is called so. Compiling a question would take longer
    // than answering it.
    client
        .batch_execute(
            "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
             SET LOCAL search_path = '';
             SET LOCAL jit = off",
        )
        .await?;
    let taken = take(client, swaps, choices).await;
    // Nothing was written: whether it ends well or not, there is nothing to keep. An error of the
    // census comes first; a connection that is gone says so there.
    let ended = client.batch_execute("ROLLBACK").await;
    let census = taken?;
    ended?;
    Ok(census)
}

async fn take(client: &Client, swaps: &[Swap], choices: &Choices) -> Result<Census, Error> {
    let mut walk = Walk::begin(client, swaps, choices).await?;
    // Views first: other kinds may stand on them.
    view::take(&mut walk).await?;
    rule::take(&mut walk).await?;
    index::take(&mut walk).await?;
    check::take(&mut walk).await?;
    constraint::take(&mut walk).await?;
    default::take(&mut walk).await?;
    trigger::take(&mut walk).await?;
    policy::take(&mut walk).await?;
    statistics::take(&mut walk).await?;
    publication::take(&mut walk).await?;
    atomic::take(&mut walk).await?;
    column::take(&mut walk).await?;
    situation::take(&mut walk).await?;
    replica_role::take(&mut walk).await?;
    text_function::take(&mut walk).await?;
    soft::take(&mut walk).await?;
    array::take(&mut walk).await?;
    polymorphic::take(&mut walk).await?;
    json::take(&mut walk).await?;
    remainder::take(&mut walk).await?;
    let mut census = walk.census;
    census.dependents = order::sorted(walk.found, &walk.graph);
    Ok(census)
}
