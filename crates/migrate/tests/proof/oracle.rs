//! Judges a migration by what was there before it, with queries of its own.
//!
//! Rows are told apart by their content, never by a mapping of keys: a reference is right if it
//! leads to a row with the same content as before, and the order of the new keys is right if the
//! contents stand in the order in which the old keys put them.

mod dump;
mod graph;
mod keys;
mod picture;

use tokio_postgres::Client;

use crate::fixture::Fixture;
use crate::stage::Stage;
use graph::Graph;
use picture::Picture;

/// What was there before.
pub(crate) struct Oracle {
    picture: Picture,
    graph: Graph,
    views: Graph,
    dump: String,
    data: Vec<String>,
    /// The server's clock when this was noted, milliseconds since 1970.
    noted_at: u64,
}

impl Oracle {
    /// Notes everything.
    ///
    /// # Errors
    /// What makes the fixture unfit to be judged.
    pub(crate) async fn note(stage: &Stage, fixture: &Fixture) -> Result<Self, String> {
        let client = &stage.client;
        let picture = Picture::take(client, &fixture.expect).await?;
        Ok(Self {
            graph: Graph::of(client, &picture).await?,
            views: graph::views(client, &picture).await?,
            dump: stage.dump(),
            data: graph::data(client, &picture).await?,
            noted_at: keys::clock(client).await?,
            picture,
        })
    }

    /// Another database's rows are what must be there in the end.
    pub(crate) async fn expect_rows_of(&mut self, twin: &Stage) -> Result<(), String> {
        self.graph = Graph::of(&twin.client, &self.picture).await?;
        self.views = graph::views(&twin.client, &self.picture).await?;
        Ok(())
    }

    /// After the cut-over: every row once, its references, the order, and the new keys.
    pub(crate) async fn rows(&self, client: &Client, written: bool) -> Result<(), String> {
        let now = Graph::of(client, &self.picture).await?;
        self.graph.same_as(&now)?;
        self.views
            .same_as(&graph::views(client, &self.picture).await?)?;
        keys::check(client, &self.picture, self.noted_at, written).await
    }

    /// After the cut-over, whatever was written since: the new keys alone.
    pub(crate) async fn keys(&self, client: &Client) -> Result<(), String> {
        keys::check(client, &self.picture, self.noted_at, true).await
    }

    /// After the contraction: the schema differs in the types of the keys alone.
    pub(crate) async fn schema(&self, stage: &Stage) -> Result<(), String> {
        dump::equal_but_keys(&self.dump, &stage.dump(), &self.picture)?;
        let left = keys::leftovers(&stage.client, &self.picture).await?;
        if left.is_empty() {
            Ok(())
        } else {
            Err(format!("left behind: {left}"))
        }
    }

    /// After the way back: the schema, to the byte.
    pub(crate) fn schema_untouched(&self, stage: &Stage) -> Result<(), String> {
        let dump = stage.dump();
        if dump == self.dump {
            return Ok(());
        }
        Err(format!(
            "the schema changed:\n{}",
            dump::difference(&self.dump, &dump)
        ))
    }

    /// After the way back: the schema to the byte, and the data.
    pub(crate) async fn untouched(&self, stage: &Stage) -> Result<(), String> {
        self.schema_untouched(stage)?;
        self.views
            .same_as(&graph::views(&stage.client, &self.picture).await?)?;
        let data = graph::data(&stage.client, &self.picture).await?;
        if data != self.data {
            let (old, new) = (self.data.join("\n"), data.join("\n"));
            return Err(format!(
                "the data changed:\n{}",
                dump::difference(&old, &new)
            ));
        }
        Ok(())
    }
}
