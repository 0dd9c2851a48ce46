//! Forks the process and brings back the ids that the child made.
#![expect(
    unsafe_code,
    reason = "fork, _exit and waitpid are C functions; proofs at each call"
)]

use std::io::{self, PipeReader, Read, Write};

use ids::{Error, Uuid};

/// Ids that a child makes. They fit into a pipe (64 KiB on Linux, at least 4 KiB elsewhere), so a
/// child never waits for its parent to read.
pub(super) const IDS_PER_CHILD: usize = 256;

/// A forked process, until it was read.
pub(super) struct Child {
    id: libc::pid_t,
    ids: PipeReader,
}

impl Child {
    /// Forks; the child makes [`IDS_PER_CHILD`] ids, writes them down and ends.
    pub(super) fn start(make: impl Fn() -> Result<Uuid, Error>) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        // SAFETY: the child of a process with several threads may do only what needs no lock that
        // another thread held at this moment. It fills an array on its stack, and writes it with
        // one system call; `make` is the subject of the check, and takes no lock by design. The
        // child leaves through `_exit` in every case, so it runs no destructor, no exit handler
        // and nothing of the code after this function.
        match unsafe { libc::fork() } {
            -1 => Err(io::Error::last_os_error()),
            0 => {
                let _guard = Leave;
                let done = write_ids(make, writer);
                leave(i32::from(!done))
            }
            // The parent's end for writing closes here: the child has the only one left, so
            // reading ends when the child does.
            id => Ok(Self { id, ids: reader }),
        }
    }

    /// Waits for the child to end and gives what it made.
    pub(super) fn finish(mut self) -> io::Result<Vec<Uuid>> {
        let mut bytes = Vec::new();
        self.ids.read_to_end(&mut bytes)?;
        match wait(self.id)? {
            0 => {}
            status => {
                return Err(io::Error::other(format!(
                    "a child ended with status {status}"
                )));
            }
        }
        let (ids, rest) = bytes.as_chunks::<16>();
        if ids.len() != IDS_PER_CHILD || !rest.is_empty() {
            return Err(io::Error::other(format!(
                "a child wrote {} bytes",
                bytes.len()
            )));
        }
        Ok(ids.iter().copied().map(Uuid::from_bytes).collect())
    }
}

fn write_ids(make: impl Fn() -> Result<Uuid, Error>, mut to: impl Write) -> bool {
    let mut bytes = [0; IDS_PER_CHILD * 16];
    for place in bytes.as_chunks_mut::<16>().0 {
        match make() {
            Ok(id) => *place = id.to_bytes(),
            Err(_) => return false,
        }
    }
    to.write_all(&bytes).is_ok()
}

/// Waits for a child and gives its raw status; 0 is a clean end.
fn wait(child: libc::pid_t) -> io::Result<i32> {
    let mut status = 0;
    loop {
        // SAFETY: `status` is a valid place for one int for the duration of the call.
        if unsafe { libc::waitpid(child, &raw mut status, 0) } == child {
            return Ok(status);
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// Ends the process when it is dropped, so that a panic in a child cannot unwind into the copy of
/// its parent's stack.
struct Leave;

impl Drop for Leave {
    fn drop(&mut self) {
        leave(2);
    }
}

fn leave(status: i32) -> ! {
    // SAFETY: `_exit` has no requirements; it ends the process without running anything else.
    unsafe { libc::_exit(status) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_brings_back_what_it_made() {
        let ids = Child::start(|| Ok(Uuid::MAX)).unwrap().finish().unwrap();
        assert_eq!(ids, [Uuid::MAX; IDS_PER_CHILD]);
    }

    #[test]
    fn a_child_that_fails_or_panics_is_an_error_here() {
        let error = Child::start(|| Err(Error::Entropy))
            .unwrap()
            .finish()
            .unwrap_err();
        assert!(error.to_string().contains("ended with status"), "{error}");
        let error = Child::start(|| panic!("expected"))
            .unwrap()
            .finish()
            .unwrap_err();
        assert!(error.to_string().contains("ended with status"), "{error}");
    }
}
