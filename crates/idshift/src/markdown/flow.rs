//! Breaks text in several styles into lines.

use super::{Kind, Text};

/// Letters that stay together, in one or more styles.
type Word = Vec<(Kind, String)>;

/// One line: words, or parts of words, each in its style; spaces are in the pieces.
pub(super) type Line = Vec<(Kind, String)>;

/// Lines of at most `width` characters, but for words that are longer.
pub(super) fn lines(text: &Text, width: usize) -> Vec<Line> {
    let mut lines = vec![Line::new()];
    let mut used = 0;
    for word in words(text) {
        let Some(word) = word else {
            lines.push(Line::new());
            used = 0;
            continue;
        };
        let length: usize = word.iter().map(|(_, part)| part.chars().count()).sum();
        if used > 0 && used + 1 + length > width {
            lines.push(Line::new());
            used = 0;
        }
        let line = lines.last_mut().expect("starts with a line and only grows");
        if used > 0 {
            // Between two words of one style the space has that style as well.
            let kind = match (line.last(), word.first()) {
                (Some((before, _)), Some((after, _))) if before == after => *before,
                _ => Kind::Plain,
            };
            push(line, kind, " ");
            used += 1;
        }
        for (kind, part) in word {
            push(line, kind, &part);
        }
        used += length;
    }
    lines
}

fn push(line: &mut Line, kind: Kind, text: &str) {
    match line.last_mut() {
        Some((last, so_far)) if *last == kind => so_far.push_str(text),
        _ => line.push((kind, text.to_owned())),
    }
}

/// The words, and None where the line ends whatever its length.
fn words(text: &Text) -> Vec<Option<Word>> {
    let mut words = Vec::new();
    let mut word = Word::new();
    for span in &text.0 {
        for letter in span.text.chars() {
            if letter == ' ' || letter == '\n' {
                words.extend((!word.is_empty()).then(|| Some(std::mem::take(&mut word))));
                words.extend((letter == '\n').then_some(None));
                continue;
            }
            push(&mut word, span.kind, letter.encode_utf8(&mut [0; 4]));
        }
    }
    words.extend((!word.is_empty()).then_some(Some(word)));
    words
}

#[cfg(test)]
mod tests {
    use super::super::{Block, blocks};
    use super::*;

    fn flowed(page: &str, width: usize) -> Vec<Line> {
        let Some(Block::Paragraph(text)) = blocks(page).into_iter().next() else {
            panic!("no paragraph");
        };
        lines(&text, width)
    }

    fn plain(page: &str, width: usize) -> Vec<String> {
        let join = |line: &Line| line.iter().map(|(_, part)| part.as_str()).collect();
        flowed(page, width).iter().map(join).collect()
    }

    #[test]
    fn lines_break_at_spaces_and_at_the_writers_own_breaks() {
        for (page, width, expected) in [
            ("one two three", 7, &["one two", "three"][..]),
            ("one two three", 80, &["one two three"]),
            ("a verylongword b", 5, &["a", "verylongword", "b"]),
            ("one  \ntwo", 80, &["one", "two"]),
            ("größer als µ", 10, &["größer als", "µ"]),
        ] {
            assert_eq!(plain(page, width), expected, "{page}");
        }
    }

    #[test]
    fn a_word_may_have_several_styles_and_stays_whole() {
        let expected = [
            vec![(Kind::Plain, "longer".to_owned())],
            vec![
                (Kind::Code, "abc".to_owned()),
                (Kind::Plain, ", then".to_owned()),
            ],
        ];
        assert_eq!(flowed("longer `abc`, then", 10), expected);
    }

    #[test]
    fn a_style_goes_on_through_its_spaces() {
        let expected = [vec![(Kind::Strong, "a b".to_owned())]];
        assert_eq!(flowed("**a b**", 10), expected);
    }
}
