//! Draws one finding with the lines of its file, as compilers do.

use std::collections::HashMap;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet,
};
use schema::Source;

use super::text::{clean, wrap};
use crate::{Edit, Finding, Place, Severity};

/// The most other places that are drawn; their number is in the finding's message.
const RELATED_SHOWN_MAX: usize = 3;

/// Places further apart than this are drawn apart.
const GAP_BYTES_MAX: usize = 400;

/// A line longer than this was not written by people, and is not drawn.
const LINE_BYTES_MAX: usize = 2_000;

/// A change of more lines than this is not drawn.
const EDIT_BYTES_MAX: usize = 600;

/// What stands left of a note: its sign and its name.
const NOTE_MARGIN: usize = 18;

/// A narrower column of text is no easier to read than a long line.
const TITLE_COLUMNS_MIN: usize = 40;

/// How to draw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pen {
    pub(super) columns: usize,
    pub(super) colour: bool,
}

impl Pen {
    /// One finding, ending with a line break.
    pub(super) fn draw(self, finding: &Finding, texts: &HashMap<&str, &Source>) -> String {
        let level = level(finding.severity);
        let title = level.primary_title(self.title(finding)).id(finding.rule);
        let mut group = Group::with_title(title);
        for piece in pieces(finding, texts) {
            group = group.element(piece.snippet());
        }
        if finding.primary.line == 0 || !texts.contains_key(finding.primary.path.as_str()) {
            let origin = Origin::path(clean(&finding.primary.path));
            group = group.element(match finding.primary.line {
                0 => origin,
                line => origin.line(line).char_column(finding.primary.column),
            });
        }
        group = group.element(self.note("breaks", &finding.breaks));
        let patch = finding
            .fix
            .edit
            .as_ref()
            .and_then(|edit| patch(edit, texts));
        let mut report = vec![match patch {
            None => group.element(self.note("fix", &finding.fix.text)),
            Some(_) => group,
        }];
        if let Some(patch) = patch {
            let title = Level::HELP.with_name("fix");
            let text = self.wrapped(&finding.fix.text);
            report.push(title.secondary_title(text).element(patch));
        }
        let renderer = if self.colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let renderer = renderer
            .term_width(self.columns)
            .decor_style(DecorStyle::Unicode);
        format!("{}\n", renderer.render(&report))
    }

    /// The message behind its head, `critical[rule]: `; a narrow terminal breaks it by itself.
    fn title(self, finding: &Finding) -> String {
        let head = finding.severity.name().len() + finding.rule.len() + "[]: ".len();
        let message = clean(&finding.message);
        match self.columns.checked_sub(head) {
            Some(width) if width >= TITLE_COLUMNS_MIN => wrap(&message, width).join("\n"),
            _ => message,
        }
    }

    fn note(self, name: &'static str, text: &str) -> annotate_snippets::Message<'static> {
        Level::NOTE.with_name(name).message(self.wrapped(text))
    }

    fn wrapped(self, text: &str) -> String {
        wrap(&clean(text), self.columns.saturating_sub(NOTE_MARGIN)).join("\n")
    }
}

fn level(severity: Severity) -> Level<'static> {
    let level = match severity {
        Severity::Critical | Severity::High => Level::ERROR,
        Severity::Medium => Level::WARNING,
        Severity::Low => Level::INFO,
        Severity::Info => Level::NOTE,
    };
    level.with_name(severity.name())
}

/// Some lines of one file, and the places in them.
struct Piece<'a> {
    source: &'a Source,
    lines: Range<usize>,
    first_line: usize,
    places: Vec<(&'a Place, AnnotationKind)>,
}

impl<'a> Piece<'a> {
    fn snippet(&self) -> Snippet<'a, Annotation<'a>> {
        let text = &self.source.text()[self.lines.clone()];
        let mut snippet = Snippet::source(text)
            .line_start(self.first_line)
            .path(clean(self.source.path()));
        for (place, kind) in &self.places {
            let start = place.span.start - self.lines.start;
            let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
            let end = (place.span.end - self.lines.start).min(line_end).max(start);
            let annotation = kind.span(start..end);
            let label = (!place.label.is_empty()).then(|| clean(&place.label));
            snippet = snippet.annotation(annotation.label(label));
        }
        snippet
    }
}

/// The lines to draw, those of the finding itself first.
fn pieces<'a>(finding: &'a Finding, texts: &HashMap<&str, &'a Source>) -> Vec<Piece<'a>> {
    let mut pieces: Vec<Piece<'a>> = Vec::new();
    let related = finding.related.iter().take(RELATED_SHOWN_MAX);
    let related = related.map(|place| (place, AnnotationKind::Context));
    for (place, kind) in std::iter::once((&finding.primary, AnnotationKind::Primary)).chain(related)
    {
        let Some((source, lines)) = texts
            .get(place.path.as_str())
            .and_then(|source| Some((*source, lines_of(source.text(), &place.span)?)))
        else {
            continue;
        };
        if place.line == 0 {
            continue;
        }
        let near = |piece: &&mut Piece<'_>| {
            let apart =
                lines.start.max(piece.lines.start) > lines.end.min(piece.lines.end) + GAP_BYTES_MAX;
            piece.source.path() == source.path() && !apart
        };
        if let Some(piece) = pieces.iter_mut().find(near) {
            if lines.start < piece.lines.start {
                piece.first_line = place.line;
            }
            piece.lines = piece.lines.start.min(lines.start)..piece.lines.end.max(lines.end);
            piece.places.push((place, kind));
        } else {
            pieces.push(Piece {
                source,
                lines,
                first_line: place.line,
                places: vec![(place, kind)],
            });
        }
    }
    pieces
}

/// The bytes of the line that a span begins in; None for a line that nobody wrote.
fn lines_of(text: &str, span: &Range<usize>) -> Option<Range<usize>> {
    let before = text.get(..span.start)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = text[span.start..]
        .find('\n')
        .map_or(text.len(), |at| span.start + at);
    (end - start <= LINE_BYTES_MAX).then_some(start..end)
}

/// A change of the file as the lines that go and come.
fn patch<'a>(edit: &Edit, texts: &HashMap<&str, &'a Source>) -> Option<Snippet<'a, Patch<'a>>> {
    let source = *texts.get(edit.path.as_str())?;
    let text = source.text();
    let start = lines_of(text, &edit.span)?.start;
    let end = lines_of(text, &(edit.span.end..edit.span.end))?.end;
    if end - start + edit.replacement.len() > EDIT_BYTES_MAX {
        return None;
    }
    let first_line = text[..start].bytes().filter(|byte| *byte == b'\n').count() + 1;
    let patch = Patch::new(
        edit.span.start - start..edit.span.end - start,
        edit.replacement.clone(),
    );
    let snippet = Snippet::source(&text[start..end]).line_start(first_line);
    Some(snippet.path(clean(source.path())).patch(patch))
}
