//! Reads names as people mean them: their words, whatever their spelling.

/// The words of a name in lower case: `stripeCustomerID` and `stripe_customer_id` are the same.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = Some('_');
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        if !letter.is_alphanumeric() {
            before = Some('_');
            continue;
        }
        // `customerID`: a new word at `I`, none at `D`; `HTTPServer`: a new word at `S`.
        let after_lower = before.is_some_and(|it| it.is_lowercase() || it.is_ascii_digit());
        let before_lower = letters.peek().is_some_and(|it| it.is_lowercase());
        let starts =
            before == Some('_') || (letter.is_uppercase() && (after_lower || before_lower));
        if starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
        before = Some(letter);
    }
    words
}

/// The name in lower case with underscores between its words.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_")
}

/// The name as SQL has to write it: in quotes, unless it is lower case and plain.
pub(crate) fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    if starts && name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Whether the name says that a UUID is meant.
pub(crate) fn says_uuid(name: &str) -> bool {
    words(name)
        .iter()
        .any(|word| matches!(word.as_str(), "uuid" | "guid"))
}

/// Whether the name says that the value opens something, so that nobody may guess it.
pub(crate) fn says_secret(name: &str) -> bool {
    let secret = |word: &String| matches!(word.as_str(), "token" | "secret" | "nonce" | "otp");
    words(name).iter().any(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_spelling() {
        for name in ["stripeCustomerID", "stripe_customer_id", "StripeCustomerId"] {
            assert_eq!(snake(name), "stripe_customer_id", "{name}");
        }
        assert_eq!(snake("HTTPServer2Id"), "http_server2_id");
        assert_eq!(snake("_id"), "id");
        assert!(words("").is_empty());
    }

    #[test]
    fn names_are_quoted_where_sql_asks_for_it() {
        assert_eq!(
            [quoted("users"), quoted("User"), quoted("1a")],
            ["users", "\"User\"", "\"1a\""]
        );
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
    }

    #[test]
    fn uuid_is_a_word_of_its_own() {
        assert!(says_uuid("userUuid") && says_uuid("guid") && says_uuid("UUID"));
        assert!(!says_uuid("guide_id"));
        assert!(says_secret("sessionToken") && !says_secret("session_id"));
    }
}
