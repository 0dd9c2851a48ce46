//! Writes one batch and its place in the journal.

use ids::Uuid;

use super::super::Event;
use super::super::engine::Engine;
use super::{Filler, Row};
use crate::Error;
use crate::journal::{self, Progress};
use crate::mint;

/// What came of a batch.
pub(super) struct Written {
    pub(super) progress: Progress,
    /// How often a row was held by somebody.
    pub(super) blocked: u32,
}

impl Filler<'_> {
    /// Writes one batch and its place in the journal; again, in smaller pieces, while somebody
    /// holds one of the rows.
    pub(super) async fn write(
        &self,
        engine: &mut Engine<'_>,
        rows: &[Row],
        values: &[Uuid],
        (reached, tick): (Vec<String>, u64),
    ) -> Result<Written, Error> {
        let mut progress = self.progress.clone();
        progress.batches += 1;
        progress.last_tick = tick;
        let mut piece = rows.len().max(1);
        let (mut at, mut blocked) = (0, 0);
        loop {
            let end = (at + piece).min(rows.len());
            let mut after = progress.clone();
            after.rows += (end - at) as u64;
            // In the middle of a batch the walk has reached the last row written.
            after.last_key = match rows.get(end.wrapping_sub(1)) {
                Some(row) if end < rows.len() => self.middle(row, &progress),
                _ => Some(reached.clone()),
            };
            after.last_tick = if end < rows.len() {
                tick_at(values, end, tick)
            } else {
                tick
            };
            let values = values.get(at..end).unwrap_or_default();
            match self.piece(engine, &rows[at..end], values, &after).await {
                Ok(()) if end == rows.len() => {
                    return Ok(Written {
                        progress: after,
                        blocked,
                    });
                }
                Ok(()) => (at, progress) = (end, after),
                Err(error) => {
                    blocked += 1;
                    engine.again(self.plan, blocked, error).await?;
                    piece = (piece / 4).max(1);
                }
            }
        }
    }

    /// By place on disk, a page is done only when all of it is.
    fn middle(&self, row: &Row, before: &Progress) -> Option<Vec<String>> {
        if self.walk.by_place() {
            before.last_key.clone()
        } else {
            Some(row.key.clone())
        }
    }

    async fn piece(
        &self,
        engine: &mut Engine<'_>,
        rows: &[Row],
        values: &[Uuid],
        after: &Progress,
    ) -> Result<(), Error> {
        engine.execute("BEGIN").await?;
        engine.tell(&Event::Before("fill a batch"))?;
        let client = &engine.session.client;
        let mut keys: Vec<Vec<&str>> = vec![Vec::with_capacity(rows.len()); self.walk.width()];
        for row in rows {
            for (column, part) in keys.iter_mut().zip(&row.key) {
                column.push(part);
            }
        }
        let mut parameters: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> = Vec::new();
        for column in &keys {
            parameters.push(column);
        }
        if self.mint.is_some() {
            parameters.push(&values);
        }
        let doing = || Error::database(format!("fill {}", self.table.name));
        if !rows.is_empty() {
            client
                .execute(&self.update, &parameters)
                .await
                .map_err(doing())?;
        }
        journal::record(client, self.step, after)
            .await
            .map_err(doing())?;
        engine.tell(&Event::After("fill a batch"))?;
        engine.execute("COMMIT").await
    }
}

/// The tick from which a batch that is cut at `end` goes on.
fn tick_at(values: &[Uuid], end: usize, tick: u64) -> u64 {
    let last = end.checked_sub(1).and_then(|last| values.get(last));
    last.and_then(|id| mint::tick_of(*id)).unwrap_or(tick)
}
