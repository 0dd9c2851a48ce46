//! Where an import is, in memory, on disk, and in the file of rejects: moved on chunk by chunk.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use store::Outcome;

use super::Arguments;
use super::chunks::Chunk;
use super::rejects::Rejects;
use super::source::{STDIN, Source};
use super::state::{Job, State, beside, of_another};

/// The state of the import that runs.
pub(super) struct Memory {
    /// As it is on disk, if it is kept there.
    pub(super) state: State,
    path: Option<PathBuf>,
    rejects: Option<Rejects>,
}

impl Memory {
    /// What is remembered of this import; nothing in a dry run, which begins at the beginning.
    pub(super) fn open(
        arguments: &Arguments,
        source: &Source,
        job: Job,
        slug: &str,
    ) -> anyhow::Result<Self> {
        let is_stdin = arguments.input.as_os_str() == STDIN;
        let path = match &arguments.state {
            _ if arguments.dry_run => None,
            Some(path) => Some(path.clone()),
            None if is_stdin => None,
            None => Some(beside(&arguments.input, slug)),
        };
        let state = match &path {
            Some(path) => remembered(path, source, &job)?,
            None => None,
        };
        let state = state.unwrap_or_else(|| State::new(job, source.size));
        let rejects = match &arguments.rejects {
            Some(path) => Some(
                Rejects::open(path, state.reject_bytes)
                    .with_context(|| format!("open the file of rejects `{}`", path.display()))?,
            ),
            None => None,
        };
        Ok(Self {
            state,
            path,
            rejects,
        })
    }

    /// Counts a chunk that is on disk, and remembers it.
    pub(super) fn settle(&mut self, chunk: &Chunk, outcomes: &[Outcome]) -> anyhow::Result<()> {
        for outcome in outcomes {
            match outcome {
                Outcome::Stored(_) => self.state.tally.stored += 1,
                Outcome::Duplicate(_) | Outcome::NoProject => self.state.tally.duplicates += 1,
            }
        }
        self.pass(chunk)
    }

    /// Counts a chunk of a dry run.
    pub(super) fn pretend(&mut self, chunk: &Chunk) -> anyhow::Result<()> {
        self.state.tally.stored += chunk.events.len() as u64;
        self.pass(chunk)
    }

    fn pass(&mut self, chunk: &Chunk) -> anyhow::Result<()> {
        for reject in &chunk.rejects {
            self.state.tally.reject(reject);
        }
        if let Some(rejects) = &mut self.rejects {
            let appended = rejects.append(&chunk.rejects);
            self.state.reject_bytes = appended.context("write the file of rejects")?;
        }
        self.state.offset = chunk.end.offset;
        self.state.line = chunk.end.line;
        match &self.path {
            Some(path) => self.state.write(path),
            None => Ok(()),
        }
    }

    /// Whether a next run goes on where this one ended.
    pub(super) const fn is_kept(&self) -> bool {
        self.path.is_some()
    }
}

fn remembered(path: &Path, source: &Source, job: &Job) -> anyhow::Result<Option<State>> {
    let Some(mut state) = State::read(path)? else {
        return Ok(None);
    };
    let other = if state.job.project_id != job.project_id {
        Some("its project is another one")
    } else if !source.begins_with(&state.job.head) {
        Some("its input begins otherwise")
    } else if state.job.format != job.format || state.job.maps != job.maps {
        Some("its --format or --map is another one")
    } else {
        None
    };
    if let Some(what) = other {
        return Err(of_another(path, what).into());
    }
    state.size = source.size;
    Ok(Some(state))
}
