//! The end of a report: what was read, how it stands, and what to do first.

use annotate_snippets::renderer::{AnsiColor, Style};

use super::super::advice::{Action, actions};
use super::super::bars::bar;
use super::super::text::{clean, count, grouped, listed, wrap};
use super::super::{Input, kind_name};
use super::{Page, of_set, style_of};
use crate::{Finding, Severity};

/// Things to do first.
const ACTIONS_SHOWN: usize = 3;

/// Objects that one of them names.
const OBJECTS_SHOWN: usize = 4;

/// The length of the longest bar.
const BAR_COLUMNS: usize = 24;

/// Databases, kinds of keys and problems that are named without `--verbose`.
const LINES_SHOWN: usize = 8;

const STRONG: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

pub(super) fn write(input: &Input<'_>, page: &mut Page<'_>) {
    page.heading("summary", STRONG);
    databases(input, page);
    if input.outcome.findings.is_empty() {
        clean_bill(input, page);
    } else {
        severities(input, page);
    }
    keys(input, page);
    first(input, page);
    asides(input, page);
}

fn strong(page: &mut Page<'_>, text: &str) {
    let style = page.style(STRONG);
    page.line(&format!("{style}{text}{style:#}"));
}

fn databases(input: &Input<'_>, page: &mut Page<'_>) {
    let own = input
        .found
        .sets
        .iter()
        .filter(|set| set.covered_by.is_none());
    let own: Vec<String> = own.map(of_set).collect();
    let shown = if page.options.verbose {
        usize::MAX
    } else {
        LINES_SHOWN
    };
    for line in own.iter().take(shown) {
        page.line(&format!("read  {line}"));
    }
    if own.len() > shown {
        page.line(&format!("      and {} more", grouped(own.len() - shown)));
    }
    let covered = input.found.sets.iter().filter_map(|set| {
        let better = input.found.sets.get(set.covered_by?)?;
        let (lesser, better) = (clean(&set.title), clean(&better.title));
        Some(format!("{lesser} describes the same tables as {better}"))
    });
    let covered: Vec<String> = covered.collect();
    let dim = page.style(DIM);
    for line in covered.iter().take(shown) {
        page.line(&format!("{dim}      {line}{dim:#}"));
    }
    if covered.len() > shown {
        let more = grouped(covered.len() - shown);
        page.line(&format!(
            "{dim}      and {more} more that others describe{dim:#}"
        ));
    }
    if input.found.code_files > 0 {
        let files = count(input.found.code_files, "file", "files");
        page.line(&format!("      {files} of source code"));
    }
    if !input.found.documents.is_empty() {
        let documents = count(input.found.documents.len(), "document", "documents");
        page.line(&format!("      {documents} of linked data"));
    }
    page.line("");
}

fn clean_bill(input: &Input<'_>, page: &mut Page<'_>) {
    let style = page.style(AnsiColor::Green.on_default().bold());
    let outcome = input.outcome;
    let what = if outcome.known.is_empty() && outcome.suppressed.is_empty() {
        "no findings"
    } else {
        "no new findings"
    };
    page.line(&format!("{style}{what}{style:#}"));
    page.line("");
}

fn severities(input: &Input<'_>, page: &mut Page<'_>) {
    let counts = Severity::ALL.map(|severity| (severity, input.outcome.count(severity)));
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    for (severity, number) in counts {
        let style = page.style(style_of(severity));
        let bar = bar(number, most, BAR_COLUMNS);
        page.line(&format!(
            "{severity:<8}  {:>5}  {style}{bar}{style:#}",
            grouped(number)
        ));
    }
    page.line("");
}

fn keys(input: &Input<'_>, page: &mut Page<'_>) {
    let keys = &input.outcome.keys;
    if keys.is_empty() {
        return;
    }
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for key in keys {
        let name = kind_name(key.kind);
        match kinds.iter_mut().find(|(kind, _)| *kind == name) {
            Some((_, number)) => *number += 1,
            None => kinds.push((name, 1)),
        }
    }
    kinds.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let most = kinds.first().map_or(0, |(_, number)| *number);
    strong(
        page,
        &format!("keys of {}", count(keys.len(), "table", "tables")),
    );
    let width = kinds
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    for (name, number) in &kinds {
        let bar = bar(*number, most, BAR_COLUMNS);
        page.line(&format!("{name:<width$}  {:>5}  {bar}", grouped(*number)));
    }
    page.line("");
}

fn first(input: &Input<'_>, page: &mut Page<'_>) {
    let actions = actions(&input.outcome.findings);
    if actions.is_empty() {
        return;
    }
    strong(page, "do first");
    for (action, number) in actions.iter().zip(1..).take(ACTIONS_SHOWN) {
        let text = one(action);
        let lines = wrap(&clean(&text), page.options.columns.saturating_sub(3));
        for (at, line) in lines.iter().enumerate() {
            let head = if at == 0 {
                format!("{number}. ")
            } else {
                "   ".to_owned()
            };
            page.line(&format!("{head}{line}"));
        }
        let dim = page.style(DIM);
        page.line(&format!("   {dim}idshift explain {}{dim:#}", action.rule));
    }
    page.line("");
}

/// What to do, where, and what goes with it.
fn one(action: &Action<'_>) -> String {
    let objects = listed(action.objects.iter().copied(), OBJECTS_SHOWN);
    let with = match action.consequences {
        0 => String::new(),
        1 => "; 1 more finding goes with it".to_owned(),
        many => format!("; {} more findings go with it", grouped(many)),
    };
    let severity = action.severity;
    // Objects of one name in several databases are told as often as they are found.
    let number = match action.findings {
        many if many > action.objects.len() => format!("{} findings, ", grouped(many)),
        _ => String::new(),
    };
    format!("{} ({severity}: {number}{objects}{with})", action.fix)
}

/// What is not in the findings and should be known.
fn asides(input: &Input<'_>, page: &mut Page<'_>) {
    let outcome = input.outcome;
    let mut lines: Vec<String> = Vec::new();
    let mut tell = |number: usize, one: &str, many: &str, what: &str| {
        if number > 0 {
            lines.push(format!("{} {what}", count(number, one, many)));
        }
    };
    tell(
        outcome.known.len(),
        "finding",
        "findings",
        "known to the baseline",
    );
    tell(
        outcome.suppressed.len(),
        "finding",
        "findings",
        "suppressed by comments",
    );
    tell(
        outcome.stale.len(),
        "entry",
        "entries",
        "of the baseline that nothing breaks any more",
    );
    tell(
        outcome.tables_of_tools.len(),
        "table",
        "tables",
        "left out, which a tool keeps for itself",
    );
    for off in &outcome.turned_off {
        let number = count(off.findings, "finding", "findings");
        lines.push(format!(
            "{number} of {}, turned off: {}",
            off.rule,
            clean(&off.reason)
        ));
    }
    let problems = input.problems();
    tell_problems(&problems, page.options.verbose, &mut lines);
    tell_skipped(input, page.options.verbose, &mut lines);
    for line in &lines {
        page.line(line);
    }
    if page.options.verbose {
        for (rule, object) in outcome.stale.iter().map(|it| (&it.rule, &it.object)) {
            page.line(&format!("stale: {rule} {}", clean(object)));
        }
        outcome
            .suppressed
            .iter()
            .for_each(|it| suppressed(&it.finding, &it.reason, page));
    }
    if !lines.is_empty() {
        page.line("");
    }
    verdict(input, page);
}

fn suppressed(finding: &Finding, reason: &str, page: &mut Page<'_>) {
    let object = clean(&finding.object);
    page.line(&format!(
        "suppressed: {} {object}: {}",
        finding.rule,
        clean(reason)
    ));
}

fn tell_problems(problems: &[super::super::ProblemAt], verbose: bool, lines: &mut Vec<String>) {
    if problems.is_empty() {
        return;
    }
    let places = count(problems.len(), "place", "places");
    lines.push(format!(
        "{places} that the readers did not understand, and went on behind:"
    ));
    let shown = if verbose {
        problems.len()
    } else {
        LINES_SHOWN.min(3)
    };
    for problem in problems.iter().take(shown) {
        let (path, line) = (clean(&problem.place.path), problem.place.line);
        lines.push(format!(
            "  {path}:{line}: failed to {}",
            clean(&problem.message)
        ));
    }
    if problems.len() > shown {
        let more = grouped(problems.len() - shown);
        lines.push(format!("  and {more} more; --verbose shows them"));
    }
}

fn tell_skipped(input: &Input<'_>, verbose: bool, lines: &mut Vec<String>) {
    let skipped = &input.found.skipped;
    for (title, language) in &input.found.foreign {
        lines.push(format!(
            "{} was not read: it is written for {language}",
            clean(title)
        ));
    }
    for (path, bytes) in &skipped.long_files {
        lines.push(format!(
            "{} was not read: {} bytes",
            clean(path),
            grouped(bytes)
        ));
    }
    if skipped.stopped {
        let most = grouped(crate::discover::FILES_MAX);
        lines.push(format!("only the first {most} files were looked at"));
    }
    let folders = |counts: &std::collections::BTreeMap<String, usize>| {
        let one = |(name, number): (&String, &usize)| match number {
            1 => clean(name),
            many => format!("{} ({})", clean(name), grouped(many)),
        };
        counts.iter().map(one).collect::<Vec<String>>().join(", ")
    };
    if !skipped.test_folders.is_empty() {
        let tests = folders(&skipped.test_folders);
        lines.push(format!(
            "folders of tests were not read, unless named: {tests}"
        ));
    }
    if !verbose {
        return;
    }
    if !skipped.foreign_folders.is_empty() {
        let foreign = folders(&skipped.foreign_folders);
        lines.push(format!("folders of foreign code were not read: {foreign}"));
    }
    let (seen, read) = (input.found.files_seen, input.found.files_read);
    lines.push(format!(
        "{} seen, {} read",
        count(seen, "file", "files"),
        grouped(read)
    ));
    let other = [
        (
            skipped.excluded,
            "and folders that the configuration excludes",
        ),
        (skipped.other_files, "of no known kind"),
        (skipped.binary_files, "of bytes that are no text"),
        (skipped.links, "that are symbolic links"),
    ];
    for (number, what) in other.iter().filter(|(number, _)| *number > 0) {
        lines.push(format!("{} {what}", count(*number, "file", "files")));
    }
}

/// The last line: how it ends, and from what on.
fn verdict(input: &Input<'_>, page: &mut Page<'_>) {
    let unread = input.found.unreadable.len();
    if unread > 0 {
        let style = page.style(style_of(Severity::Critical));
        let what = count(unread, "path", "paths");
        page.line(&format!(
            "{style}incomplete{style:#}: {what} could not be read"
        ));
    }
    let Some(threshold) = input.fail_on else {
        return;
    };
    let failing = input
        .outcome
        .findings
        .iter()
        .filter(|it| it.severity >= threshold)
        .count();
    if failing > 0 {
        let style = page.style(style_of(Severity::Critical));
        let number = count(failing, "finding", "findings");
        page.line(&format!(
            "{style}failed{style:#}: {number} of severity {threshold} or worse"
        ));
    } else if unread == 0 {
        let style = page.style(AnsiColor::Green.on_default().bold());
        page.line(&format!(
            "{style}passed{style:#}: nothing of severity {threshold} or worse"
        ));
    }
}
