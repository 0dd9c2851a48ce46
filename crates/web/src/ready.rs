//! Whether the store commits: proved by a commit, at most once a moment.

use std::future::Future;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// The last proof.
#[derive(Debug, Default)]
pub(crate) struct Ready(Mutex<Option<(Instant, bool)>>);

impl Ready {
    /// The last proof, if it is not older than `age_max`; else a new one. Those who ask meanwhile
    /// wait for it.
    pub(crate) async fn look(
        &self,
        age_max: Duration,
        prove: impl Future<Output = Result<(), store::Error>>,
    ) -> bool {
        let mut last = self.0.lock().await;
        if let Some((_, proved)) = last.filter(|(at, _)| at.elapsed() < age_max) {
            return proved;
        }
        let proved = prove.await;
        if let Err(error) = &proved {
            tracing::warn!(%error, "the store cannot commit");
        }
        *last = Some((Instant::now(), proved.is_ok()));
        proved.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[tokio::test(start_paused = true)]
    async fn many_who_ask_load_the_store_once_a_second() {
        let (ready, proofs) = (Ready::default(), Cell::new(0));
        let look = async || {
            let prove = async {
                proofs.set(proofs.get() + 1);
                let doing = "commit";
                if proofs.get() == 2 {
                    Err(store::Error::Full { doing })
                } else {
                    Ok(())
                }
            };
            ready.look(Duration::from_secs(1), prove).await
        };
        assert_eq!(tokio::join!(look(), look(), look()), (true, true, true));
        assert_eq!(proofs.get(), 1);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(tokio::join!(look(), look()), (false, false));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(look().await);
        assert_eq!(proofs.get(), 3);
    }
}
