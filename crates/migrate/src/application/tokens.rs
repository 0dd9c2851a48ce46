//! Cuts a file of any language into words and signs, without whole lines of comments.

/// Words and signs. Quotes are left out: SQL stands within strings, and names within quotes.
pub(super) struct Tokens<'a> {
    text: &'a str,
    list: Vec<(usize, usize)>,
}

/// Beginnings of lines that are comments in one language or another, and code in none.
const COMMENTS: [&str; 5] = ["//", "/*", "* ", "-- ", "# "];

/// Signs of more than one character whose parts would mean something else.
const SIGNS: [&str; 8] = ["::", "=>", "->", ">=", "<=", "++", "+=", "..."];

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut list = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let shown = line.trim_start();
            if !COMMENTS.iter().any(|comment| shown.starts_with(comment)) {
                cut(line, start, &mut list);
            }
            start += line.len();
        }
        Self { text, list }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The first byte of a token.
    pub(super) fn start(&self, at: usize) -> usize {
        self.list.get(at).map_or(0, |token| token.0)
    }

    /// The text of a token; empty beyond the ends.
    pub(super) fn part(&self, at: usize) -> &'a str {
        self.list
            .get(at)
            .map_or("", |&(start, end)| &self.text[start..end])
    }

    /// Whether this word is there, in any case of letters.
    pub(super) fn is(&self, at: usize, word: &str) -> bool {
        self.part(at).eq_ignore_ascii_case(word)
    }

    /// Whether the token is a whole number.
    pub(super) fn is_number(&self, at: usize) -> bool {
        self.part(at)
            .starts_with(|first: char| first.is_ascii_digit())
    }

    /// Whether the token is a name or a keyword.
    pub(super) fn is_word(&self, at: usize) -> bool {
        let first = self.part(at).chars().next();
        first.is_some_and(|first| is_word(first) && !first.is_ascii_digit())
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn cut(line: &str, offset: usize, list: &mut Vec<(usize, usize)>) {
    let mut at = 0;
    while let Some(first) = line[at..].chars().next() {
        let rest = &line[at..];
        let length = if is_word(first) {
            rest.find(|character| !is_word(character))
                .unwrap_or(rest.len())
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            sign.map_or(first.len_utf8(), |sign| sign.len())
        };
        if !first.is_whitespace() && !matches!(first, '"' | '\'' | '`' | '\\') {
            list.push((offset + at, offset + at + length));
        }
        at += length;
    }
}
