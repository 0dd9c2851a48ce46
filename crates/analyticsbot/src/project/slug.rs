//! Slugs: names for addresses and the command line.

/// The longest slug; longer names are cut.
const SLUG_CHARS_MAX: usize = 48;

/// Of a name without a letter or digit that a slug may have.
const NAMELESS: &str = "project";

/// Letters that are written with two, as their languages do without the keys for them.
const SPELT: [(char, &str); 8] = [
    ('ä', "ae"),
    ('ö', "oe"),
    ('ü', "ue"),
    ('ß', "ss"),
    ('æ', "ae"),
    ('ø', "oe"),
    ('å', "aa"),
    ('œ', "oe"),
];

/// The slug of a name: lowercase letters and digits of ASCII, dashes in between.
pub(super) fn of_name(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        let spelt = SPELT.iter().find(|(letter, _)| *letter == c);
        match spelt {
            Some((_, letters)) => slug.push_str(letters),
            None if c.is_ascii_alphanumeric() => slug.push(c),
            None if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            None => {}
        }
    }
    slug.truncate(SLUG_CHARS_MAX);
    match slug.trim_end_matches('-') {
        "" => NAMELESS.to_owned(),
        slug => slug.to_owned(),
    }
}

/// The slug to try when so many others have taken it.
pub(super) fn numbered(slug: &str, taken: u32) -> String {
    match taken {
        0 => slug.to_owned(),
        taken => format!("{slug}-{}", u64::from(taken) + 1),
    }
}

/// Reads a slug that somebody chose.
///
/// # Errors
/// What is wrong with it, with what to write instead.
pub(super) fn parse(text: &str) -> Result<String, String> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let is_slug = !text.is_empty()
        && text.len() <= SLUG_CHARS_MAX
        && text.bytes().all(plain)
        && !text.starts_with('-')
        && !text.ends_with('-');
    if is_slug {
        return Ok(text.to_owned());
    }
    Err(format!(
        "a slug has up to {SLUG_CHARS_MAX} of `a` to `z`, `0` to `9` and `-`\n  hint: `{}`",
        of_name(text)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_slug() {
        for (name, expected) in [
            ("My App", "my-app"),
            ("  --Shop--  (EU) ", "shop-eu"),
            ("Größe", "groesse"),
            ("日本", "project"),
            ("A1", "a1"),
        ] {
            assert_eq!(of_name(name), expected, "{name}");
            assert_eq!(parse(expected).as_deref(), Ok(expected));
        }
        let long = of_name(&"ab ".repeat(100));
        assert!(
            long.len() <= SLUG_CHARS_MAX && !long.ends_with('-'),
            "{long}"
        );
    }

    #[test]
    fn a_taken_slug_gets_a_number() {
        assert_eq!(
            [0, 1, 2].map(|n| numbered("shop", n)),
            ["shop", "shop-2", "shop-3"]
        );
    }

    #[test]
    fn a_wrong_slug_is_refused_with_the_right_one() {
        for text in ["", "My App", "-a", "a-", "ä"] {
            assert!(parse(text).unwrap_err().contains("hint"), "{text}");
        }
        assert!(parse("My App").unwrap_err().ends_with("`my-app`"));
    }
}
