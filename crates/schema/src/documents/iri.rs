//! Tells what kind of identifier a text is.

/// Kinds of identifiers of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdForm {
    /// An IRI with a scheme, such as `https://...` or `urn:uuid:...`.
    Absolute,
    /// A prefix that the context declares, a colon and the rest.
    Compact,
    /// Relative to a base: without `@base`, to wherever the document happens to be.
    Relative,
    /// `_:name`: means something within one document alone.
    Blank,
    /// `null`, or an empty text, which is the document itself.
    Empty,
    /// Begins with `@`, which is kept for keywords.
    Keyword,
    /// A number or anything else that is no text.
    NotText,
}

/// The form of a text, but for [`IdForm::Compact`], which the context decides.
pub(super) fn form(text: &str) -> IdForm {
    if text.is_empty() {
        IdForm::Empty
    } else if text.starts_with("_:") {
        IdForm::Blank
    } else if text.starts_with('@') {
        IdForm::Keyword
    } else if is_absolute(text) {
        IdForm::Absolute
    } else {
        IdForm::Relative
    }
}

/// Whether it begins with a scheme (RFC 3986, section 3.1) and something follows. IRIs hold no
/// blanks.
pub(super) fn is_absolute(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(is_part)
        && !rest.is_empty()
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_apart() {
        for (text, expected) in [
            ("https://a.example/1", IdForm::Absolute),
            (
                "urn:uuid:018f3b7e-0000-7000-8000-000000000000",
                IdForm::Absolute,
            ),
            ("did:example:1", IdForm::Absolute),
            ("users/1", IdForm::Relative),
            ("#me", IdForm::Relative),
            ("42", IdForm::Relative),
            ("018f3b7e-0000-7000-8000-000000000000", IdForm::Relative),
            ("1a:b", IdForm::Relative),
            ("https:", IdForm::Relative),
            ("https://a b", IdForm::Relative),
            ("_:b0", IdForm::Blank),
            ("", IdForm::Empty),
            ("@id", IdForm::Keyword),
        ] {
            assert_eq!(form(text), expected, "{text}");
        }
    }
}
