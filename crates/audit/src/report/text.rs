//! Texts for people: wrapped, counted, without anything that a terminal would obey.

/// The text with each control character as a space: a name in a file must not move the cursor.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || is_bidi(c) { ' ' } else { c })
        .collect()
}

/// Characters that turn the direction of what follows, and make a line look like another.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Breaks a text at spaces into lines of at most `width` characters; a longer word stays whole, so
/// that paths can be copied.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let word_length = word.chars().count();
        if length > 0 && length + 1 + word_length > width {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += word_length;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// `1 table`, `2 tables`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{} {many}", grouped(number))
    }
}

/// A number with a comma at each thousand.
pub(super) fn grouped<N: ToString + Copy>(number: N) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The first of a list, and how many more there are: `a, b, c and 4 more`.
pub(super) fn listed<'a>(items: impl IntoIterator<Item = &'a str>, shown: usize) -> String {
    let items: Vec<&str> = items.into_iter().collect();
    let head = items[..items.len().min(shown)].join(", ");
    match items.len().saturating_sub(shown) {
        0 => head,
        more => format!("{head} and {} more", grouped(more)),
    }
}

/// The first sentence of a text, without its full stop.
pub(super) fn first_sentence(text: &str) -> &str {
    let end = text
        .find(". ")
        .or_else(|| text.strip_suffix('.').map(str::len));
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_wrapped_at_spaces() {
        assert_eq!(wrap("a bb ccc", 4), ["a bb", "ccc"]);
        assert_eq!(wrap("abcdefgh ij", 4), ["abcdefgh", "ij"]);
        assert_eq!(wrap(" ", 4), [""; 0]);
    }

    #[test]
    fn numbers_and_lists_are_for_people() {
        assert_eq!(count(1, "table", "tables"), "1 table");
        assert_eq!(count(1_234_567, "row", "rows"), "1,234,567 rows");
        assert_eq!(listed(["a", "b", "c"], 3), "a, b, c");
        assert_eq!(listed(["a", "b", "c"], 1), "a and 2 more");
        assert_eq!(first_sentence("Do it. Then that."), "Do it");
        assert_eq!(first_sentence("Use `a.b`."), "Use `a.b`");
    }

    #[test]
    fn nothing_is_left_that_a_terminal_obeys() {
        assert_eq!(clean("a\u{1b}[31m\u{202e}b\n"), "a [31m b ");
    }
}
