//! The transaction in which the columns change names.

use tokio::time::Instant;

use super::Event;
use super::engine::Engine;
use crate::Error;
use crate::plan::Plan;

impl Engine<'_> {
    /// Locks all tables or none, then does everything in one message: while the locks are held,
    /// nothing waits for this side of the connection.
    pub(super) async fn cut_over(
        &mut self,
        plan: &Plan,
        lock: &str,
        statements: &[String],
        record: Option<&str>,
    ) -> Result<(), Error> {
        let timeout = plan.settings.lock_timeout_ms;
        // The timeout of the statement is for all locks together, that of locks for one.
        let begin = format!(
            "BEGIN; SET LOCAL lock_timeout = {timeout}; SET LOCAL statement_timeout = {timeout}"
        );
        let mut whole = vec![format!(
            "SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}"
        )];
        whole.extend_from_slice(statements);
        whole.extend(record.map(str::to_owned));
        whole.push("COMMIT".to_owned());
        let whole = whole.join(";\n");
        for attempt in 1..=plan.settings.lock_attempts {
            self.execute(&begin).await?;
            let asked = Instant::now();
            let mut locked = asked;
            let tried = match self.execute(lock).await {
                Ok(()) => {
                    locked = Instant::now();
                    self.execute(&whole).await
                }
                Err(error) => Err(error),
            };
            match tried {
                Ok(()) => {
                    let (waited, held) = (locked - asked, locked.elapsed());
                    return self.tell(&Event::CutOver { waited, held });
                }
                Err(error) => self.again(plan, attempt, error).await?,
            }
        }
        Err(self.locked_out(plan).await)
    }
}

/// No statement of the cut-over reads a table; one that takes this long is not what was planned,
/// and the transaction is given up rather than keep everybody waiting.
const STATEMENT_TIMEOUT_MS: u32 = 5_000;
