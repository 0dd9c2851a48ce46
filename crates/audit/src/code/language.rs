//! The programming languages whose code is looked through, and how to tell a file's.

/// A programming language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// TypeScript, with or without JSX.
    TypeScript,
    /// JavaScript, with or without JSX.
    JavaScript,
    /// Python.
    Python,
    /// Go.
    Go,
    /// Rust.
    Rust,
    /// Java.
    Java,
    /// Kotlin.
    Kotlin,
    /// C#.
    CSharp,
    /// Ruby.
    Ruby,
    /// PHP.
    Php,
}

/// Languages whose libraries for identifiers go by the same names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Family {
    JavaScript,
    Python,
    Go,
    Rust,
    Jvm,
    CSharp,
    Ruby,
    Php,
}

/// Endings of files that a build made: their calls are those of the files they were made from.
const GENERATED: &[&str] = &[".min.js", ".d.ts", ".d.mts", ".d.cts", ".pb.go", "_pb2.py"];

/// Folders and endings by which tests are known.
const TEST_FOLDERS: &[&str] = &[
    "test",
    "tests",
    "__tests__",
    "__mocks__",
    "spec",
    "specs",
    "e2e",
    "fixtures",
    "testdata",
    "cypress",
];
const TEST_ENDINGS: &[&str] = &[
    ".test", ".spec", ".stories", ".cy", "_test", "_spec", "Test", "Tests", ".e2e",
];

impl Language {
    /// The language of a file by its name; None if it is none of these, or if a tool wrote it.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        if GENERATED.iter().any(|ending| path.ends_with(ending)) {
            return None;
        }
        let (_, extension) = path.rsplit_once('.')?;
        Some(match extension {
            "ts" | "tsx" | "mts" | "cts" => Self::TypeScript,
            "js" | "jsx" | "mjs" | "cjs" => Self::JavaScript,
            "py" => Self::Python,
            "go" => Self::Go,
            "rs" => Self::Rust,
            "java" => Self::Java,
            "kt" | "kts" => Self::Kotlin,
            "cs" => Self::CSharp,
            "rb" | "rake" => Self::Ruby,
            "php" => Self::Php,
            _ => return None,
        })
    }

    /// Its name as its users write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TypeScript => "TypeScript",
            Self::JavaScript => "JavaScript",
            Self::Python => "Python",
            Self::Go => "Go",
            Self::Rust => "Rust",
            Self::Java => "Java",
            Self::Kotlin => "Kotlin",
            Self::CSharp => "C#",
            Self::Ruby => "Ruby",
            Self::Php => "PHP",
        }
    }

    pub(super) fn family(self) -> Family {
        match self {
            Self::TypeScript | Self::JavaScript => Family::JavaScript,
            Self::Python => Family::Python,
            Self::Go => Family::Go,
            Self::Rust => Family::Rust,
            Self::Java | Self::Kotlin => Family::Jvm,
            Self::CSharp => Family::CSharp,
            Self::Ruby => Family::Ruby,
            Self::Php => Family::Php,
        }
    }
}

/// Whether a path is that of a test, a mock or a fixture: what is made there reaches no real row.
#[must_use]
pub fn is_test(path: &str) -> bool {
    let path = path.replace('\\', "/");
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", &path));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    folders
        .split('/')
        .any(|folder| TEST_FOLDERS.contains(&folder))
        || TEST_ENDINGS.iter().any(|ending| stem.ends_with(ending))
        || stem.starts_with("test_")
        || stem == "conftest"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_names() {
        assert_eq!(Language::of_path("src/a.tsx"), Some(Language::TypeScript));
        assert_eq!(Language::of_path("Program.cs"), Some(Language::CSharp));
        assert_eq!(Language::of_path("dist/app.min.js"), None);
        assert_eq!(Language::of_path("index.d.ts"), None);
        assert_eq!(Language::of_path("Makefile"), None);
    }

    #[test]
    fn tests_are_known_by_their_names() {
        for path in [
            "src/__tests__/a.ts",
            "a.test.ts",
            "user_test.go",
            "test_a.py",
            "t/UserTest.php",
        ] {
            assert!(is_test(path), "{path}");
        }
        for path in ["src/latest.ts", "contest/a.ts", "src/testing.rs"] {
            assert!(!is_test(path), "{path}");
        }
    }
}
