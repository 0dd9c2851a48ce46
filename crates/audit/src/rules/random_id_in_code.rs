//! Finds code that makes random UUIDs for keys, one finding for each language.

use std::collections::BTreeMap;

use super::calls;
use crate::code::{Call, Language, Made};
use crate::{Context, Finding, Findings, Rule, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "random-id-in-code",
    severity: Severity::Low,
    summary: "code makes UUIDs of version 4 for keys",
    page: include_str!("../../../../docs/rules/random-id-in-code.md"),
    check,
};

/// The version under which random keys are what the owner has decided on.
const RANDOM: u8 = 4;

fn check(context: &Context<'_>, findings: &mut Findings) {
    if context.policy.keys == Some(RANDOM) {
        return;
    }
    let is_found = |call: &Call| call.kind == Made::UuidV4 && call.near.is_some();
    // One change of one function mends all of a language.
    let mut languages: BTreeMap<Language, Vec<&Call>> = BTreeMap::new();
    for call in calls::by_file(context, is_found).into_values().flatten() {
        languages.entry(call.language).or_default().push(call);
    }
    for (language, calls) in languages {
        findings.extend(finding(language, &calls));
    }
}

fn finding(language: Language, calls: &[&Call]) -> Option<Finding> {
    let name = calls::name(calls);
    let finding = calls::finding(&RULE, language.name(), calls)?
        .message(format!(
            "{} code makes random UUIDs (version 4) for ids such as `{name}` {}",
            language.name(),
            calls::times(calls)
        ))
        .breaks(
            "As keys of a table that grows past memory, each insert lands on another page of the \
             index, which is then read, half filled and written again.",
        )
        .fix(format!(
            "Where the id becomes a key, call {} instead: the same type and length, in order of \
             time. Keep version 4 for tokens and for ids that must not tell when they were made.",
            replacement(language)
        ));
    Some(finding)
}

/// What makes version 7 in a language.
fn replacement(language: Language) -> &'static str {
    match language {
        Language::TypeScript | Language::JavaScript => "`v7()` of the package `uuid` (10 or later)",
        Language::Python => "`uuid.uuid7()` (Python 3.14, or the package `uuid-utils`)",
        Language::Go => "`uuid.NewV7()` of `github.com/google/uuid`",
        Language::Rust => "`Uuid::now_v7()` with the feature `v7`",
        Language::Java => {
            "`Generators.timeBasedEpochGenerator().generate()` of java-uuid-generator"
        }
        Language::Kotlin => "`Uuid.generateV7()` (Kotlin 2.3), or java-uuid-generator",
        Language::CSharp => "`Guid.CreateVersion7()` (.NET 9)",
        Language::Ruby => "`SecureRandom.uuid_v7` (Ruby 3.3)",
        Language::Php => "`Str::uuid7()` of Laravel, or `Uuid::uuid7()` of ramsey/uuid",
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::trial::{check_code, found_in_code};

    const NAME: &str = "random-id-in-code";

    #[test]
    fn finds() {
        let text = "import { v4 } from 'uuid'; const a = { id: v4() }; const b = { userId: v4() };";
        check_code(NAME, "src/a.ts", text, &["low TypeScript"]);
        let finding = found_in_code(NAME, "src/a.ts", text).remove(0);
        assert!(
            finding.message.ends_with("`id` in 2 places"),
            "{}",
            finding.message
        );
        assert_eq!(finding.related.len(), 1);
        check_code(
            NAME,
            "a.cs",
            "class A { Guid Id = Guid.NewGuid(); }",
            &["low C#"],
        );
    }

    #[test]
    fn leaves_alone() {
        for text in [
            "const token = crypto.randomUUID()",
            "const requestId = crypto.randomUUID()",
            "// const id = crypto.randomUUID()",
            "import { v7 } from 'uuid'; const id = v7()",
        ] {
            check_code(NAME, "src/a.ts", text, &[]);
        }
        check_code(NAME, "src/a.test.ts", "const id = crypto.randomUUID()", &[]);
    }
}
