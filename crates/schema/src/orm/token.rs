//! Cuts source text of any mapper's language into tokens, with brackets paired.

/// What tokens look like in one language.
pub(super) struct Language {
    line_comments: &'static [&'static str],
    block_comments: &'static [(&'static str, &'static str)],
    /// The longest opening first.
    quotes: &'static [Quote],
    /// Whether `:name` is a value.
    symbols: bool,
    /// What begins a text that goes on below its line, up to a word of its own.
    heredoc: Option<&'static str>,
    /// Words that open a block which `end` closes.
    blocks: &'static [&'static str],
}

/// How a text is quoted.
struct Quote {
    open: &'static str,
    close: &'static str,
    /// Whether a backslash takes the next character as it is.
    escapes: bool,
    /// Whether it may go over several lines.
    tall: bool,
    /// What in it is computed.
    computed: &'static [&'static str],
}

const fn quote(
    open: &'static str,
    close: &'static str,
    (escapes, tall): (bool, bool),
    computed: &'static [&'static str],
) -> Quote {
    Quote {
        open,
        close,
        escapes,
        tall,
        computed,
    }
}

const SLASHES: Language = Language {
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    quotes: &[],
    symbols: false,
    heredoc: None,
    blocks: &[],
};

pub(super) const JAVASCRIPT: Language = Language {
    quotes: &[
        quote("\"", "\"", (true, false), &[]),
        quote("'", "'", (true, false), &[]),
        quote("`", "`", (true, true), &["${"]),
    ],
    ..SLASHES
};

/// Also Kotlin.
pub(super) const JAVA: Language = Language {
    quotes: &[
        quote("\"\"\"", "\"\"\"", (true, true), &["${"]),
        quote("\"", "\"", (true, false), &["${"]),
        quote("'", "'", (true, false), &[]),
    ],
    ..SLASHES
};

pub(super) const CSHARP: Language = Language {
    quotes: &[
        quote("\"\"\"", "\"\"\"", (false, true), &[]),
        quote("$@\"", "\"", (false, true), &["{"]),
        quote("@\"", "\"", (false, true), &[]),
        quote("$\"", "\"", (true, false), &["{"]),
        quote("\"", "\"", (true, false), &[]),
        quote("'", "'", (true, false), &[]),
    ],
    ..SLASHES
};

pub(super) const PHP: Language = Language {
    line_comments: &["//", "#"],
    quotes: &[
        quote("\"", "\"", (true, true), &["$", "{$"]),
        quote("'", "'", (true, true), &[]),
    ],
    heredoc: Some("<<<"),
    ..SLASHES
};

pub(super) const JSON: Language = Language {
    line_comments: &[],
    block_comments: &[],
    quotes: &[quote("\"", "\"", (true, false), &[])],
    ..SLASHES
};

pub(super) const PYTHON: Language = Language {
    line_comments: &["#"],
    block_comments: &[],
    quotes: &[
        quote("\"\"\"", "\"\"\"", (true, true), &[]),
        quote("'''", "'''", (true, true), &[]),
        quote("\"", "\"", (true, false), &[]),
        quote("'", "'", (true, false), &[]),
    ],
    ..SLASHES
};

pub(super) const RUBY: Language = Language {
    line_comments: &["#"],
    block_comments: &[("\n=begin", "\n=end")],
    quotes: &[
        quote("\"", "\"", (true, true), &["#{"]),
        quote("'", "'", (true, true), &[]),
        quote("`", "`", (true, true), &["#{"]),
    ],
    symbols: true,
    heredoc: Some("<<"),
    blocks: &["do"],
};

pub(super) const ELIXIR: Language = Language {
    line_comments: &["#"],
    block_comments: &[],
    quotes: &[
        quote("\"\"\"", "\"\"\"", (true, true), &["#{"]),
        quote("\"", "\"", (true, true), &["#{"]),
        quote("'", "'", (true, true), &["#{"]),
    ],
    symbols: true,
    heredoc: None,
    blocks: &["do", "fn"],
};

/// Kinds of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or keyword.
    Word,
    Number,
    /// A text whose quotes say all of it.
    Text,
    /// A text that is computed, or whose quote is not closed.
    Computed,
    /// `:name`.
    Symbol,
    /// Anything else: brackets, commas, operators.
    Sign,
}

/// A token, by its bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// What is between its quotes.
    pub(super) inner: (usize, usize),
    /// Whether no token of its line comes before it.
    pub(super) first: bool,
    /// The token that closes what this one opens.
    pub(super) close: Option<usize>,
}

/// Operators of several characters that must not be taken apart.
const LONG_SIGNS: [&str; 13] = [
    "?->", "=>", "->", "::", "==", "!=", "<=", ">=", "|>", "&&", "||", "?.", "**",
];

/// Brackets within more others are not paired: what is in them would be read once for each.
const NESTING_MAX: usize = 100;

const OPEN_BELOW: &str = "a text below its line is open";

/// What damages a text: where, and what about it.
pub(super) type Damage = (usize, &'static str);

/// The tokens, and the first of each kind of damage.
pub(super) fn tokens(language: &Language, text: &str) -> (Vec<Token>, Vec<Damage>) {
    let mut scanner = Scanner {
        language,
        text,
        at: usize::from(text.starts_with('\u{feff}')) * 3,
        tokens: Vec::new(),
        damage: Vec::new(),
        fresh: true,
        below: None,
    };
    while scanner.at < text.len() {
        scanner.step();
    }
    scanner.pair();
    (scanner.tokens, scanner.damage)
}

struct Scanner<'a> {
    language: &'a Language,
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    damage: Vec<Damage>,
    /// Whether the line has had no token yet.
    fresh: bool,
    /// The lines that texts of this line go on in.
    below: Option<(usize, usize)>,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn step(&mut self) {
        if self.skip_comment() {
            return;
        }
        let rest = self.rest();
        let Some(character) = rest.chars().next() else {
            return;
        };
        if character == '\n' {
            self.fresh = true;
            self.at += 1;
            if let Some((from, to)) = self.below.take() {
                self.at = if from == self.at { to } else { self.at };
            }
        } else if character.is_whitespace() {
            self.at += character.len_utf8();
        } else if !self.heredoc() && !self.quoted() && !self.symbol() {
            self.plain(character);
        }
    }

    fn skip_comment(&mut self) -> bool {
        let rest = self.rest();
        // `#[Attribute]` of PHP is none.
        let opens = |sign: &&&str| rest.starts_with(**sign) && !rest.starts_with("#[");
        if self.language.line_comments.iter().find(opens).is_some() {
            self.at += rest.find('\n').unwrap_or(rest.len());
            return true;
        }
        let blocks = self.language.block_comments;
        let Some((open, close)) = blocks.iter().find(|(open, _)| rest.starts_with(open)) else {
            return false;
        };
        if let Some(inner) = rest[open.len()..].find(close) {
            self.at += open.len() + inner + close.len();
        } else {
            self.damaged(self.at, "a comment is open");
            self.at = self.text.len();
        }
        true
    }

    fn damaged(&mut self, at: usize, what: &'static str) {
        if self.damage.iter().all(|(_, other)| *other != what) {
            self.damage.push((at, what));
        }
    }

    fn push(&mut self, kind: Kind, end: usize, inner: (usize, usize)) {
        self.tokens.push(Token {
            kind,
            start: self.at,
            end,
            inner,
            first: std::mem::take(&mut self.fresh),
            close: None,
        });
        self.at = end;
    }

    fn quoted(&mut self) -> bool {
        let rest = self.rest();
        let prefix = self.prefix();
        let opens = |quote: &&Quote| rest[prefix..].starts_with(quote.open);
        let Some(quote) = self.language.quotes.iter().find(opens) else {
            return false;
        };
        let start = self.at + prefix + quote.open.len();
        let is_raw = rest[..prefix].contains(['r', 'R']);
        let (end, closed) = self.end_of_text(quote, start, is_raw);
        let inner = &self.text[start..end];
        let is_formatted = rest[..prefix].contains(['f', 'F']);
        let computed = is_formatted || quote.computed.iter().any(|mark| inner.contains(mark));
        if !closed {
            self.damaged(self.at, "a quote is open");
        }
        let kind = if computed || !closed {
            Kind::Computed
        } else {
            Kind::Text
        };
        let after = end + if closed { quote.close.len() } else { 0 };
        self.push(kind, after, (start, end));
        true
    }

    /// The letters that Python allows in front of a quote.
    fn prefix(&self) -> usize {
        let rest = self.rest().as_bytes();
        let is_letter = |byte: &u8| b"rbfuRBFU".contains(byte);
        let letters = rest.iter().take(2).take_while(|byte| is_letter(byte));
        let count = letters.count();
        let is_quoted = matches!(rest.get(count), Some(b'"' | b'\''));
        let has_prefixes = self.language.quotes.iter().any(|it| it.open == "'''");
        if is_quoted && has_prefixes { count } else { 0 }
    }

    /// Where the text ends, and whether a quote closes it there.
    fn end_of_text(&self, quote: &Quote, start: usize, is_raw: bool) -> (usize, bool) {
        let bytes = self.text.as_bytes();
        let close = quote.close.as_bytes();
        let mut at = start;
        // Braces that are open in a computed part, which may hold quotes of its own.
        let mut braces = 0_usize;
        while at < bytes.len() {
            let rest = &bytes[at..];
            match rest[0] {
                b'\\' if quote.escapes && !is_raw => at += 2,
                b'\n' if !quote.tall => return (at, false),
                b'$' | b'#' if rest.get(1) == Some(&b'{') && quote.computed.contains(&"${") => {
                    braces += 1;
                    at += 2;
                }
                b'{' if braces > 0 => {
                    braces += 1;
                    at += 1;
                }
                b'}' if braces > 0 => {
                    braces -= 1;
                    at += 1;
                }
                _ if braces == 0 && rest.starts_with(close) => {
                    let is_doubled = !quote.escapes && rest[close.len()..].starts_with(close);
                    if !is_doubled {
                        return (at, true);
                    }
                    at += 2 * close.len();
                }
                _ => at += 1,
            }
        }
        (self.text.len(), false)
    }

    /// `<<~SQL`: the text is below this line, up to a line of that word.
    fn heredoc(&mut self) -> bool {
        let Some(rest) = self
            .language
            .heredoc
            .and_then(|sign| self.rest().strip_prefix(sign))
        else {
            return false;
        };
        let bare = rest.trim_start_matches(['~', '-', '\'', '"', '\\', ' ']);
        let word = &bare[..word_length(bare)];
        // A shift or a class is no text: those words are written small. One text without end is
        // enough: each would be looked for to the end of the file.
        let is_word = word.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
        if !is_word || self.damage.iter().any(|(_, what)| *what == OPEN_BELOW) {
            return false;
        }
        let quote = usize::from(bare[word.len()..].starts_with(['\'', '"']));
        let head = self.text.len() - bare.len() + word.len() + quote;
        let line_end = || self.text[head..].find('\n').map(|at| head + at + 1);
        let from = self.below.map(|(_, to)| to).or_else(line_end);
        let Some(from) = from else {
            self.damaged(self.at, OPEN_BELOW);
            return false;
        };
        let mut end = from;
        for line in self.text[from..].split_inclusive('\n') {
            let bare = line.trim_start();
            if bare.starts_with(word) && !bare[word.len()..].starts_with(char::is_alphanumeric) {
                let indent = line.len() - bare.len();
                let first = self.below.map_or(from, |(first, _)| first);
                self.push(Kind::Text, head, (from, end));
                // PHP goes on in the line of the closing word.
                self.below = Some((first, end + indent + word.len()));
                return true;
            }
            end += line.len();
        }
        self.damaged(self.at, OPEN_BELOW);
        false
    }

    fn symbol(&mut self) -> bool {
        let before = self.text[..self.at].chars().next_back();
        let is_apart = before.is_none_or(|c| !(c.is_alphanumeric() || "_:)]\"'".contains(c)));
        let Some(rest) = self.rest().strip_prefix(':') else {
            return false;
        };
        if !self.language.symbols || !is_apart {
            return false;
        }
        let length = word_length(rest);
        if length == 0 || rest.starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        let start = self.at + 1;
        self.push(Kind::Symbol, start + length, (start, start + length));
        true
    }

    fn plain(&mut self, character: char) {
        let rest = self.rest();
        let length = word_length(rest);
        let kind = match character {
            _ if length == 0 => Kind::Sign,
            '0'..='9' => Kind::Number,
            _ => Kind::Word,
        };
        let long = LONG_SIGNS.iter().find(|sign| rest.starts_with(**sign));
        let length = match kind {
            Kind::Sign => long.map_or(character.len_utf8(), |sign| sign.len()),
            Kind::Number => {
                let fraction = rest[length..].strip_prefix('.').map_or(0, digits);
                length + if fraction > 0 { fraction + 1 } else { 0 }
            }
            _ => length,
        };
        let end = self.at + length;
        self.push(kind, end, (self.at, end));
    }

    /// Ties each bracket to the one that closes it.
    fn pair(&mut self) {
        let mut open: Vec<(usize, u8)> = Vec::new();
        let mut counts = [0_usize; 256];
        for at in 0..self.tokens.len() {
            let token = self.tokens[at];
            let text = &self.text[token.start..token.end];
            let opens = match text {
                "(" => b')',
                "[" => b']',
                "{" => b'}',
                _ if self.is_block(at, text) => b'e',
                _ => 0,
            };
            if opens != 0 && matches!(token.kind, Kind::Sign | Kind::Word) {
                counts[opens as usize] += 1;
                open.push((at, opens));
                continue;
            }
            let closes = match (token.kind, text) {
                (Kind::Sign, ")") => b')',
                (Kind::Sign, "]") => b']',
                (Kind::Sign, "}") => b'}',
                (Kind::Word, "end") if !self.language.blocks.is_empty() => b'e',
                _ => continue,
            };
            // What is not closed within is left open; a bracket without beginning closes nothing.
            while counts[closes as usize] > 0
                && let Some((from, kind)) = open.pop()
            {
                counts[kind as usize] -= 1;
                if kind == closes && open.len() < NESTING_MAX {
                    self.tokens[from].close = Some(at);
                    break;
                }
                if kind == closes {
                    self.damaged(self.tokens[from].start, "it nests too deep");
                    break;
                }
                self.damaged(self.tokens[from].start, "a bracket is open");
            }
        }
        if let Some((from, _)) = open.first() {
            self.damaged(self.tokens[*from].start, "a bracket is open");
        }
    }

    /// `do` and its like, but not as the name of an argument: `do: x`.
    fn is_block(&self, at: usize, text: &str) -> bool {
        let end = self.tokens[at].end;
        self.language.blocks.contains(&text) && !self.text[end..].starts_with(':')
    }
}

/// The bytes of the name or number in front.
fn word_length(text: &str) -> usize {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}
