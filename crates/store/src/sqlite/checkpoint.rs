//! Moves the write-ahead log into the file, beside the commits instead of within them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::fault::fault;
use super::file;
use super::health::Health;
use super::workers::{Job, spawn};
use crate::{Config, Error};

/// Every connection keeps SQLite's default.
pub(super) const PAGE_BYTES: usize = 4096;

/// What the thread is told.
#[derive(Debug)]
enum Call {
    Checkpoint,
    Stop,
}

/// What the writer rings when the log has grown, with the end that the thread listens at.
pub(super) struct Bell {
    ringer: Ringer,
    receiver: Receiver<Call>,
}

/// The end that is rung.
#[derive(Clone, Debug)]
pub(super) struct Ringer {
    calls: SyncSender<Call>,
    /// Pages by which the log grows between two calls.
    step: i32,
}

/// What the thread works with.
pub(super) struct Room {
    pub(super) path: PathBuf,
    pub(super) config: Config,
    /// None never happens while the threads run; the type of [`Workers`](super::Workers) allows it.
    pub(super) writer: Option<SyncSender<Job>>,
    pub(super) health: Arc<Health>,
}

/// The thread. Dropping it waits for a checkpoint that was begun.
pub(super) struct Checkpointer {
    calls: SyncSender<Call>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Checkpointer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checkpointer").finish_non_exhaustive()
    }
}

impl Bell {
    pub(super) fn new(config: &Config) -> Self {
        let (calls, receiver) = sync_channel(1);
        let step = i32::try_from(config.sqlite.wal_bytes / PAGE_BYTES);
        let step = step.unwrap_or(i32::MAX).max(1);
        Self {
            ringer: Ringer { calls, step },
            receiver,
        }
    }

    pub(super) fn ringer(&self) -> Ringer {
        self.ringer.clone()
    }
}

impl Ringer {
    /// Has the writing connection ring whenever its log has grown by `wal_bytes`.
    pub(super) fn hang(&self, writer: &mut Connection) -> Result<(), Error> {
        let Self { calls, step } = self.clone();
        let mut rung_at = 0;
        let hook = move |_: &mut rusqlite::hooks::Wal, pages: i32| {
            if pages < rung_at {
                // The log has begun again.
                rung_at = 0;
            }
            if pages.saturating_sub(rung_at) >= step {
                rung_at = pages;
                // Full: a call is waiting already. Disconnected: the store is being closed.
                drop(calls.try_send(Call::Checkpoint));
            }
            Ok(())
        };
        writer.wal_hook(Some(hook)).map_err(fault("open the store"))
    }
}

impl Checkpointer {
    pub(super) fn start(room: Room, bell: Bell) -> Result<Self, Error> {
        let Bell { ringer, receiver } = bell;
        let connection = file::open_to_checkpoint(&room.path, &room.config)?;
        let body = move || run(&room, Some(connection), &receiver);
        let thread = spawn("store-checkpoint", body)?;
        Ok(Self {
            calls: ringer.calls,
            thread: Some(thread),
        })
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        // An error means that the thread has ended by itself.
        drop(self.calls.send(Call::Stop));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(
                ended.is_ok() || std::thread::panicking(),
                "the checkpointer panicked"
            );
        }
    }
}

fn run(room: &Room, mut kept: Option<Connection>, calls: &Receiver<Call>) {
    while let Ok(Call::Checkpoint) = calls.recv() {
        if room.health.failure().is_some() {
            // The same disk, the same rule: nothing is written through an old handle again.
            kept = None;
            continue;
        }
        let opened = match kept.take() {
            Some(connection) => Ok(connection),
            None => file::open_to_checkpoint(&room.path, &room.config),
        };
        // The long part, while the writer goes on: it copies what is committed now.
        let result = opened.and_then(|connection| checkpoint(&connection).map(|()| connection));
        room.health.note(&result);
        let Ok(connection) = result else { continue };
        kept = Some(connection);
        // The rest, on the writer's own thread: only there can nothing be added meanwhile, so that
        // the whole log is copied and the next commit begins it again at its start. The log grows
        // without end if nobody ever does this.
        let Some(writer) = &room.writer else { return };
        let health = Arc::clone(&room.health);
        let rest: Job = Box::new(move |connection| {
            if health.failure().is_none() {
                health.note(&checkpoint(connection));
            }
        });
        if writer.send(rest).is_err() {
            return;
        }
    }
}

/// Copies as much of the log as no reader still needs.
fn checkpoint(connection: &Connection) -> Result<(), Error> {
    let statement = "PRAGMA wal_checkpoint(PASSIVE)";
    connection
        .query_row(statement, (), |_| Ok(()))
        .map_err(fault("checkpoint the log"))
}
