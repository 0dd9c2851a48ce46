//! Rows on their way from one database to another, summed as they pass.

use tokio::sync::mpsc;

use super::manifest::Progress;
use super::tables::{Row, Sum, TABLES, Total};
use crate::Error;

/// Rows of one piece: what a reader gathers before it hands them over.
pub(crate) const PIECE_ROWS: usize = 200;

/// Pieces between reader and writer. With the longest events allowed, one is some 13 MB.
const PIECES_WAITING: usize = 2;

/// What a reader hands over: a heading, then each table's rows and its end.
#[derive(Debug)]
pub(crate) enum Piece {
    Heading(Heading),
    Rows(Vec<Row>),
    EndOfTable,
}

/// What is known before the first row.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Heading {
    pub(crate) rows_total: u64,
    /// Of the newest event, also if that was erased.
    pub(crate) last_position: i64,
}

/// The end that a reader fills.
pub(crate) type Sender = mpsc::Sender<Piece>;

/// Told of every piece.
pub(crate) type OnProgress = Box<dyn FnMut(Progress) + Send>;

/// The end that a writer empties.
pub(crate) struct Stream {
    doing: &'static str,
    pieces: mpsc::Receiver<Piece>,
    on_progress: OnProgress,
    progress: Progress,
    sum: Sum,
    totals: Vec<Total>,
}

/// A stream and the end that fills it.
pub(crate) fn stream(doing: &'static str, on_progress: OnProgress) -> (Sender, Stream) {
    let (sender, pieces) = mpsc::channel(PIECES_WAITING);
    let stream = Stream {
        doing,
        pieces,
        on_progress,
        progress: Progress::default(),
        sum: Sum::default(),
        totals: Vec::with_capacity(TABLES.len()),
    };
    (sender, stream)
}

impl Stream {
    /// The first piece.
    pub(crate) async fn heading(&mut self) -> Result<Heading, Error> {
        let piece = self.pieces.recv().await;
        self.read_heading(piece.as_ref())
    }

    /// The same on a thread that may wait.
    pub(crate) fn blocking_heading(&mut self) -> Result<Heading, Error> {
        let piece = self.pieces.blocking_recv();
        self.read_heading(piece.as_ref())
    }

    /// The next rows of the present table. None once at its end; the next call is the next table's.
    pub(crate) async fn rows(&mut self) -> Result<Option<Vec<Row>>, Error> {
        let piece = self.pieces.recv().await;
        self.read_rows(piece)
    }

    /// The same on a thread that may wait.
    pub(crate) fn blocking_rows(&mut self) -> Result<Option<Vec<Row>>, Error> {
        let piece = self.pieces.blocking_recv();
        self.read_rows(piece)
    }

    /// The totals of the tables that have ended.
    pub(crate) fn totals(&self) -> &[Total] {
        &self.totals
    }

    /// Reads to the end, for nothing but the totals.
    pub(crate) async fn sum_up(mut self) -> Result<Vec<Total>, Error> {
        self.heading().await?;
        while self.totals.len() < TABLES.len() {
            while self.rows().await?.is_some() {}
        }
        Ok(self.totals)
    }

    fn read_heading(&mut self, piece: Option<&Piece>) -> Result<Heading, Error> {
        let Some(Piece::Heading(heading)) = piece else {
            return Err(self.ended());
        };
        self.progress.rows_total = heading.rows_total;
        (self.on_progress)(self.progress);
        Ok(*heading)
    }

    fn read_rows(&mut self, piece: Option<Piece>) -> Result<Option<Vec<Row>>, Error> {
        match piece {
            Some(Piece::Rows(rows)) => {
                let Some(table) = TABLES.get(self.totals.len()) else {
                    return Err(self.ended());
                };
                for row in &rows {
                    self.sum.add(table, row);
                }
                self.progress.rows += rows.len() as u64;
                (self.on_progress)(self.progress);
                Ok(Some(rows))
            }
            Some(Piece::EndOfTable) => {
                let sum = std::mem::take(&mut self.sum);
                self.totals.push(sum.total());
                Ok(None)
            }
            Some(Piece::Heading(_)) | None => Err(self.ended()),
        }
    }

    /// The reader has failed, and says itself why.
    fn ended(&self) -> Error {
        Error::Unavailable {
            doing: self.doing,
            why: "the rows ended early".to_owned(),
        }
    }
}

/// What reader and writer came to: if the reader failed, the writer's error only follows from it.
pub(crate) fn outcome<T>(read: Result<(), Error>, written: Result<T, Error>) -> Result<T, Error> {
    read.and(written)
}
