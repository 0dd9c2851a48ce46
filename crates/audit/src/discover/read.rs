//! Reads the candidates on all cores, and tells from their first bytes what each one is.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};

use schema::orm::{self, Orm};
use schema::{Dialect, Source};

use super::look::Look;
use super::walk::{Candidate, folder_of};
use super::{TOTAL_BYTES_MAX, Unreadable, dialect, parallel, sections};
use crate::Document;
use crate::code::{self, Call, Language};
use crate::suppress::{self, Comment};

/// A zero among this many bytes is taken for a file that is no text.
const PROBE_BYTES: usize = 8 << 10;

/// What was read, by kind.
#[derive(Default)]
pub(super) struct Texts {
    pub(super) prisma: Vec<Source>,
    pub(super) sql: Vec<Source>,
    pub(super) mapped: Vec<(Orm, Source)>,
    pub(super) documents: Vec<(Source, Document)>,
    /// Code that makes identifiers, or suppresses findings.
    pub(super) code: Vec<(Source, Vec<Call>)>,
    pub(super) code_files: usize,
    /// What Prisma says its migrations are written for, by their folder.
    pub(super) locks: BTreeMap<String, Dialect>,
    pub(super) comments: Vec<Comment>,
    pub(super) files: usize,
    pub(super) binary: usize,
    pub(super) long: Vec<(String, u64)>,
    pub(super) unreadable: Vec<Unreadable>,
}

/// One file, read.
enum Text {
    Kept(Kept, Source, Vec<Comment>),
    Lock(String, Option<Dialect>),
    /// Code without anything of interest.
    Code,
    /// Other text without anything of interest.
    Plain,
    Binary,
    Long(String, u64),
    Unreadable(Unreadable),
}

enum Kept {
    Prisma,
    Sql,
    Mapped(Orm),
    Document(Box<Document>),
    Code(Vec<Call>),
}

/// Reads all of them.
pub(super) fn all(candidates: &[Candidate]) -> Texts {
    let left = AtomicU64::new(TOTAL_BYTES_MAX);
    let read = parallel::each(candidates, |candidate| one(candidate, &left));
    let mut texts = Texts::default();
    for text in read {
        texts.take(text);
    }
    texts
}

impl Texts {
    fn take(&mut self, text: Text) {
        match text {
            Text::Kept(kind, source, comments) => {
                self.files += 1;
                self.comments.extend(comments);
                match kind {
                    Kept::Prisma => self.prisma.push(source),
                    Kept::Sql => self.sql.push(source),
                    Kept::Mapped(orm) => self.mapped.push((orm, source)),
                    Kept::Document(document) => self.documents.push((source, *document)),
                    Kept::Code(calls) => {
                        self.code_files += 1;
                        self.code.push((source, calls));
                    }
                }
            }
            Text::Lock(folder, dialect) => {
                self.files += 1;
                self.locks.extend(dialect.map(|dialect| (folder, dialect)));
            }
            Text::Code => {
                self.files += 1;
                self.code_files += 1;
            }
            Text::Plain => self.files += 1,
            Text::Binary => self.binary += 1,
            Text::Long(path, bytes) => self.long.push((path, bytes)),
            Text::Unreadable(what) => self.unreadable.push(what),
        }
    }
}

fn one(candidate: &Candidate, left: &AtomicU64) -> Text {
    let max = candidate.look.bytes_max();
    let bytes = match bytes_of(candidate, max) {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(length)) => return Text::Long(candidate.shown.clone(), length),
        Err(why) => return Text::Unreadable(Unreadable::new(&candidate.file, &why)),
    };
    if bytes[..bytes.len().min(PROBE_BYTES)].contains(&0) {
        return match candidate.look {
            Look::Prisma | Look::Sql => Text::Unreadable(Unreadable {
                path: candidate.shown.clone(),
                why: "it is no text in UTF-8".to_owned(),
            }),
            _ => Text::Binary,
        };
    }
    let length = bytes.len() as u64;
    let Ok(source) = Source::new(candidate.shown.clone(), bytes) else {
        return Text::Long(candidate.shown.clone(), length);
    };
    let text = kept(candidate.look, source);
    if let Text::Kept(_, source, _) = &text {
        let length = source.text().len() as u64;
        // Each thread takes its share off one number; no other memory depends on its order.
        let taken = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(length)
        });
        if taken.is_err() {
            return Text::Long(candidate.shown.clone(), length);
        }
    }
    text
}

/// The bytes of a file, or its length if it has too many.
fn bytes_of(candidate: &Candidate, max: u64) -> std::io::Result<Result<Vec<u8>, u64>> {
    let file = File::open(&candidate.file)?;
    let length = file.metadata()?.len();
    if length > max {
        return Ok(Err(length));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    // A file may grow while it is read.
    file.take(max + 1).read_to_end(&mut bytes)?;
    let read = bytes.len() as u64;
    Ok(if read > max { Err(read) } else { Ok(bytes) })
}

fn kept(look: Look, source: Source) -> Text {
    let head = &source.text()[..source.text().floor_char_boundary(PROBE_BYTES)];
    let kind = match look {
        Look::Prisma => Kept::Prisma,
        Look::Sql => Kept::Sql,
        Look::Lock => {
            let folder = folder_of(source.path()).to_owned();
            return Text::Lock(folder, dialect::of_lock(source.text()));
        }
        Look::Code | Look::Json | Look::JsonLd => match orm::recognise(source.path(), head) {
            Some(orm) => Kept::Mapped(orm),
            None if look == Look::Code => return code_of(source),
            None => match document_of(look, &source) {
                Some(document) => Kept::Document(Box::new(document)),
                None => return Text::Plain,
            },
        },
    };
    let comments = suppress::read(&source);
    let source = match kind {
        Kept::Sql => sections::forwards(source),
        _ => source,
    };
    Text::Kept(kind, source, comments)
}

/// Words without which a document is none of linked data.
const LINKED: [&str; 2] = ["\"@context\"", "\"@id\""];

fn document_of(look: Look, source: &Source) -> Option<Document> {
    let linked = LINKED.iter().any(|word| source.text().contains(word));
    (look == Look::JsonLd || linked).then(|| Document::new(source.clone()))
}

/// Code that makes identifiers or suppresses findings is kept, for excerpts.
fn code_of(source: Source) -> Text {
    let name = source.path().rsplit('/').next().unwrap_or_default();
    let Some(language) = Language::of_path(name).filter(|_| !code::is_test(name)) else {
        return Text::Plain;
    };
    let calls = code::scan(language, &source);
    let comments = suppress::read(&source);
    if calls.is_empty() && comments.is_empty() {
        return Text::Code;
    }
    Text::Kept(Kept::Code(calls), source, comments)
}
