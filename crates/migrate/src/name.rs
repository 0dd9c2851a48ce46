//! Names in SQL: quoting, and derived names that fit PostgreSQL's limit.

/// Bytes that PostgreSQL keeps of a name (`NAMEDATALEN` - 1).
pub(crate) const NAME_BYTES_MAX: usize = 63;

/// The schema of the journal and the trigger functions.
pub(crate) const SCHEMA: &str = "idshift";

/// A name as SQL reads it back unchanged.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A schema-qualified name.
pub(crate) fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", quoted(schema), quoted(name))
}

/// A text as a literal, whatever `standard_conforming_strings` says.
pub(crate) fn literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if doubled.contains('\\') {
        format!("E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    }
}

/// `name` with `suffix`, cut at a character so that the whole is within the limit.
pub(crate) fn derived(name: &str, suffix: &str) -> String {
    let mut end = name.len().min(NAME_BYTES_MAX - suffix.len());
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{suffix}", &name[..end])
}

/// A derived name that is not in `taken`, with a number before the suffix if it must be.
pub(crate) fn free(name: &str, suffix: &str, taken: impl Fn(&str) -> bool) -> String {
    let plain = derived(name, suffix);
    if !taken(&plain) {
        return plain;
    }
    (2..=u32::MAX)
        .map(|number| derived(name, &format!("_{number}{suffix}")))
        .find(|candidate| !taken(candidate))
        .expect("a database holds fewer names than there are numbers")
}

/// A list of quoted names.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(quoted).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_survive_quoting() {
        assert_eq!(quoted("Order \"x\""), "\"Order \"\"x\"\"\"");
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\b"), "E'a\\\\b'");
    }

    #[test]
    fn derived_names_keep_to_the_limit_and_to_characters() {
        assert_eq!(derived("id", "__new"), "id__new");
        let long = "ä".repeat(40);
        let name = derived(&long, "__new");
        assert!(
            name.len() <= NAME_BYTES_MAX && name.ends_with("ä__new"),
            "{name}"
        );
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let taken = ["id__new", "id_2__new"];
        assert_eq!(
            free("id", "__new", |name| taken.contains(&name)),
            "id_3__new"
        );
    }
}
