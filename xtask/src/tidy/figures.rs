//! Figures about the code that are told, not enforced.

use super::dependencies;
use super::source::Source;
use super::tree::Tree;

/// Four lines of text.
pub(super) fn of(tree: &Tree) -> String {
    // What is beside the workspace has rules of its own.
    let sources: Vec<&Source> = tree
        .sources()
        .iter()
        .filter(|source| {
            ["crates/", "xtask/"]
                .iter()
                .any(|start| source.path.starts_with(start))
        })
        .collect();
    let mut lengths: Vec<(usize, String)> =
        sources.iter().copied().flat_map(named_lengths).collect();
    lengths.sort();
    let sizes: Vec<usize> = lengths.iter().map(|(lines, _)| *lines).collect();
    let longest = lengths.last().map_or("none", |(_, name)| name.as_str());
    let mut files: Vec<usize> = sources.iter().map(|source| source.lines.len()).collect();
    files.sort_unstable();
    let (code, tests) = count(&sources);
    let external = dependencies::external(tree.text("Cargo.toml").unwrap_or_default()).len();
    format!(
        "{} functions: median {} lines, p95 {}, longest {} ({longest})\n\
         {} files: median {} lines, longest {}\n\
         {code} lines of code, {tests} of tests: {:.2} to 1\n\
         {external} external dependencies, at most {}",
        sizes.len(),
        percentile(&sizes, 50),
        percentile(&sizes, 95),
        percentile(&sizes, 100),
        files.len(),
        percentile(&files, 50),
        percentile(&files, 100),
        ratio(tests, code),
        dependencies::EXTERNAL_MAX,
    )
}

fn named_lengths(source: &Source) -> Vec<(usize, String)> {
    let functions = source.functions.iter();
    functions
        .map(|function| (function.lines, format!("{} {}", source.path, function.name)))
        .collect()
}

/// Lines that are not blank, of code and of tests.
fn count(sources: &[&Source]) -> (usize, usize) {
    let (mut code, mut tests) = (0, 0);
    for source in sources {
        for number in 1..=source.lines.len() {
            match (
                source.line(number).trim().is_empty(),
                source.is_test(number),
            ) {
                (true, _) => {}
                (false, true) => tests += 1,
                (false, false) => code += 1,
            }
        }
    }
    (code, tests)
}

/// The nearest-rank percentile of sorted values; 0 if there are none.
fn percentile(sorted: &[usize], percent: usize) -> usize {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(0)
}

#[expect(clippy::cast_precision_loss, reason = "line counts are far below 2^52")]
fn ratio(tests: usize, code: usize) -> f64 {
    tests as f64 / code.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_of_the_list() {
        let values: Vec<usize> = (1..=20).collect();
        assert_eq!(percentile(&values, 50), 10);
        assert_eq!(percentile(&values, 95), 19);
        assert_eq!(percentile(&values, 100), 20);
        assert_eq!(percentile(&[], 95), 0);
    }

    #[test]
    fn code_and_tests_are_counted_apart() {
        let text = "//! Doc.\n\nfn a() {\n}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        let figures = of(&Tree::of(&[("crates/a/src/b.rs", text)]));
        assert!(
            figures.contains("3 lines of code, 4 of tests: 1.33 to 1"),
            "{figures}"
        );
        assert!(
            figures.contains("2 functions: median 1 lines, p95 2, longest 2"),
            "{figures}"
        );
    }
}
