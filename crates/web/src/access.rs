//! Which project a key opens: asked of the store once, remembered for a moment.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use event::ProjectId;
use ids::Uuid;
use store::{ApiKey, Digest, KeyKind};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::config::Keys;
use crate::key::{Key, digest_of};
use crate::recent::Recent;

/// What a good write key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) key_id: Uuid,
    pub(crate) project_id: ProjectId,
}

/// Looks keys up.
#[derive(Debug)]
pub(crate) struct Access {
    config: Keys,
    lookups: Semaphore,
    remembered: Mutex<Recent<Digest, Remembered>>,
    hits: AtomicU64,
    misses: AtomicU64,
}

#[derive(Clone, Copy, Debug)]
struct Remembered {
    opened: Option<Opened>,
    at: Instant,
}

/// What was counted, and what there is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyCounts {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) entries: usize,
}

impl Access {
    pub(crate) fn new(config: Keys) -> Self {
        Self {
            lookups: Semaphore::new(config.lookups_max.max(1)),
            remembered: Mutex::new(Recent::new(config.remembered_max)),
            config,
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    /// What the write key `text` opens, by what is remembered or what `ask` says. None if it opens
    /// nothing: unknown, revoked, of an archived project, not for writing, or no key at all.
    ///
    /// # Errors
    /// What `ask` said, if there is no answer of late.
    pub(crate) async fn open<F>(
        &self,
        text: &str,
        ask: impl FnOnce(Digest) -> F,
    ) -> Result<Option<Opened>, store::Error>
    where
        F: Future<Output = Result<Option<ApiKey>, store::Error>>,
    {
        let digest = digest_of(text);
        if let Some(known) = self.remembered(digest, self.config.fresh) {
            self.hits.fetch_add(1, Ordering::Relaxed);
            return Ok(known.opened);
        }
        // What is no key at all costs neither a look into the store nor a place in memory.
        if Key::parse(text).map(|key| key.kind()) != Ok(KeyKind::Write) {
            return Ok(None);
        }
        let turn = self.lookups.acquire().await;
        let _turn = turn.expect("nobody closes the semaphore");
        // Another request may have asked while this one waited for its turn.
        if let Some(known) = self.remembered(digest, self.config.fresh) {
            return Ok(known.opened);
        }
        self.misses.fetch_add(1, Ordering::Relaxed);
        let asked_at = Instant::now();
        match ask(digest).await {
            Ok(key) => {
                let key = key.filter(|key| key.kind == KeyKind::Write);
                let opened = key.map(|key| Opened {
                    key_id: key.id,
                    project_id: key.project_id,
                });
                self.remember(
                    digest,
                    Remembered {
                        opened,
                        at: asked_at,
                    },
                );
                Ok(opened)
            }
            Err(error) => match self.remembered(digest, self.config.stale) {
                Some(Remembered {
                    opened: opened @ Some(_),
                    ..
                }) => Ok(opened),
                _ => Err(error),
            },
        }
    }

    pub(crate) fn counts(&self) -> KeyCounts {
        let remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        KeyCounts {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            entries: remembered.len(),
        }
    }

    fn remembered(&self, digest: Digest, age_max: Duration) -> Option<Remembered> {
        let mut remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let found = *remembered.get(digest)?;
        (found.at.elapsed() < age_max).then_some(found)
    }

    fn remember(&self, digest: Digest, known: Remembered) {
        let mut remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        remembered.insert(digest, known);
    }
}

#[cfg(test)]
mod tests;
