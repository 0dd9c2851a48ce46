//! The texts for an assistant, made from the guide and the rules.

use std::fmt::Write as _;

use audit::{Rule, Severity};

use crate::guide::{Topic, section, up_to};

/// The name of the skill, and of its folder.
pub(super) const SKILL: &str = "id-generation-best-practices";

/// The name of the agent, and of its file.
pub(super) const AGENT: &str = "id-creation-audit";

/// How many of the guide's recommendations for a kind of id the skill repeats.
const ADVICE_PER_KIND: usize = 2;

const SKILL_HEAD: &str = "\
---
name: id-generation-best-practices
description: Which identifier to take for what, and how to make, store and test it. Use when \
creating or changing primary keys, foreign keys, UUIDs (v4, v5, v7), ULID, NanoID, KSUID, \
auto-increment or Snowflake ids, public ids, deterministic ids, or JSON-LD @id.
---

# Id generation: best practices

Written by `idshift skill install` from the pages that `idshift guide` shows and the rules that
`idshift rules` lists. Changes made here are kept in a backup when it is installed again.

In short: the application makes a UUIDv7 for every row, stored in the native `uuid` type. What
others see and must not date is a UUIDv4. The same thing from many sources is a UUIDv5 of a
namespace of your own. What lets somebody in is a token, not an id.
";

const AGENT_HEAD: &str = "\
---
name: id-creation-audit
description: Audits how a code base and its database make identifiers - auto-increment keys, UUID \
versions and column types, JSON-LD @id, public and internal ids - and gives fixes in the order in \
which to make them. Use when asked to review ids, keys or schemas, and after changes to them.
tools: Bash, Read, Grep, Glob
---

# Id creation audit

You find out how this project makes its identifiers, what will break, and what to do first. Findings
come from a tool; the judgement is yours. Change no file unless you are asked to.

## 1. Scan

Run in the root of the project:

```sh
idshift audit --format json
```

Exit status 0 or 1 with a report is a result; anything else is not: show the message and stop. If
`idshift` is not installed, say so, and go on with step 2 by reading alone, marked as such.

Each finding has `rule`, `severity`, `confidence`, `object`, `message`, `primary` (file, line),
`breaks`, `fix` and, where it follows from another one, `caused_by`.

## 2. Look for yourself

Read the lines of each critical and high finding, and what surrounds them. Then look for what a
schema cannot show:

- **Auto-increment**: `autoincrement()`, `SERIAL`, `IDENTITY`, `AUTO_INCREMENT`, `max(id) + 1`.
- **UUID versions**: `uuid()`, `uuidv4`, `randomUUID`, `gen_random_uuid` where a key is made;
  `Math.random()` and `Date.now()` anywhere near an id.
- **JSON-LD `@id`**: absolute IRIs or `urn:uuid:`; the same thing always with the same `@id`; none
  from a counted number.
- **Public and internal**: which ids leave the system in URLs, e-mails, logs and answers of
  interfaces, and whether each of them may tell what it tells.

## 3. Explain

`idshift explain RULE` prints why a rule is there, when it may be ignored and its sources. Tell what
breaks **in this project**, and when: how many rows, which tables refer to it, who sees the id. A
finding that is `caused_by` another is told with it, not by itself. Say plainly when you hold a
finding for wrong, and why.

## 4. Prioritise

1. **Critical**: keys that count and are seen outside, shared between databases, or near their end.
2. **High**: what must move together with them, and what leaks today.
3. **Medium**: UUIDs as text, random keys of large tables, missing constraints.
4. **Low, info**: habits. One line each.

For a live PostgreSQL database, the way from integers to UUIDv7 is `idshift migrate`: it plans
first, runs online and can be undone. For a schema without data, edit it.

## 5. Report

- A summary of three sentences that somebody who does not read code understands.
- Critical findings, each with file and line, the code, what breaks and when, and the fix.
- High findings; then a table of the rest.
- What is right already, so that nobody changes it.
- Actions in order, with the tests that prove each done.

## The rules

";

/// The skill's page.
pub(super) fn skill() -> String {
    let mut page = String::from(SKILL_HEAD);
    add(&mut page, "Which id for what", &decision());
    add(&mut page, "Quick reference", &quick_reference());
    add(&mut page, "Each kind", &kinds());
    add(&mut page, "Examples", &examples());
    add(&mut page, "Anti-patterns", &anti_patterns());
    add(&mut page, "Testing", &testing());
    let worst = |rule: &&Rule| rule.severity >= Severity::High;
    let checks = format!(
        "Run `idshift audit` after each change to a schema. Its gravest rules; `idshift explain \
         RULE`\nhas the reasons:\n\n{}",
        listed(audit::rules().iter().filter(worst))
    );
    add(&mut page, "Checked by `idshift audit`", &checks);
    page
}

/// The agent's page.
pub(super) fn agent() -> String {
    format!("{AGENT_HEAD}{}", listed(audit::rules().iter()))
}

fn add(page: &mut String, heading: &str, text: &str) {
    write!(page, "\n## {heading}\n\n{}\n", text.trim()).expect("a string takes what it is given");
}

fn listed<'a>(rules: impl Iterator<Item = &'a Rule>) -> String {
    let mut list = String::new();
    for rule in rules {
        let (name, severity) = (rule.name, rule.severity.name());
        writeln!(list, "- `{name}` ({severity}): {}", rule.summary)
            .expect("a string takes what it is given");
    }
    list
}

/// The page of questions without its heading and its sources.
fn decision() -> String {
    let page = up_to(Topic::Choose.page(), "Sources");
    page.split_once('\n')
        .map_or(page, |(_, text)| text)
        .trim()
        .to_owned()
}

fn quick_reference() -> String {
    let page = Topic::Table.page();
    ["What each is", "When to take each"]
        .map(|heading| section(page, heading))
        .join("\n\n")
}

/// The first recommendations of each kind.
fn kinds() -> String {
    let mut text = String::new();
    let page = up_to(Topic::Kinds.page(), "Sources");
    for part in page.split("\n## ").skip(1) {
        let (name, body) = part.split_once('\n').unwrap_or((part, ""));
        let advice = body.split("\n- ").skip(1).take(ADVICE_PER_KIND);
        let advice: Vec<&str> = advice.map(str::trim).collect();
        write!(text, "**{name}**\n\n- {}\n\n", advice.join("\n- "))
            .expect("a string takes what it is given");
    }
    text
}

fn examples() -> String {
    let typescript = Topic::Typescript.page();
    let prisma = Topic::Prisma.page();
    [
        code(section(typescript, "A primary key")),
        code(section(typescript, "The same thing, the same id")),
        code(section(prisma, "A primary key, and a reference to it")),
        code(section(prisma, "A public id beside the key")),
        code(section(Topic::Sql.page(), "A primary key")),
    ]
    .join("\n\n")
}

/// The first fenced block of a section, fences included.
fn code(section: &str) -> &str {
    let start = section.find("```").unwrap_or(0);
    let end = section[start..].find("\n```").map(|end| start + end + 4);
    &section[start..end.unwrap_or(section.len())]
}

/// Each pattern with what to do instead.
fn anti_patterns() -> String {
    let mut text = String::new();
    let page = up_to(Topic::AntiPatterns.page(), "Sources");
    for part in page.split("\n## ").skip(1) {
        let (name, body) = part.split_once('\n').unwrap_or((part, ""));
        let instead = body.split_once("**Instead**:").map_or("", |(_, rest)| rest);
        let instead = instead.split_whitespace().collect::<Vec<_>>().join(" ");
        writeln!(text, "- **{name}**. Instead: {instead}")
            .expect("a string takes what it is given");
    }
    text
}

fn testing() -> String {
    let page = Topic::Testing.page();
    [
        code(section(page, "Ids that a test can foretell")),
        code(section(page, "Order, and no repeats")),
    ]
    .join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An assistant reads the skill whole: about 10 KB is what it should cost.
    const SKILL_BYTES: std::ops::Range<usize> = 8_000..12_500;

    #[test]
    fn the_skill_has_every_part_and_a_bearable_length() {
        let page = skill();
        assert!(SKILL_BYTES.contains(&page.len()), "{} bytes", page.len());
        for part in [
            "UUIDv4",
            "UUIDv5",
            "UUIDv7",
            "ULID",
            "NanoID",
            "KSUID",
            "Snowflake",
        ] {
            assert!(
                page.contains(&format!("\n| {part} | ")),
                "{part} in a table"
            );
            assert!(
                page.contains(&format!("\n**{part}**\n")),
                "{part} by itself"
            );
        }
        for fence in ["```ts\n", "```prisma\n", "```sql\n", "```python\n"] {
            assert!(page.contains(fence), "{fence}");
        }
        assert_eq!(page.matches("```").count() % 2, 0, "each block is closed");
        assert_eq!(page.matches(". Instead: ").count(), 12);
    }

    #[test]
    fn each_page_has_a_front_matter_with_its_name_and_one_line_of_description() {
        for (page, name) in [(skill(), SKILL), (agent(), AGENT)] {
            let mut lines = page.lines();
            assert_eq!(lines.next(), Some("---"));
            assert_eq!(lines.next(), Some(&*format!("name: {name}")));
            let description = lines.next().unwrap();
            let text = description.strip_prefix("description: ").unwrap();
            // A colon and a space would make it a mapping.
            assert!(!text.contains(": ") && text.len() <= 1024, "{text}");
        }
    }

    #[test]
    fn the_agent_names_every_rule() {
        let page = agent();
        for rule in audit::rules() {
            assert!(
                page.contains(&format!("- `{}` (", rule.name)),
                "{}",
                rule.name
            );
        }
    }
}
