//! Takes what a connection string says of TLS out of it, and says what it means.

use std::borrow::Cow;
use std::fmt::Write as _;

use percent_encoding::percent_decode_str;
use tokio_postgres::config::SslMode;

use crate::Error;
use crate::tls::{Check, Roots};

/// What a connection string says of TLS. `tokio-postgres` knows no verification: it would take
/// `verify-full` for a mistake, and of `sslrootcert` it knows nothing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    mode: Option<String>,
    root: Option<String>,
}

impl Words {
    /// Where the value of this key goes, if it is about TLS.
    fn of(&mut self, key: &str) -> Option<&mut Option<String>> {
        match key {
            "sslmode" => Some(&mut self.mode),
            "sslrootcert" => Some(&mut self.root),
            _ => None,
        }
    }

    /// As libpq understands them (PostgreSQL 17, section 32.19): a root turns `require` into
    /// `verify-ca`, and the system's roots are good for `verify-full` alone, since anybody gets a
    /// certificate from one of them.
    pub(crate) fn meaning(&self) -> Result<(SslMode, Check, Roots), Error> {
        let roots = match self.root.as_deref() {
            None => Roots::Mozilla,
            Some("system") => Roots::System,
            Some(path) => Roots::File(path.into()),
        };
        let some_root = if self.root.is_some() {
            Check::Authority
        } else {
            Check::Nothing
        };
        let (mode, check) = match (self.mode.as_deref(), &roots) {
            (Some("disable"), _) => return Ok((SslMode::Disable, Check::Nothing, Roots::Mozilla)),
            (Some("verify-full"), _) | (None, Roots::System) => {
                (SslMode::Require, Check::AuthorityAndName)
            }
            (Some("prefer" | "require" | "verify-ca"), Roots::System) => {
                return Err(Error::settings(
                    "`sslrootcert=system` is only safe where the name is verified",
                    "set `sslmode=verify-full`",
                ));
            }
            (Some("verify-ca"), _) => (SslMode::Require, Check::Authority),
            (Some("require"), _) => (SslMode::Require, some_root),
            (None | Some("prefer"), _) => (SslMode::Prefer, some_root),
            (Some(other), _) => {
                return Err(Error::settings(
                    format!("`sslmode={other}` is not supported"),
                    "`disable`, `prefer`, `require`, `verify-ca` or `verify-full`",
                ));
            }
        };
        Ok((mode, check, roots))
    }
}

/// The string without its words on TLS, and those.
pub(crate) fn take_words(text: &str) -> Result<(Cow<'_, str>, Words), Error> {
    let is_url = ["postgres://", "postgresql://"]
        .iter()
        .any(|it| text.starts_with(it));
    if is_url { of_url(text) } else { of_pairs(text) }
}

fn of_url(url: &str) -> Result<(Cow<'_, str>, Words), Error> {
    // As `tokio-postgres` reads it: credentials end at the first `@`, and may hold a `?`.
    let behind_credentials = url.find('@').map_or(0, |at| at + 1);
    let Some(mark) = url[behind_credentials..].find('?') else {
        return Ok((Cow::Borrowed(url), Words::default()));
    };
    let (base, parameters) = url.split_at(behind_credentials + mark);
    let mut rest = base.to_owned();
    let mut words = Words::default();
    let mut separator = '?';
    for parameter in parameters[1..].split('&') {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let Some(word) = words.of(&percent_decode_str(key).decode_utf8_lossy()) else {
            write!(rest, "{separator}{parameter}").expect("a string takes any text");
            separator = '&';
            continue;
        };
        let value = percent_decode_str(value).decode_utf8().ok();
        set(word, key, value.map(Cow::into_owned))?;
    }
    Ok((Cow::Owned(rest), words))
}

/// `key = value` and `key = 'value'`, separated by blanks, with `\` before any character. What does
/// not have the form is left for `tokio-postgres` to refuse.
fn of_pairs(text: &str) -> Result<(Cow<'_, str>, Words), Error> {
    let mut rest = String::new();
    let mut words = Words::default();
    let mut left = text.trim_start();
    while !left.is_empty() {
        let Some((key, value, behind)) = pair(left) else {
            rest.push_str(left);
            break;
        };
        match words.of(key) {
            Some(word) => set(word, key, Some(value))?,
            None => rest.push_str(&left[..left.len() - behind.len()]),
        }
        left = behind;
    }
    Ok((Cow::Owned(rest), words))
}

/// The first pair, and what follows it and its blanks.
fn pair(text: &str) -> Option<(&str, String, &str)> {
    let (key, behind) = text.split_once('=')?;
    let behind = behind.trim_start();
    let (quoted, body) = match behind.strip_prefix('\'') {
        Some(body) => (true, body),
        None => (false, behind),
    };
    let mut value = String::new();
    let mut characters = body.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.push(characters.next()?.1),
            '\'' if quoted => return Some((key.trim_end(), value, body[at + 1..].trim_start())),
            blank if !quoted && blank.is_whitespace() => {
                return Some((key.trim_end(), value, body[at..].trim_start()));
            }
            other => value.push(other),
        }
    }
    (!quoted).then_some((key.trim_end(), value, ""))
}

/// Takes a value. The last of two would win, and might be the weaker.
fn set(word: &mut Option<String>, key: &str, value: Option<String>) -> Result<(), Error> {
    match value.filter(|value| !value.is_empty()) {
        Some(value) if word.is_none() => *word = Some(value),
        _ => {
            let why = format!("`{key}` is empty, not UTF-8 or given twice");
            return Err(Error::settings(why, "name it once: `sslmode=verify-full`"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(mode: &str, root: &str) -> Words {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Words {
            mode: some(mode),
            root: some(root),
        }
    }

    #[test]
    fn words_mean_what_they_mean_to_libpq() {
        let file = || Roots::File("/r.pem".into());
        for (mode, root, expected) in [
            ("", "", (SslMode::Prefer, Check::Nothing, Roots::Mozilla)),
            (
                "prefer",
                "/r.pem",
                (SslMode::Prefer, Check::Authority, file()),
            ),
            (
                "disable",
                "/r.pem",
                (SslMode::Disable, Check::Nothing, Roots::Mozilla),
            ),
            (
                "require",
                "",
                (SslMode::Require, Check::Nothing, Roots::Mozilla),
            ),
            (
                "require",
                "/r.pem",
                (SslMode::Require, Check::Authority, file()),
            ),
            (
                "verify-ca",
                "",
                (SslMode::Require, Check::Authority, Roots::Mozilla),
            ),
            (
                "verify-full",
                "/r.pem",
                (SslMode::Require, Check::AuthorityAndName, file()),
            ),
            (
                "verify-full",
                "system",
                (SslMode::Require, Check::AuthorityAndName, Roots::System),
            ),
            (
                "",
                "system",
                (SslMode::Require, Check::AuthorityAndName, Roots::System),
            ),
        ] {
            assert_eq!(
                words(mode, root).meaning().unwrap(),
                expected,
                "{mode} {root}"
            );
        }
        for (mode, root) in [
            ("allow", ""),
            ("verify_full", ""),
            ("require", "system"),
            ("verify-ca", "system"),
        ] {
            let error = words(mode, root).meaning().unwrap_err();
            assert!(error.hint.is_some(), "{mode} {root}");
        }
    }

    #[test]
    fn words_are_taken_out_and_the_rest_stays() {
        for (url, rest, expected) in [
            ("postgres://h/d", "postgres://h/d", words("", "")),
            (
                "postgres://u:p?sslmode=disable@h/d?sslmode=verify-full",
                "postgres://u:p?sslmode=disable@h/d",
                words("verify-full", ""),
            ),
            (
                "postgres://h/d?options=-c%20a&%73slmode=require&user=ana&sslrootcert=%2Fa%20b",
                "postgres://h/d?options=-c%20a&user=ana",
                words("require", "/a b"),
            ),
            ("host=h user=u", "host=h user=u", words("", "")),
            (
                "host = h sslmode='verify-full' password='a\\' sslmode=b' \
                  sslrootcert = /a\\ b dbname=d",
                "host = h password='a\\' sslmode=b' dbname=d",
                words("verify-full", "/a b"),
            ),
            (
                "host=h sslmode='open",
                "host=h sslmode='open",
                words("", ""),
            ),
            ("é", "é", words("", "")),
        ] {
            let (found_rest, found) = take_words(url).unwrap();
            assert_eq!((found_rest.as_ref(), found), (rest, expected), "{url}");
        }
        for url in [
            "postgres://h/d?sslmode",
            "postgres://h/d?sslmode=",
            "postgres://h/d?sslrootcert=%FF",
            "postgres://h/d?sslmode=verify-full&sslmode=disable",
            "host=h sslmode=verify-full sslmode=disable",
            "host=h sslrootcert=''",
        ] {
            assert!(take_words(url).is_err(), "{url}");
        }
    }
}
