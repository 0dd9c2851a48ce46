//! CSV: a header and one event in each row, turned into JSON, in bounded memory whatever the file
//! holds.

use std::io::{self, BufRead};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use event::{Code, Limits, members, rejected_input};

use super::fields::{Renames, Target, quoted, targets};
use super::lines::too_long;
use super::piece::{INVALID_ROW, Piece, Place, Reject};
use crate::refusal::Refusal;

/// The characters between cells that are looked for in the header.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Columns that a file may have. More are fewer than an event may have keys, or no CSV.
const COLUMNS_MAX: usize = 1_000;

/// Cuts an input into rows.
pub(super) struct Rows {
    cutter: Cutter,
    targets: Vec<Target>,
    input_bytes_max: usize,
}

impl Rows {
    /// Rows of `bytes`, from the header on.
    pub(super) fn open(
        bytes: Box<dyn BufRead + Send>,
        head: &[u8],
        limits: &Limits,
        renames: &Renames,
    ) -> anyhow::Result<Self> {
        let mut cutter = Cutter::new(bytes, head, limits.event_bytes_max);
        let header = match cutter.next()? {
            Some(Cut::Row) => cutter.cells().map(<[u8]>::to_vec).collect::<Vec<_>>(),
            Some(Cut::TooLong) => return Err(header("is longer than an event may be").into()),
            None => return Err(header("is missing: the input is empty").into()),
        };
        let names = header.into_iter().map(String::from_utf8);
        let names: Vec<String> = names
            .collect::<Result<_, _>>()
            .map_err(|_| header_error_utf8())?;
        check_names(&names, renames)?;
        Ok(Self {
            targets: targets(&names, renames),
            cutter,
            input_bytes_max: limits.rejection_input_bytes_max,
        })
    }

    /// Passes over what was imported before.
    pub(super) fn skip_to(&mut self, place: Place) -> io::Result<bool> {
        let rest = place.offset.checked_sub(self.cutter.place.offset);
        let Some(rest) = rest else {
            return Ok(false);
        };
        let passed = pass(&mut self.cutter.bytes, rest)?;
        self.cutter.place = place;
        Ok(passed)
    }

    /// Where the next row begins.
    pub(super) const fn place(&self) -> Place {
        self.cutter.place
    }

    /// The next row that is not blank.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece>> {
        self.cutter.skip_blank()?;
        let place = self.cutter.place;
        let json = match self.cutter.next()? {
            None => return Ok(None),
            Some(Cut::Row) => self.event(place),
            Some(Cut::TooLong) => {
                let text = &self.cutter.output[..self.cutter.used];
                Err(too_long(
                    place,
                    text,
                    self.cutter.row_bytes_max,
                    self.input_bytes_max,
                ))
            }
        };
        Ok(Some(Piece { place, json }))
    }

    fn event(&self, place: Place) -> Result<Vec<u8>, Reject> {
        let (found, expected) = (self.cutter.cells().count(), self.targets.len());
        if found != expected {
            let message = format!("the row has `{found}` cells, the header has {expected}");
            return Err(self.reject(place, INVALID_ROW, message));
        }
        let mut row = Row::default();
        for (target, cell) in self.targets.iter().zip(self.cutter.cells()) {
            let cell = str::from_utf8(cell).map_err(|_| {
                let message = "a cell of the row is not UTF-8".to_owned();
                self.reject(place, Code::InvalidUtf8.as_str(), message)
            })?;
            if !cell.is_empty() {
                row.add(target, cell);
            }
        }
        Ok(row.json().into_bytes())
    }

    fn reject(&self, place: Place, code: &'static str, message: String) -> Reject {
        let cells: Vec<&[u8]> = self.cutter.cells().collect();
        let input = rejected_input(&cells.join(&b","[..]), self.input_bytes_max);
        Reject {
            line: place.line + 1,
            code,
            field: None,
            message,
            input,
        }
    }
}

fn header(what: &str) -> Refusal {
    Refusal::new("invalid_header", format!("the header {what}"))
        .hint("the first line of a CSV file names its columns")
}

fn header_error_utf8() -> Refusal {
    header("is not UTF-8").hint("convert the file first: `iconv -t UTF-8`")
}

fn check_names(names: &[String], renames: &Renames) -> Result<(), Refusal> {
    for (index, name) in names.iter().enumerate() {
        if name.trim().is_empty() {
            return Err(header(&format!("has no name for column `{}`", index + 1)));
        }
        if names[..index].contains(name) {
            return Err(header(&format!("has the name `{name}` twice")));
        }
    }
    match renames.unknown(names) {
        Some(name) => Err(
            Refusal::usage(format!("there is no column `{name}` to map"))
                .hint(format!("the columns are: {}", names.join(", "))),
        ),
        None => Ok(()),
    }
}

/// Reads and drops `count` bytes; false if there are not so many.
pub(super) fn pass(bytes: &mut impl BufRead, count: u64) -> io::Result<bool> {
    let mut left = count;
    while left > 0 {
        let there = bytes.fill_buf()?.len();
        if there == 0 {
            return Ok(false);
        }
        let step = there.min(usize::try_from(left).unwrap_or(usize::MAX));
        bytes.consume(step);
        left -= step as u64;
    }
    Ok(true)
}

/// One row on its way to JSON.
#[derive(Default)]
struct Row {
    fields: Vec<String>,
    properties: Vec<String>,
    context: Vec<String>,
}

impl Row {
    fn add(&mut self, target: &Target, cell: &str) {
        match target {
            Target::Field(name) => self.fields.push(format!("{name}:{}", quoted(cell))),
            Target::Property(name) => self.properties.push(format!("{name}:{}", typed(cell))),
            Target::InContext(name) => self.context.push(format!("{name}:{}", typed(cell))),
            Target::Properties => match object(cell) {
                Some(inner) => self.properties.push(inner.to_owned()),
                // What is no object is handed on, and refused like anybody else's.
                None => self.fields.push(format!("\"properties\":{}", quoted(cell))),
            },
            Target::Context => match object(cell) {
                Some(inner) => self.context.push(inner.to_owned()),
                None => self.fields.push(format!("\"context\":{}", quoted(cell))),
            },
        }
    }

    fn json(mut self) -> String {
        for (name, members) in [("properties", self.properties), ("context", self.context)] {
            let members: Vec<_> = members
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect();
            let named = |field: &String| field.starts_with(&format!("\"{name}\":"));
            if !members.is_empty() && !self.fields.iter().any(named) {
                self.fields
                    .push(format!("\"{name}\":{{{}}}", members.join(",")));
            }
        }
        format!("{{{}}}", self.fields.join(","))
    }
}

/// What is between the brackets of a JSON object that is one and nothing else.
fn object(cell: &str) -> Option<&str> {
    let text = cell.trim();
    let whole = members(text.as_bytes()).ok()?.all(|member| member.is_ok());
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    whole.then_some(inner.trim())
}

/// A cell by its type: `true` and `false` are booleans, what JSON writes as a number without an
/// exponent is that number, all else is text.
fn typed(cell: &str) -> String {
    if matches!(cell, "true" | "false") || is_number(cell) {
        return cell.to_owned();
    }
    quoted(cell)
}

/// An optional minus, digits without a leading zero, and maybe digits behind a point. `007` is a
/// code and `1e5` may be one.
fn is_number(cell: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = cell.strip_prefix('-').unwrap_or(cell);
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    digits(whole) && !leading_zero && fraction.is_none_or(digits)
}

/// What was cut out.
enum Cut {
    /// One row: see [`Cutter::cells`].
    Row,
    /// A row beyond the limit, passed over; its beginning is in the buffer.
    TooLong,
}

/// Finds the cells of each row.
struct Cutter {
    bytes: Box<dyn BufRead + Send>,
    parser: Reader,
    place: Place,
    row_bytes_max: usize,
    /// The cells of the row that was read last, one behind the other: the first `used` bytes.
    output: Vec<u8>,
    used: usize,
    /// Where each ends: the first `count`.
    ends: Vec<usize>,
    count: usize,
}

impl Cutter {
    fn new(bytes: Box<dyn BufRead + Send>, head: &[u8], row_bytes_max: usize) -> Self {
        Self {
            bytes,
            parser: ReaderBuilder::new().delimiter(delimiter(head)).build(),
            place: Place::default(),
            row_bytes_max,
            output: vec![0; row_bytes_max],
            used: 0,
            ends: vec![0; COLUMNS_MAX],
            count: 0,
        }
    }

    /// The cells of the row that was read last.
    fn cells(&self) -> impl Iterator<Item = &[u8]> {
        let ends = &self.ends[..self.count];
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts
            .zip(ends)
            .map(|(start, end)| &self.output[start..*end])
    }

    fn skip_blank(&mut self) -> io::Result<()> {
        while let Some(byte @ (b'\n' | b'\r')) = self.bytes.fill_buf()?.first().copied() {
            self.bytes.consume(1);
            self.place.offset += 1;
            self.place.line += u64::from(byte == b'\n');
        }
        Ok(())
    }

    fn next(&mut self) -> io::Result<Option<Cut>> {
        (self.used, self.count) = (0, 0);
        // Where a row beyond the limit is read to, to be forgotten.
        let (mut scratch, mut scratch_ends) = ([0; 4096], [0; 64]);
        let mut too_long = false;
        loop {
            let input = self.bytes.fill_buf()?;
            let (output, ends) = if too_long {
                (&mut scratch[..], &mut scratch_ends[..])
            } else {
                (&mut self.output[self.used..], &mut self.ends[self.count..])
            };
            let (result, read, wrote, ended) = self.parser.read_record(input, output, ends);
            let ends = |byte: &u8| u64::from(*byte == b'\n');
            self.place.line += input[..read].iter().map(ends).sum::<u64>();
            self.place.offset += read as u64;
            self.bytes.consume(read);
            if !too_long {
                self.used += wrote;
                self.count += ended;
            }
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => too_long = true,
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record => break,
            }
        }
        Ok(Some(if too_long { Cut::TooLong } else { Cut::Row }))
    }
}

/// The delimiter that stands most often in the first line, outside of quotes; a comma if none does.
fn delimiter(head: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [0_usize; DELIMITERS.len()];
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if !quoted => {
                let known = DELIMITERS.iter().position(|known| known == byte);
                counts[known.unwrap_or_default()] += usize::from(known.is_some());
            }
            _ => {}
        }
    }
    let best = (0..DELIMITERS.len())
        .rev()
        .max_by_key(|index| counts[*index]);
    DELIMITERS[best.unwrap_or_default()]
}

#[cfg(test)]
mod tests;
