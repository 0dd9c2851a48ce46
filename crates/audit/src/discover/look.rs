//! Tells from a file's name what it may hold, and how long it may be.

/// A longer schema, script or dump is not read.
pub const SCHEMA_BYTES_MAX: u64 = 64 << 20;

/// A longer document is not read.
pub const DOCUMENT_BYTES_MAX: u64 = 4 << 20;

/// Longer source code was not written by people.
pub const CODE_BYTES_MAX: u64 = 1 << 20;

/// What a file may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// A Prisma schema or a part of one.
    Prisma,
    /// A script.
    Sql,
    /// A document of linked data, whatever it holds.
    JsonLd,
    /// A document that may be one of linked data, or a mapper's snapshot.
    Json,
    /// Source code, which may be a mapper's file.
    Code,
    /// The file by which Prisma says what its migrations are written for.
    Lock,
}

impl Look {
    /// The longest file of this kind that is read.
    pub(super) fn bytes_max(self) -> u64 {
        match self {
            Self::Prisma | Self::Sql => SCHEMA_BYTES_MAX,
            Self::JsonLd | Self::Json => DOCUMENT_BYTES_MAX,
            Self::Code | Self::Lock => CODE_BYTES_MAX,
        }
    }
}

/// Documents of tools: large, frequent, and without ids of anyone's.
const TOOL_DOCUMENTS: [&str; 8] = [
    "package.json",
    "package-lock.json",
    "composer.json",
    "tsconfig.json",
    "jsconfig.json",
    "angular.json",
    "deno.json",
    "manifest.json",
];

/// Endings of source code.
const CODE: [&str; 18] = [
    "ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "py", "go", "rs", "java", "kt", "cs",
    "rb", "php", "ex", "exs",
];

/// What a file of this name may hold; None for nothing that is read.
pub(super) fn of_name(name: &str) -> Option<Look> {
    match name {
        "migration_lock.toml" => return Some(Look::Lock),
        // Rails says here what its `schema.rb` is for.
        "database.yml" => return Some(Look::Code),
        _ => {}
    }
    let (stem, ending) = name.rsplit_once('.')?;
    let ending = ending.to_ascii_lowercase();
    match ending.as_str() {
        "prisma" => Some(Look::Prisma),
        "sql" | "ddl" => Some(Look::Sql),
        "jsonld" => Some(Look::JsonLd),
        "json" | "ndjson" => (!TOOL_DOCUMENTS.contains(&name)).then_some(Look::Json),
        ending if CODE.contains(&ending) => {
            (!is_test(stem) && !is_bundle(stem)).then_some(Look::Code)
        }
        _ => None,
    }
}

/// `x.test.ts`, `x_spec.rb`, `test_x.py`: code that makes ids for nobody.
fn is_test(stem: &str) -> bool {
    let ends = [".test", ".spec", ".stories", "_test", "_spec", ".d"];
    ends.iter().any(|end| stem.ends_with(end)) || stem.starts_with("test_") || stem == "conftest"
}

/// `x.min.js` and its like, which were not written by people.
fn is_bundle(stem: &str) -> bool {
    [".min", ".bundle", ".chunk"]
        .iter()
        .any(|end| stem.ends_with(end))
}

/// Whether a file of this name makes its folder a project, where the name varies.
pub(super) fn is_project_file(name: &str) -> bool {
    [".csproj", ".sln"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_to_read() {
        let cases = [
            ("schema.prisma", Some(Look::Prisma)),
            ("V1__a.SQL", Some(Look::Sql)),
            ("x.jsonld", Some(Look::JsonLd)),
            ("0000_snapshot.json", Some(Look::Json)),
            ("package-lock.json", None),
            ("user.ts", Some(Look::Code)),
            ("user.test.ts", None),
            ("user.d.ts", None),
            ("app.min.js", None),
            ("test_user.py", None),
            ("schema.rb", Some(Look::Code)),
            ("migration_lock.toml", Some(Look::Lock)),
            ("README.md", None),
            ("Makefile", None),
        ];
        for (name, expected) in cases {
            assert_eq!(of_name(name), expected, "{name}");
        }
    }
}
