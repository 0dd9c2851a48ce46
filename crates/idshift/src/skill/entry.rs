//! The entry in `skill-rules.json` that tells when the skill is of use.

use std::ops::Range;

use serde::Serialize;
use serde_json::{Value, json};

use super::members::{self, Member};
use super::texts::SKILL;

/// The member of the file that holds an entry for each skill.
const SKILLS: &str = "skills";

/// When the skill is of use.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    r#type: &'static str,
    enforcement: &'static str,
    priority: &'static str,
    description: &'static str,
    prompt_triggers: PromptTriggers,
    file_triggers: FileTriggers,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PromptTriggers {
    keywords: &'static [&'static str],
    intent_patterns: &'static [&'static str],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileTriggers {
    path_patterns: &'static [&'static str],
}

const ENTRY: Entry = Entry {
    r#type: "domain",
    enforcement: "suggest",
    priority: "medium",
    description: "Which identifier to take for what: UUID v4, v5 and v7, ULID, NanoID, KSUID, \
                  auto-increment, Snowflake, JSON-LD @id",
    prompt_triggers: PromptTriggers {
        keywords: &[
            "uuid",
            "unique id",
            "primary key",
            "ulid",
            "nanoid",
            "json-ld",
            "@id",
            "deterministic id",
            "uuidv4",
            "uuidv5",
            "uuidv7",
            "uuid v4",
            "uuid v5",
            "uuid v7",
            "ksuid",
            "cuid",
            "snowflake id",
            "guid",
            "identifier",
            "id generation",
            "generate id",
            "auto-increment",
            "autoincrement",
            "serial key",
            "identity column",
            "foreign key",
            "public id",
            "external id",
            "idempotency key",
            "canonical id",
            "typeid",
            "rfc 9562",
        ],
        intent_patterns: &[
            "(create|generate|make).*?(id|uuid|identifier)",
            "(add|change|choose|define|migrate).*?(primary key|foreign key|id column)",
            "(which|what|best).*?(id|uuid|identifier|key)\\b.*?(use|take|type|format|version)",
            "(replace|remove|avoid).*?(auto-?increment|serial|sequence|integer key)",
            "(deterministic|canonical|stable|reproducible).*?(id|uuid|identifier)",
        ],
    },
    file_triggers: FileTriggers {
        path_patterns: &[
            "**/prisma/schema.prisma",
            "**/prisma/schema/**/*.prisma",
            "**/migrations/**/*.sql",
            "**/migrations/**/*.py",
            "**/db/migrate/**/*.rb",
            "**/db/schema.rb",
            "**/drizzle/**/*.ts",
            "**/*.entity.ts",
            "**/*.jsonld",
        ],
    },
};

/// What a file of rules looks like that holds nothing yet.
fn empty() -> Value {
    json!({ "version": "1.0", SKILLS: {} })
}

/// A file of rules with our entry alone.
///
/// # Errors
/// Never in practice: the entry is made of texts.
pub(super) fn alone() -> serde_json::Result<String> {
    with("{\n  \"version\": \"1.0\",\n  \"skills\": {}\n}\n")
}

/// The text with our entry in it; the same text if it is there already, however it is laid out.
///
/// # Errors
/// If the text is no JSON, or its skills are no object.
pub(super) fn with(text: &str) -> serde_json::Result<String> {
    if current(text)? == Some(serde_json::to_value(&ENTRY)?) {
        return Ok(text.to_owned());
    }
    match skills(text)? {
        Some(skills) => members::set(text, skills, SKILL, &ENTRY),
        None => members::set(text, whole(text), SKILLS, &json!({ SKILL: &ENTRY })),
    }
}

/// The text without our entry; None if nothing but what we wrote ourselves is left.
///
/// # Errors
/// As [`with`].
pub(super) fn without(text: &str) -> serde_json::Result<Option<String>> {
    let Some(skills) = skills(text)? else {
        return Ok(Some(text.to_owned()));
    };
    let left = members::without(text, skills, SKILL)?;
    let ours_alone = left != text && serde_json::from_str::<Value>(&left)? == empty();
    Ok((!ours_alone).then_some(left))
}

/// Whether the text has an entry under our name that we would not have written.
///
/// # Errors
/// As [`with`].
pub(super) fn is_changed(text: &str) -> serde_json::Result<bool> {
    let found = current(text)?;
    Ok(found.is_some() && found != Some(serde_json::to_value(&ENTRY)?))
}

/// The entry under our name.
fn current(text: &str) -> serde_json::Result<Option<Value>> {
    let Some(skills) = skills(text)? else {
        return Ok(None);
    };
    let members = members::members(text, skills)?;
    let ours = members.iter().rev().find(|member| member.key == SKILL);
    ours.map(|member| serde_json::from_str(&text[member.value.clone()]))
        .transpose()
}

/// Where the object of skills stands.
fn skills(text: &str) -> serde_json::Result<Option<Range<usize>>> {
    let members = members::members(text, whole(text))?;
    let found = members
        .into_iter()
        .rev()
        .find(|member| member.key == SKILLS);
    let Some(Member { value, .. }) = found else {
        return Ok(None);
    };
    // Refuses what is no object before anything relies on it.
    members::members(text, value.clone())?;
    Ok(Some(value))
}

/// The text without the space around it.
fn whole(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    start..text.trim_end().len().max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A user's file: an entry before and after, notes, and a layout of its own.
    const USERS: &str = "{\n    \"version\": \"1.0\",\n    \"skills\": {\n        \
                         \"backend\": {\"type\":\"domain\",   \"n\": 1.50},\n        \
                         \"frontend\": {}\n    },\n    \"notes\": [\"\\u00e9\"]\n}\n";

    #[test]
    fn there_are_32_keywords_and_none_twice() {
        let keywords = ENTRY.prompt_triggers.keywords;
        let mut sorted = keywords.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!((keywords.len(), sorted.len()), (32, 32));
        assert!(keywords.iter().all(|word| *word == word.to_lowercase()));
    }

    #[test]
    fn merging_leaves_every_other_byte_and_can_be_undone() {
        let merged = with(USERS).unwrap();
        let (before, after) = USERS.split_once("{}\n    },").unwrap();
        assert!(
            merged.starts_with(before) && merged.ends_with(after),
            "{merged}"
        );
        assert_eq!(
            with(&merged).unwrap(),
            merged,
            "a second time changes nothing"
        );
        assert_eq!(without(&merged).unwrap().as_deref(), Some(USERS));
        let value: Value = serde_json::from_str(&merged).unwrap();
        assert_eq!(value["skills"][SKILL]["type"], "domain");
        assert_eq!(
            value["skills"][SKILL]["promptTriggers"]["keywords"][0],
            "uuid"
        );
    }

    #[test]
    fn an_entry_that_was_laid_out_anew_is_the_same_entry() {
        let compact = serde_json::from_str::<Value>(&alone().unwrap())
            .unwrap()
            .to_string();
        assert!(!compact.contains('\n'));
        assert_eq!(with(&compact).unwrap(), compact);
        assert!(!is_changed(&compact).unwrap());
    }

    #[test]
    fn an_entry_that_a_user_changed_is_seen() {
        let changed = alone().unwrap().replace("\"medium\"", "\"high\"");
        assert!(is_changed(&changed).unwrap());
        assert_eq!(with(&changed).unwrap(), alone().unwrap());
        assert!(!is_changed(USERS).unwrap() && !is_changed("{}").unwrap());
    }

    #[test]
    fn a_file_that_only_we_wrote_goes() {
        assert_eq!(without(&alone().unwrap()).unwrap(), None);
        assert_eq!(
            without("{\"skills\":{}}").unwrap().as_deref(),
            Some("{\"skills\":{}}")
        );
        assert_eq!(without("{}").unwrap().as_deref(), Some("{}"));
    }

    #[test]
    fn a_file_without_skills_gets_them() {
        let value: Value = serde_json::from_str(&with("{}").unwrap()).unwrap();
        assert_eq!(value["skills"][SKILL]["enforcement"], "suggest");
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for text in [
            "",
            "[]",
            "{",
            "{\"skills\": []}",
            "{\"skills\": null}",
            "// a\n{}",
        ] {
            assert!(with(text).is_err(), "{text}");
            assert!(without(text).is_err(), "{text}");
        }
    }
}
