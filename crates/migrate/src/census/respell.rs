//! A column's name in an expression of its own table, exchanged for another.
//!
//! Only for expressions that the server printed: there a column of the one table stands alone, as
//! an identifier without a dot.

use crate::name::quoted;

/// The text with `from` exchanged for `to` wherever it is a column, if that is exactly `expected`
/// times: the stored tree says how often it must be. Otherwise some other word has the same
/// spelling, and only a person can tell them apart.
pub(super) fn respelled(text: &str, from: &str, to: &str, expected: usize) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut found = 0;
    let mut before = "";
    let mut rest = text;
    while !rest.is_empty() {
        let (token, after) = rest.split_at(token_bytes(rest));
        if is_column(token, from) && !matches!(before, "." | "::") && !continues(after) {
            out.push_str(&quoted(to));
            found += 1;
        } else {
            out.push_str(token);
        }
        if !token.trim().is_empty() {
            before = token;
        }
        rest = after;
    }
    (found == expected).then_some(out)
}

/// Whether the word before was a qualifier or a function's name.
fn continues(after: &str) -> bool {
    after.starts_with(['.', '('])
}

/// Whether a token spells the column, quoted or plain.
fn is_column(token: &str, column: &str) -> bool {
    token == column || token == quoted(column)
}

/// The length of the token at the start: a word, a quoted name, a constant, `::` or one character.
fn token_bytes(text: &str) -> usize {
    let mut chars = text.char_indices();
    let Some((_, first)) = chars.next() else {
        return 0;
    };
    match first {
        '\'' | '"' => quoted_bytes(text, first, false),
        'E' if text[1..].starts_with('\'') => 1 + quoted_bytes(&text[1..], '\'', true),
        ':' if text.starts_with("::") => 2,
        c if is_word(c) => chars
            .find(|&(_, c)| !is_word(c))
            .map_or(text.len(), |(at, _)| at),
        c => c.len_utf8(),
    }
}

/// The length of a quoted token, in which the quote is doubled, or follows a backslash.
fn quoted_bytes(text: &str, quote: char, backslashes: bool) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if backslashes && c == '\\' {
            chars.next();
        } else if c == quote && chars.next_if(|&(_, next)| next == quote).is_none() {
            return at + 1;
        }
    }
    text.len()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

/// Whether a query that the server printed names the columns of a table by their places, as in
/// `public.events e(id, name)`: the successor has another place than the column had.
pub(super) fn counts_columns(query: &str) -> bool {
    let mut tokens = Vec::new();
    let (mut rest, mut spaced) = (query, false);
    while !rest.is_empty() {
        let (token, after) = rest.split_at(token_bytes(rest));
        if token.trim().is_empty() {
            spaced = true;
        } else {
            tokens.push((token, spaced));
            spaced = false;
        }
        rest = after;
    }
    let is_name = |token: &str| token.starts_with(|c: char| is_word(c) || c == '"');
    tokens.windows(5).any(|window| {
        matches!(window, [(_, _), (".", false), (table, false), (alias, true), ("(", false)]
            if is_name(table) && is_name(alias))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let count = expected.map_or(1, |expected| expected.matches("\"id__new\"").count());
        assert_eq!(
            respelled(text, "id", "id__new", count).as_deref(),
            expected,
            "{text}"
        );
    }

    #[test]
    fn only_columns_are_exchanged() {
        check("(id IS NOT NULL)", Some("(\"id__new\" IS NOT NULL)"));
        check("((id)::text)", Some("((\"id__new\")::text)"));
        check("id(x, id)", Some("id(x, \"id__new\")"));
        check(
            "(\"id\" <> 'it''s id')",
            Some("(\"id__new\" <> 'it''s id')"),
        );
        check(
            r"(a = E'\'id' AND id)",
            Some(r#"(a = E'\'id' AND "id__new")"#),
        );
        check("(x::id AND id)", Some("(x::id AND \"id__new\")"));
        check("(ids, id_)", None);
    }

    #[test]
    fn a_count_that_differs_is_refused() {
        assert_eq!(respelled("id AND id", "id", "n", 1), None);
    }

    #[test]
    fn columns_by_place_are_seen() {
        for (query, expected) in [
            (
                " SELECT q.id FROM (public.e JOIN public.q q(id, n_1) USING (id));",
                true,
            ),
            (" SELECT q.id FROM public.\"E x\" q(id)", true),
            (
                " SELECT q.id FROM (public.e JOIN public.q USING (id))",
                false,
            ),
            (
                " SELECT public.f(q.id) FROM public.e q WHERE (q.id = 1)",
                false,
            ),
            (" SELECT count(*) FROM public.e GROUP BY (e.id)", false),
            (
                " SELECT a.b FROM public.e a, LATERAL unnest(a.x) u(y)",
                false,
            ),
        ] {
            assert_eq!(counts_columns(query), expected, "{query}");
        }
    }
}
