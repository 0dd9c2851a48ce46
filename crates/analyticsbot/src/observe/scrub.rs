//! Blanks what must not leave the process in a text: keys, passwords in addresses, mail addresses.
//!
//! The second line of defence. The first is that nothing of it is put into a log in the first
//! place; but errors of libraries quote what they were given.

use std::borrow::Cow;

/// Shorter texts after `wk_` and `ak_` are words, not keys.
const KEY_CHARS_MIN: usize = 8;

/// The text without keys of ours, user names and passwords of addresses, passwords of connection
/// strings, and mail addresses. Each leaves a word in brackets.
pub(super) fn scrub(text: &str) -> Cow<'_, str> {
    let suspicious = ["wk_", "ak_", "@", "password"];
    if !suspicious.iter().any(|part| text.contains(part)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(emails(&passwords(&credentials(&keys(text)))))
}

/// `wk_` and `ak_` with what follows.
fn keys(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = ["wk_", "ak_"].iter().filter_map(|key| rest.find(key)).min() {
        let (before, key) = rest.split_at(at + 3);
        clean.push_str(before);
        let end = end_of(key, |c| c.is_ascii_alphanumeric());
        rest = &key[end..];
        clean.push_str(if end < KEY_CHARS_MIN {
            &key[..end]
        } else {
            "[key]"
        });
    }
    clean + rest
}

/// `user:password@` of an address. A password may hold an unescaped slash or at sign, so everything
/// to the last at sign of the word goes.
fn credentials(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, address) = rest.split_at(at + 3);
        clean.push_str(before);
        let word = &address[..end_of(address, |c| !c.is_whitespace() && !"\"'`<>".contains(c))];
        rest = match word.rfind('@') {
            Some(at) => {
                clean.push_str("[credentials]");
                &address[at..]
            }
            None => address,
        };
    }
    clean + rest
}

/// `password=...` of a connection string.
fn passwords(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("password=") {
        let (before, value) = rest.split_at(at + "password=".len());
        clean.push_str(before);
        clean.push_str("[password]");
        let quoted = value.strip_prefix('\'').and_then(|inner| inner.find('\''));
        let plain = || end_of(value, |c| !c.is_whitespace() && !"&\"'`".contains(c));
        rest = &value[quoted.map_or_else(plain, |end| end + 2)..];
    }
    clean + rest
}

/// `local@domain`, in any script, also where the at sign is at the end of `[credentials]`.
fn emails(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (local, domain) = (&rest[..at], &rest[at + 1..]);
        let of_address = |c: char| c.is_alphanumeric() || "._%+-".contains(c);
        let start = local
            .char_indices()
            .rev()
            .take_while(|(_, c)| of_address(*c))
            .last()
            .map_or(at, |(start, _)| start);
        let end = end_of(domain, of_address);
        if start == at || end == 0 {
            clean.push_str(&rest[..=at]);
            rest = domain;
        } else {
            clean.push_str(&local[..start]);
            clean.push_str("[email]");
            rest = &domain[end..];
        }
    }
    clean + rest
}

/// The length in bytes of the beginning whose characters all are `kept`.
fn end_of(text: &str, kept: impl Fn(char) -> bool) -> usize {
    text.find(|c| !kept(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_leave_a_word_in_brackets() {
        for (text, expected) in [
            ("nothing here", "nothing here"),
            ("key `wk_0123456789abcdefXYZ`", "key `wk_[key]`"),
            ("ak_0123456789,wk_9876543210", "ak_[key],wk_[key]"),
            ("a weak_link and wk_ alone", "a weak_link and wk_ alone"),
            (
                "postgres://ana:hunter2@db/x",
                "postgres://[credentials]@db/x",
            ),
            (
                "to postgres://a:b/c@d@db:5/x now",
                "to postgres://[credentials]@db:5/x now",
            ),
            ("http://db/x", "http://db/x"),
            (
                "host=db password=hunter2 user=a",
                "host=db password=[password] user=a",
            ),
            ("password='a b' user=a", "password=[password] user=a"),
            ("password=", "password=[password]"),
            ("mail to ana.b+c@example.com.", "mail to [email]"),
            ("{\"email\":\"ä@ö.example\"}", "{\"email\":\"[email]\"}"),
            ("a @ b, @c, d@", "a @ b, @c, d@"),
        ] {
            assert_eq!(scrub(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_key_password_or_address_survives_any_neighbours(
            before in "[ -~äö]{0,12}", after in "([^0-9A-Za-z]PC)?[ \"'`,;]?",
        ) {
            for secret in ["wk_Canary0Canary0", "x://u:Canary0Canary0@h", "Canary0Canary0@e.org"] {
                let clean = scrub(&format!("{before} {secret}{after}")).into_owned();
                prop_assert!(!clean.contains("Canary0Canary0"), "{}", clean);
            }
        }
    }
}
