//! Threads that own a connection each and take jobs from one bounded queue.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::Error;

/// What a thread does with its connection. It sends its result itself.
pub(super) type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The threads. Dropping it waits until all jobs are done and the connections are closed.
#[derive(Debug)]
pub(super) struct Workers {
    /// None once dropping has begun: the threads end when no sender is left.
    jobs: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// One thread for each connection.
    pub(super) fn start(
        name: &str,
        connections: Vec<Connection>,
        waiting_max: usize,
    ) -> Result<Self, Error> {
        let (sender, receiver) = sync_channel::<Job>(waiting_max);
        let receiver = Arc::new(Mutex::new(receiver));
        let start = |connection| {
            let receiver = Arc::clone(&receiver);
            spawn(name, move || work(&receiver, connection))
        };
        let threads = connections
            .into_iter()
            .map(start)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            jobs: Some(sender),
            threads,
        })
    }

    /// Another way to hand in jobs. The threads do not end before it is dropped.
    pub(super) fn hands(&self) -> Option<SyncSender<Job>> {
        self.jobs.clone()
    }

    /// Has a thread run `job` and waits for its result. Once begun, a job runs to its end, also if
    /// nobody waits any more.
    pub(super) async fn run<T, F>(&self, doing: &'static str, job: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    {
        let ended = || Error::Unavailable {
            doing,
            why: "its thread has ended".to_owned(),
        };
        let (answer, result) = oneshot::channel();
        let job = move |connection: &mut Connection| {
            // Fails only if the caller has gone, who then does not want to know.
            drop(answer.send(job(connection)));
        };
        let jobs = self.jobs.as_ref().ok_or_else(ended)?;
        jobs.try_send(Box::new(job)).map_err(|error| match error {
            TrySendError::Full(_) => Error::Busy {
                doing,
                why: "`waiting_max` operations are waiting".to_owned(),
            },
            TrySendError::Disconnected(_) => ended(),
        })?;
        result.await.map_err(|_| ended())?
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            let ended = thread.join();
            // A job that panicked has told its caller by dropping the answer.
            assert!(
                ended.is_ok() || thread::panicking(),
                "a thread of the store panicked"
            );
        }
    }
}

fn work(jobs: &Mutex<Receiver<Job>>, mut connection: Connection) {
    loop {
        // Poison is of no matter: a receiver has no state that a panic could leave half done, and
        // no job runs under the lock.
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(job) => job(&mut connection),
            Err(_) => return,
        }
    }
}

/// Starts a named thread.
pub(super) fn spawn(
    name: &str,
    body: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, Error> {
    let builder = thread::Builder::new().name(name.to_owned());
    builder.spawn(body).map_err(|error| Error::Unavailable {
        doing: "start a thread of the store",
        why: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_thread(waiting_max: usize) -> Workers {
        let connection = Connection::open_in_memory().unwrap();
        Workers::start("test", vec![connection], waiting_max).unwrap()
    }

    #[tokio::test]
    async fn a_full_queue_is_busy_and_takes_jobs_again() {
        let workers = one_thread(1);
        let (release, held) = sync_channel::<()>(0);
        let (begun, begins) = oneshot::channel();
        let holding = workers.run("hold", move |_| {
            begun.send(()).unwrap();
            held.recv().unwrap();
            Ok(1)
        });
        let checking = async {
            begins.await.unwrap();
            let waiting = workers.run("wait", |_| Ok(2));
            let refusing = async {
                let refused = workers.run("be refused", |_| Ok(3)).await;
                assert!(matches!(refused, Err(Error::Busy { .. })), "{refused:?}");
                release.send(()).unwrap();
            };
            // In order: the first poll hands the waiting job in.
            let (waited, ()) = tokio::join!(biased; waiting, refusing);
            assert_eq!(waited.unwrap(), 2);
        };
        let (held, ()) = tokio::join!(holding, checking);
        assert_eq!(held.unwrap(), 1);
        assert_eq!(workers.run("go on", |_| Ok(4)).await.unwrap(), 4);
    }

    #[tokio::test]
    async fn a_job_is_done_though_nobody_waits_for_it() {
        let workers = one_thread(10);
        let (done, is_done) = sync_channel(1);
        let forgotten = workers.run("be forgotten", move |_| {
            done.send(()).unwrap();
            Ok(())
        });
        // Polled once, which hands it in, then dropped.
        tokio::select! {
            biased;
            _ = forgotten => {}
            () = std::future::ready(()) => {}
        }
        drop(workers);
        is_done.recv().unwrap();
    }
}
