//! Holds functions, files, parameter lists and lines to their budgets.

use super::Finding;
use super::markdown;
use super::tree::Tree;

const FUNCTION_LINES_MAX: usize = 70;
const FILE_LINES_MAX: usize = 500;
/// The page that a stranger reads first.
const ARCHITECTURE_LINES_MAX: usize = 150;
const PARAMETERS_MAX: usize = 5;
const LINE_CHARACTERS_MAX: usize = 100;

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources() {
        let path = source.path.as_str();
        if let Some((line, why)) = &source.refusal {
            findings.push(Finding::new(path, *line, format!("is no Rust: {why}")));
        }
        if source.lines.len() > FILE_LINES_MAX {
            let message = format!("{} lines, at most {FILE_LINES_MAX}", source.lines.len());
            findings.push(Finding::new(path, source.lines.len(), message));
        }
        for function in &source.functions {
            let name = &function.name;
            if function.lines > FUNCTION_LINES_MAX {
                let message = format!(
                    "`{name}` has {} lines, at most {FUNCTION_LINES_MAX}",
                    function.lines
                );
                findings.push(Finding::new(path, function.line, message));
            }
            if function.parameters > PARAMETERS_MAX {
                let message = format!(
                    "`{name}` has {} parameters, at most {PARAMETERS_MAX}",
                    function.parameters
                );
                findings.push(Finding::new(path, function.line, message));
            }
        }
        let lines = source.lines.iter().map(String::as_str).enumerate();
        findings.extend(lines.filter_map(|(index, line)| wide(path, index + 1, line)));
    }
    for (path, text) in tree.with_extension("md") {
        // A row of a table and a line of output cannot be broken.
        let prose = markdown::lines(text).into_iter();
        let prose = prose.filter(|line| line.code.is_none() && !line.text.starts_with('|'));
        findings.extend(prose.filter_map(|line| wide(path, line.number, line.text)));
        let lines = text.lines().count();
        if path == "ARCHITECTURE.md" && lines > ARCHITECTURE_LINES_MAX {
            let message = format!("{lines} lines, at most {ARCHITECTURE_LINES_MAX}");
            findings.push(Finding::new(path, lines, message));
        }
    }
    findings
}

/// A row of a table in a doc comment cannot be broken, nor can an address.
fn wide(path: &str, number: usize, line: &str) -> Option<Finding> {
    let comment = line.trim_start();
    if ["//! |", "/// |"]
        .iter()
        .any(|row| comment.starts_with(row))
    {
        return None;
    }
    let characters = line.chars().count();
    (characters > LINE_CHARACTERS_MAX && !line.contains("https://")).then(|| {
        Finding::new(
            path,
            number,
            format!("{characters} characters, at most {LINE_CHARACTERS_MAX}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str) -> Vec<String> {
        find(&Tree::of(&[(path, text)]))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    /// A function of so many lines.
    fn function(lines: usize) -> String {
        format!("fn long() {{\n{}}}\n", "    // line\n".repeat(lines - 2))
    }

    #[test]
    fn a_long_function_is_found() {
        assert_eq!(check("a.rs", &function(70)), [""; 0]);
        assert_eq!(
            check("a.rs", &function(71)),
            ["a.rs:1: `long` has 71 lines, at most 70"]
        );
        let method = format!("struct A;\nimpl A {{\n{}}}\n", function(71));
        assert_eq!(
            check("a.rs", &method),
            ["a.rs:3: `long` has 71 lines, at most 70"]
        );
    }

    #[test]
    fn a_long_file_is_found() {
        assert_eq!(
            check("ARCHITECTURE.md", &"line\n".repeat(151)),
            ["ARCHITECTURE.md:151: 151 lines, at most 150"]
        );
        assert_eq!(check("ARCHITECTURE.md", &"line\n".repeat(150)), [""; 0]);
        assert_eq!(check("a.rs", &"// line\n".repeat(500)), [""; 0]);
        assert_eq!(
            check("a.rs", &"// line\n".repeat(501)),
            ["a.rs:501: 501 lines, at most 500"]
        );
    }

    #[test]
    fn a_long_list_of_parameters_is_found() {
        let five = "fn f(a: u8, b: u8, c: u8, d: u8, e: u8) {}";
        assert_eq!(check("a.rs", five), [""; 0]);
        let six = five.replace("e: u8", "e: u8, f: u8");
        assert_eq!(
            check("a.rs", &six),
            ["a.rs:1: `f` has 6 parameters, at most 5"]
        );
        let imposed = format!("impl T for A {{ {six} }}");
        assert_eq!(check("a.rs", &imposed), [""; 0], "the trait decides");
        assert_eq!(check("a.rs", &format!("impl A {{ {six} }}")).len(), 1);
        assert_eq!(check("a.rs", &format!("{imposed}\n{six}")).len(), 1);
    }

    #[test]
    fn a_wide_line_is_found_in_characters_not_bytes() {
        let wide = "é".repeat(101);
        assert_eq!(check("a.rs", &format!("// {}", "é".repeat(97))), [""; 0]);
        assert_eq!(
            check("a.rs", &format!("//{wide}")),
            ["a.rs:1: 103 characters, at most 100"]
        );
        assert_eq!(
            check("a.rs", &format!("/// | {wide} |\nfn a() {{}}")),
            [""; 0]
        );
        assert_eq!(
            check("a.md", &wide),
            ["a.md:1: 101 characters, at most 100"]
        );
        assert_eq!(
            check("a.md", &format!("| {wide} |\n```\n{wide}\n```\n")),
            [""; 0]
        );
        assert_eq!(check("a.md", &format!("https://{wide}")), [""; 0]);
    }

    #[test]
    fn what_is_not_rust_is_found() {
        assert!(
            check("a.rs", "fn (")
                .iter()
                .any(|line| line.contains("is no Rust"))
        );
    }
}
