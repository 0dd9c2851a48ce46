//! Prints how long an audit takes: a Prisma schema of 300 KB, a repository of 10,000 files, or what
//! is given.
//!
//! `cargo run --release -p audit --example speed [PATH...]`
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for people, which measures time"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use audit::config::Config;
use audit::discover::{Exclude, discover};
use audit::report::{Input, terminal};
use audit::{Choice, assess};

const ROUNDS: usize = 5;
const PRISMA_BYTES: usize = 300_000;
const PROJECTS: usize = 20;
const CODE_FILES: usize = 440;
const MIGRATIONS: usize = 50;
const OTHER_FILES: usize = 10;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let paths: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    if !paths.is_empty() {
        return report("given", &paths);
    }
    let folder = tempfile::tempdir()?;
    let schema = folder.path().join("schema.prisma");
    fs::write(&schema, prisma(PRISMA_BYTES)?)?;
    report("300 KB of Prisma", &[schema])?;
    let repository = folder.path().join("repository");
    write_repository(&repository)?;
    report("repository", &[repository])
}

/// Prints the best of some rounds: what else the machine does only adds.
fn report(name: &str, paths: &[PathBuf]) -> Result<(), Failure> {
    let (mut read, mut judged, mut drawn) = (Duration::MAX, Duration::MAX, Duration::MAX);
    let mut counts = (0, 0, 0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let found =
            discover(paths, &Exclude::default()).map_err(audit::config::ConfigError::from)?;
        read = read.min(start.elapsed());
        let start = Instant::now();
        let outcome = assess(&found, &Config::default(), &Choice::default());
        judged = judged.min(start.elapsed());
        let start = Instant::now();
        let input = Input {
            found: &found,
            outcome: &outcome,
            fail_on: None,
            version: "0",
        };
        let options = terminal::Options {
            columns: 100,
            colour: true,
            verbose: false,
        };
        let lines = terminal::render(&input, options).lines().count();
        drawn = drawn.min(start.elapsed());
        counts = (found.files_seen, outcome.findings.len(), lines);
    }
    let (files, findings, lines) = counts;
    println!(
        "{name}: {files} files, {findings} findings; read in {read:.1?}, judged in {judged:.1?}, \
         {lines} lines drawn in {drawn:.1?}"
    );
    Ok(())
}

fn prisma(bytes: usize) -> Result<String, std::fmt::Error> {
    let mut text = String::from("datasource db {\n  provider = \"postgresql\"\n}\n");
    for number in 0.. {
        if text.len() > bytes {
            break;
        }
        write!(
            text,
            "model M{number} {{\n  id Int @id @default(autoincrement())\n  \
             name String @db.VarChar(200)\n  up Int?\n  \
             upper M{number}? @relation(\"tree\", fields: [up], references: [id])\n  \
             lower M{number}[] @relation(\"tree\")\n  @@map(\"m_{number}\")\n}}\n\n"
        )?;
    }
    Ok(text)
}

/// Projects with a schema, its migrations, code and other files: some 10,000.
fn write_repository(root: &Path) -> Result<(), Failure> {
    let mut code = String::from("import { v4 } from 'uuid';\n");
    for number in 0..100 {
        write!(
            code,
            "export function f{number}(a: number, b: string) {{\n  \
             return `${{b}}-${{a + {number}}}`; // {number}\n}}\n"
        )?;
    }
    for project in 0..PROJECTS {
        let folder = root.join(format!("packages/p{project}"));
        write(&folder.join("package.json"), "{}")?;
        write(&folder.join("prisma/schema.prisma"), &prisma(8_000)?)?;
        for number in 0..CODE_FILES {
            let made = if number % 50 == 0 {
                "export const id = v4();\n"
            } else {
                ""
            };
            write(
                &folder.join(format!("src/m{number}.ts")),
                &format!("{code}{made}"),
            )?;
        }
        for number in 0..MIGRATIONS {
            let text = format!("CREATE TABLE m_{number} (id SERIAL PRIMARY KEY, name TEXT);\n");
            write(
                &folder.join(format!("prisma/migrations/{number}_x/migration.sql")),
                &text,
            )?;
        }
        for number in 0..OTHER_FILES {
            write(&folder.join(format!("docs/{number}.md")), "# Notes\n")?;
        }
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    fs::create_dir_all(file.parent().ok_or("a file without a folder")?)?;
    Ok(fs::write(file, text)?)
}
