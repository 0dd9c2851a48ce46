//! Prints how long the readers take: a large Prisma schema, a large dump, garbage.
//!
//! `cargo run --release -p schema --example speed`
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for people, which measures time"
)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use schema::{Dialect, Schema, Source, prisma, sql};

const PRISMA_BYTES: usize = 300_000;
const DUMP_BYTES: usize = 2_000_000;
const GARBAGE_BYTES: usize = 1 << 20;
const ROUNDS: usize = 5;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    report("prisma", &prisma_text()?, prisma::read)?;
    report("dump", &dump()?, |sources| {
        sql::read(Dialect::PostgreSql, sources)
    })?;
    for (name, text) in garbage() {
        report(&format!("{name} as prisma"), &text, prisma::read)?;
        for dialect in [Dialect::PostgreSql, Dialect::MySql, Dialect::Sqlite] {
            let title = format!("{name} as {dialect:?}");
            report(&title, &text, |sources| sql::read(dialect, sources))?;
        }
    }
    Ok(())
}

/// Prints the best of some rounds: what else the machine does only adds.
fn report(name: &str, text: &str, read: impl Fn(&[Source]) -> Schema) -> Result<(), Failure> {
    let sources = [Source::new(name, text)?];
    let mut best = Duration::MAX;
    let mut counts = (0, 0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let schema = read(&sources);
        best = best.min(start.elapsed());
        counts = (schema.tables.len(), schema.problems.len());
    }
    let (tables, problems) = counts;
    let bytes = text.len();
    println!("{name}: {bytes} bytes, {best:.1?}, {tables} tables, {problems} problems");
    Ok(())
}

fn prisma_text() -> Result<String, std::fmt::Error> {
    let mut text = String::from("datasource db {\n  provider = \"postgresql\"\n}\n");
    for number in 0.. {
        if text.len() > PRISMA_BYTES {
            break;
        }
        write!(
            text,
            "/// What model {number} is.\nmodel M{number} {{\n  \
             id Int @id @default(autoincrement())\n  name String @db.VarChar(200) // shown\n  \
             at DateTime @default(now()) @map(\"created_at\") @db.Timestamptz(3)\n  up Int?\n  \
             upper M{number}? @relation(\"tree\", fields: [up], references: [id])\n  \
             lower M{number}[] @relation(\"tree\")\n  @@index([name, at(sort: Desc)])\n  \
             @@map(\"m_{number}\")\n}}\n\n"
        )?;
    }
    Ok(text)
}

/// Tables, keys, indexes and a sixth of rows, as `pg_dump` writes them.
fn dump() -> Result<String, std::fmt::Error> {
    let mut text = String::from("SET client_encoding = 'UTF8';\n");
    let mut number = 0;
    while text.len() < DUMP_BYTES {
        number += 1;
        let t = format!("public.table_number_{number}");
        write!(
            text,
            "\n--\n-- Name: {t}; Type: TABLE\n--\n\nCREATE TABLE {t} (\n    \
             id bigint NOT NULL,\n    \
             name character varying(200) DEFAULT 'x'::character varying NOT NULL,\n    \
             owner uuid DEFAULT gen_random_uuid(),\n    parent bigint,\n    \
             at timestamp(3) with time zone DEFAULT now() NOT NULL,\n    \
             CONSTRAINT positive_{number} CHECK ((id > 0))\n);\n\n\
             ALTER TABLE {t} OWNER TO postgres;\n\n\
             CREATE SEQUENCE {t}_id_seq\n    START WITH 1\n    \
             INCREMENT BY 1\n    NO MINVALUE\n    NO MAXVALUE\n    CACHE 1;\n\n\
             ALTER SEQUENCE {t}_id_seq OWNED BY {t}.id;\n\n\
             ALTER TABLE ONLY {t} ALTER COLUMN id SET DEFAULT nextval('{t}_id_seq'::regclass);\n\n\
             COPY {t} (id, name) FROM stdin;\n1\tone; more 'text'\n2\ttwo; more (text\n\\.\n\n\
             ALTER TABLE ONLY {t}\n    \
             ADD CONSTRAINT table_number_{number}_pkey PRIMARY KEY (id);\n\n\
             CREATE INDEX table_number_{number}_at ON {t} USING btree (at DESC);\n\n\
             ALTER TABLE ONLY {t}\n    \
             ADD CONSTRAINT table_number_{number}_parent FOREIGN KEY (parent) \
             REFERENCES {t}(id) ON DELETE CASCADE;\n"
        )?;
    }
    Ok(text)
}

/// What a reader might choke on: bytes without sense, and openings without ends.
fn garbage() -> Vec<(&'static str, String)> {
    // A linear congruential generator: the same garbage in every run.
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from((state >> 24) as u8 & 0x7f)
    });
    let repeated = |text: &str| text.repeat(GARBAGE_BYTES / text.len());
    vec![
        ("noise", noise.take(GARBAGE_BYTES).collect()),
        ("parentheses", repeated("(")),
        ("quotes", repeated("'\" ")),
        ("comments", repeated("/* ")),
        ("lines", repeated("model A {\n")),
        ("fields", repeated("a B @c(d,\n")),
        ("statements", repeated("create table a (b int default (")),
        ("dollars", repeated("$a$ $b$ ")),
    ]
}
