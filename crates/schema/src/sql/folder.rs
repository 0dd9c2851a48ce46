//! Puts the scripts of a folder of migrations into the order in which they are run.

use std::cmp::Ordering;

use crate::Source;

/// The scripts that lead forwards, in the order in which migration tools run them: by path, with
/// numbers in it compared as numbers. Scripts that lead back (`down.sql`, `rollback.sql`, Flyway's
/// `U1__x.sql`) are left out.
#[must_use]
pub fn in_order(sources: Vec<Source>) -> Vec<Source> {
    let forwards = sources
        .into_iter()
        .filter(|source| !leads_back(source.path()));
    let mut forwards: Vec<Source> = forwards.collect();
    forwards.sort_by(|a, b| natural(a.path(), b.path()));
    forwards
}

fn leads_back(path: &str) -> bool {
    let name = path
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(path)
        .to_ascii_lowercase();
    let stem = name.strip_suffix(".sql").unwrap_or(&name);
    let words = ["down", "rollback", "undo", "revert"];
    let ends = |word: &&str| {
        stem.strip_suffix(*word)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with(['.', '_', '-']))
    };
    let is_undo = stem
        .strip_prefix('u')
        .and_then(|rest| rest.split_once("__"));
    words.iter().any(ends)
        || is_undo.is_some_and(|(number, _)| number.starts_with(|c: char| c.is_ascii_digit()))
}

/// By text, but runs of digits by their number.
pub(crate) fn natural(a: &str, b: &str) -> Ordering {
    let (mut a_rest, mut b_rest) = (a, b);
    loop {
        let (a_number, b_number) = (digits(a_rest), digits(b_rest));
        if !a_number.is_empty() && !b_number.is_empty() {
            let trim = |digits: &str| digits.trim_start_matches('0').len();
            let by_length = trim(a_number).cmp(&trim(b_number));
            let (a_value, b_value) = (
                a_number.trim_start_matches('0'),
                b_number.trim_start_matches('0'),
            );
            let order = by_length.then_with(|| a_value.cmp(b_value));
            if order != Ordering::Equal {
                return order;
            }
            a_rest = &a_rest[a_number.len()..];
            b_rest = &b_rest[b_number.len()..];
            continue;
        }
        let (mut a_chars, mut b_chars) = (a_rest.chars(), b_rest.chars());
        match (a_chars.next(), b_chars.next()) {
            (None, None) => return a.cmp(b),
            (a_next, b_next) if a_next != b_next => return a_next.cmp(&b_next),
            _ => (a_rest, b_rest) = (a_chars.as_str(), b_chars.as_str()),
        }
    }
}

/// The digits in front.
fn digits(text: &str) -> &str {
    &text[..text.bytes().take_while(u8::is_ascii_digit).count()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_numbers_and_ways_back_are_left_out() {
        let paths = [
            "m/10_z.sql",
            "m/2_b.up.sql",
            "m/2_b.down.sql",
            "m/001_a.sql",
            "m/3/up.sql",
            "m/3/down.sql",
            "m/V4__x.sql",
            "m/U4__x.sql",
            "m/countdown.sql",
        ];
        let sources = paths.iter().map(|path| Source::new(*path, "").unwrap());
        let ordered = in_order(sources.collect());
        let found: Vec<&str> = ordered.iter().map(Source::path).collect();
        let expected = [
            "m/001_a.sql",
            "m/2_b.up.sql",
            "m/3/up.sql",
            "m/10_z.sql",
            "m/V4__x.sql",
            "m/countdown.sql",
        ];
        assert_eq!(found, expected);
    }
}
