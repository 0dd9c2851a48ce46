//! Moves the write-ahead log into the file, beside the commits instead of within them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::fault::fault;
use super::workers::{Job, spawn};
use crate::{Config, Error};

/// Every connection keeps SQLite's default.
pub(super) const PAGE_BYTES: usize = 4096;

/// What the thread is told.
enum Call {
    Checkpoint,
    Stop,
}

/// The two ends of what the writer rings when the log has grown.
pub(super) struct Bell {
    sender: SyncSender<Call>,
    receiver: Receiver<Call>,
}

/// What the thread works with.
pub(super) struct Room {
    pub(super) connection: Connection,
    /// None never happens while the threads run; the type of [`Workers`](super::Workers) allows it.
    pub(super) writer: Option<SyncSender<Job>>,
    pub(super) failed: Arc<AtomicBool>,
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

/// Has the writing connection ring whenever its log has grown by `wal_bytes`.
pub(super) fn hang_bell(writer: &mut Connection, config: &Config) -> Result<Bell, Error> {
    let step = i32::try_from(config.sqlite.wal_bytes / PAGE_BYTES)
        .unwrap_or(i32::MAX)
        .max(1);
    let (sender, receiver) = sync_channel(1);
    let calls = sender.clone();
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
    writer
        .wal_hook(Some(hook))
        .map_err(fault("open the store"))?;
    Ok(Bell { sender, receiver })
}

impl Checkpointer {
    pub(super) fn start(room: Room, bell: Bell) -> Result<Self, Error> {
        let Bell { sender, receiver } = bell;
        let thread = spawn("store-checkpoint", move || run(&room, &receiver))?;
        Ok(Self {
            calls: sender,
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

fn run(room: &Room, calls: &Receiver<Call>) {
    while let Ok(Call::Checkpoint) = calls.recv() {
        if room.failed.load(Ordering::Acquire) {
            return;
        }
        // The long part, while the writer goes on: it copies what is committed now.
        let result = checkpoint(&room.connection);
        if result.is_err_and(|error| matches!(error, Error::Unavailable { .. })) {
            // The same disk, the same rule: nobody writes through this handle again.
            room.failed.store(true, Ordering::Release);
            return;
        }
        // The rest, on the writer's own thread: only there can nothing be added meanwhile, so that
        // the whole log is copied and the next commit begins it again at its start. The log grows
        // without end if nobody ever does this.
        let Some(writer) = &room.writer else { return };
        let failed = Arc::clone(&room.failed);
        let rest: Job = Box::new(move |connection| {
            let result = checkpoint(connection);
            if result.is_err_and(|error| matches!(error, Error::Unavailable { .. })) {
                failed.store(true, Ordering::Release);
            }
        });
        if writer.send(rest).is_err() {
            return;
        }
    }
}

/// Copies as much of the log as no reader still needs. Busy and a full disk are no errors of the
/// checkpoint: the next one copies what this one did not.
fn checkpoint(connection: &Connection) -> Result<(), Error> {
    let statement = "PRAGMA wal_checkpoint(PASSIVE)";
    connection
        .query_row(statement, (), |_| Ok(()))
        .map_err(fault("checkpoint the log"))
}
