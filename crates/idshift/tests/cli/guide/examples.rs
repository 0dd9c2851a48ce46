//! Every example in the guide runs, where the machine has what it needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use postgres::{Client, NoTls};

use super::tools::{self, Block};

/// The first PostgreSQL with `uuidv7()`.
const V7_SINCE: u32 = 18;

#[test]
fn sql_runs_on_postgresql() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let blocks = tools::blocks("sql");
    assert!(blocks.len() >= 6, "{}", blocks.len());
    let database = server.database("guide").unwrap();
    let mut client = Client::connect(&database.url(), NoTls).unwrap();
    for Block {
        page, needs, text, ..
    } in &blocks
    {
        if needs == "18" && server.version() < V7_SINCE {
            tools::skip(page, "PostgreSQL 18 is not here");
            continue;
        }
        let ran = client.batch_execute(text);
        assert!(ran.is_ok(), "{page}: {ran:?}\n{text}");
    }
    let shown = client
        .query_one("SELECT uuid_v7('2025-11-18 23:54:49.715+00')::text", &[])
        .unwrap();
    let id: String = shown.get(0);
    assert!(id.starts_with("019a9964-77f3-7"), "{id}");
    assert!(matches!(id.as_bytes()[19], b'8'..=b'b'), "{id}");
}

#[test]
fn the_measurement_of_index_costs_runs() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/index-cost.sql");
    let psql = server.version().to_string();
    if !tools::has("psql", "--version") {
        return tools::skip(
            "index-cost.sql",
            &format!("no psql beside PostgreSQL {psql}"),
        );
    }
    let database = server.database("cost").unwrap();
    let mut command = Command::new("psql");
    command
        .args(["--no-psqlrc", "--set=ON_ERROR_STOP=1", "--file"])
        .arg(path)
        .arg(database.url())
        .env("PGOPTIONS", "-c guide.rows=2000");
    let ran = command.output().unwrap();
    let out = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    for kind in ["bigint", "v7", "v4", "v4_text"] {
        assert!(out.contains(&format!("\n {kind} ")), "{kind}: {out}");
    }
}

#[test]
fn typescript_compiles_and_runs() {
    let blocks = tools::blocks("ts");
    assert!(blocks.len() >= 6, "{}", blocks.len());
    let Some(folder) =
        tools::folder().filter(|folder| folder.join("node_modules/.bin/tsc").exists())
    else {
        return tools::skip(
            "TypeScript",
            "GUIDE_TOOLS names no folder with its compiler",
        );
    };
    // Node looks for packages above the file that asks for them.
    let work = tempfile::tempdir_in(&folder).unwrap();
    let mut files = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        let file = work.path().join(format!("example{number}.mts"));
        fs::write(&file, &block.text).unwrap();
        files.push(file);
    }
    let mut compile = Command::new(folder.join("node_modules/.bin/tsc"));
    compile
        .args([
            "--strict", "--module", "nodenext", "--target", "es2022", "--types", "node",
        ])
        .arg("--skipLibCheck")
        .args(&files)
        .current_dir(&folder);
    tools::succeed(&mut compile, "tsc");
    for (file, block) in files.iter().zip(&blocks) {
        let script = file.with_extension("mjs");
        tools::succeed(
            Command::new("node").arg(script),
            &format!("{}: {}", block.page, block.text),
        );
    }
}

#[test]
fn python_runs() {
    let blocks = tools::blocks("python");
    assert!(blocks.len() >= 7, "{}", blocks.len());
    let own = tools::folder().map(|folder| folder.join("venv/bin/python"));
    let python = own
        .filter(|python| python.exists())
        .unwrap_or(PathBuf::from("python3"));
    if !tools::has(&python, "--version") {
        return tools::skip("Python", "it is not here");
    }
    for block in &blocks {
        if let Some(lacking) = lacking(&python, block) {
            tools::skip(&block.page, &lacking);
            continue;
        }
        tools::succeed(Command::new(&python).args(["-c", &block.text]), &block.text);
    }
}

/// What this Python lacks for the example.
fn lacking(python: &Path, block: &Block) -> Option<String> {
    let has = |test: &str| {
        let ran = Command::new(python).args(["-c", test]).output();
        ran.is_ok_and(|ran| ran.status.success())
    };
    if block.needs == "3.14" && !has("import sys; assert sys.version_info >= (3, 14)") {
        return Some("Python 3.14 is not here".to_owned());
    }
    let packages = ["uuid_utils", "uuid6"];
    let needed = packages
        .into_iter()
        .find(|package| block.text.contains(package) && !has(&format!("import {package}")));
    needed.map(|package| format!("`{package}` is not here"))
}

#[test]
fn go_runs() {
    let blocks = tools::blocks("go");
    assert!(blocks.len() >= 4, "{}", blocks.len());
    if !tools::has("go", "version") {
        return tools::skip("Go", "it is not here");
    }
    for block in blocks {
        // Packages are not fetched by a test, and `uuid` of the standard library is new.
        if !block.needs.is_empty() {
            tools::skip(&block.page, &format!("needs {}", block.needs));
            continue;
        }
        let work = tempfile::tempdir().unwrap();
        let file = work.path().join("main.go");
        fs::write(&file, &block.text).unwrap();
        tools::succeed(Command::new("go").arg("run").arg(&file), &block.text);
    }
}

#[test]
fn prisma_schemas_are_read_whole_and_give_no_finding() {
    for block in tools::blocks("prisma") {
        let source = schema::Source::new("schema.prisma", with_provider(&block.text)).unwrap();
        let sources = vec![source];
        let schema = schema::prisma::read(&sources);
        assert_eq!(schema.problems, [], "{}", block.text);
        let policy = audit::Policy::default();
        let drawn = [audit::Drawn { schema, sources }];
        let report = audit::audit(&audit::Context::new(&drawn, &policy));
        let grave: Vec<&str> = report
            .findings
            .iter()
            .filter(|finding| finding.severity >= audit::Severity::High)
            .map(|finding| finding.rule)
            .collect();
        assert_eq!(grave, [""; 0], "{}", block.text);
    }
}

#[test]
fn prisma_itself_takes_the_schemas() {
    let Some(folder) = tools::folder().filter(|folder| {
        folder
            .join("node_modules/@prisma/prisma-schema-wasm")
            .exists()
    }) else {
        return tools::skip("Prisma", "GUIDE_TOOLS names no folder with its validator");
    };
    for block in tools::blocks("prisma") {
        let work = tempfile::tempdir_in(&folder).unwrap();
        fs::write(
            work.path().join("schema.prisma"),
            with_provider(&block.text),
        )
        .unwrap();
        let script = "const { validate } = require('@prisma/prisma-schema-wasm');\
            const text = require('fs').readFileSync('schema.prisma', 'utf8');\
            validate(JSON.stringify({ prismaSchema: [['schema.prisma', text]] }));";
        let mut check = Command::new("node");
        check.args(["-e", script]).current_dir(work.path());
        tools::succeed(&mut check, &block.text);
    }
}

fn with_provider(models: &str) -> String {
    format!("datasource db {{\n  provider = \"postgresql\"\n}}\n\n{models}")
}
