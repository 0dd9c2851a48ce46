//! Walks from a call back to the name that gets its value.

use super::language::Family;
use super::lexer::TokenKind;
use super::names;
use super::tokens::Tokens;

/// The most tokens that are looked at on the way; what is in brackets counts as one.
const STEPS_MAX: usize = 96;
/// The most tokens between a name and its `=` behind the type, or between a function's name and
/// its body.
const TYPE_TOKENS_MAX: usize = 16;

/// The name of an identifier that gets a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    /// The token that is the name, or stands for it.
    pub(super) at: usize,
}

/// What one step found out.
enum Step<'a> {
    /// Go on from this token.
    From(usize),
    /// Go on from this token, before which an operand may stand.
    Behind(usize),
    /// A name gets the value.
    Name(&'a str, usize),
    End,
}

struct Walk<'t, 'a> {
    tokens: &'t Tokens<'a>,
    /// Whether an operand may be passed: the last thing passed was an operator.
    operand: bool,
    /// Whether the value is one of several in the brackets around it.
    siblings: bool,
    /// Whether it is known to be an argument that says how to make a value, such as `default`.
    transparent: bool,
}

/// The name that gets the value of the expression beginning at this token, if it is that of an
/// identifier that is kept.
pub(super) fn of<'a>(tokens: &Tokens<'a>, start: usize) -> Option<Named<'a>> {
    let mut walk = Walk {
        tokens,
        operand: false,
        siblings: false,
        transparent: false,
    };
    let mut at = start;
    for _ in 0..STEPS_MAX {
        if at == 0 {
            return None;
        }
        match walk.step(at) {
            Step::From(next) => {
                walk.operand = false;
                at = next;
            }
            Step::Behind(next) => {
                walk.operand = true;
                at = next;
            }
            Step::Name(name, at_name) if names::is_key(name) => {
                return Some(Named { name, at: at_name });
            }
            Step::Name(name, next) if names::is_transparent(name) => {
                walk.transparent = true;
                walk.operand = false;
                at = next;
            }
            Step::Name(..) | Step::End => return None,
        }
    }
    None
}

impl<'a> Walk<'_, 'a> {
    fn step(&mut self, at: usize) -> Step<'a> {
        let before = at - 1;
        if !self.operand && !self.siblings && self.tokens.is_first(at) && self.is_operand(before) {
            return self.line_begins(at);
        }
        match self.tokens.kind(before) {
            Some(TokenKind::Close) => match self.tokens.partner(before) {
                Some(open) if self.tokens.is_hole(before) => Step::Behind(open),
                Some(open) => self.over_brackets(open),
                None => Step::End,
            },
            Some(TokenKind::Open) => self.opening(before, at),
            _ if self.siblings => Step::From(before),
            Some(TokenKind::Operator) => self.operator(before),
            Some(TokenKind::Word) => self.word(before),
            Some(TokenKind::Text | TokenKind::Number) => Step::From(before),
            None => Step::End,
        }
    }

    fn is_operand(&self, at: usize) -> bool {
        match self.tokens.kind(at) {
            Some(TokenKind::Word) => !is_keyword(self.tokens.part(at)),
            Some(TokenKind::Operator | TokenKind::Open) | None => false,
            Some(_) => true,
        }
    }

    /// Before brackets that were passed: what is called, or nothing.
    fn over_brackets(&mut self, open: usize) -> Step<'a> {
        if self.siblings {
            return Step::From(open);
        }
        let called = open
            .checked_sub(1)
            .filter(|it| !self.tokens.word(*it).is_empty());
        match called {
            Some(called) if !is_keyword(self.tokens.part(called)) => {
                Step::From(self.tokens.chain_start(called))
            }
            _ => Step::From(open),
        }
    }

    /// The last expression of a function of Ruby or Rust, or the beginning of a statement.
    fn line_begins(&self, at: usize) -> Step<'a> {
        // `def new_id` on the line before.
        let before = at - 1;
        if self.tokens.family == Family::Ruby && before > 0 {
            let close = self.tokens.partner(before).unwrap_or(before);
            let name = if close == before {
                before
            } else {
                close.saturating_sub(1)
            };
            for behind in [1, 3] {
                if name >= behind && self.tokens.word(name - behind) == "def" {
                    return Step::Name(self.tokens.word(name), name);
                }
            }
        }
        Step::End
    }

    fn opening(&mut self, open: usize, at: usize) -> Step<'a> {
        let siblings = std::mem::take(&mut self.siblings);
        if self.tokens.is_hole(open) {
            return Step::Behind(open);
        }
        match self.tokens.part(open) {
            "(" => self.parenthesis(open),
            "[" if siblings => Step::End,
            "[" => Step::From(open),
            _ => self.brace(open, at),
        }
    }

    /// The call that the value is an argument of.
    fn parenthesis(&mut self, open: usize) -> Step<'a> {
        let mut name = open.wrapping_sub(1);
        if self.tokens.is(name, "!") {
            name = name.wrapping_sub(1);
        }
        let function = self.tokens.word(name);
        match function {
            "" => Step::From(open),
            "if" | "while" | "switch" | "for" | "match" | "catch" | "with" | "assert" => Step::End,
            _ if is_keyword(function) => Step::From(open),
            _ if names::takes_key(function) && !self.transparent => Step::Name(function, name),
            _ if self.transparent || names::passes_on(function) => {
                self.transparent = false;
                Step::From(self.tokens.chain_start(name))
            }
            _ => Step::End,
        }
    }

    /// An object around the value, or the body of a function that ends with it.
    fn brace(&mut self, open: usize, at: usize) -> Step<'a> {
        let before = open.wrapping_sub(1);
        if self.transparent {
            let joins = [":", "=", "=>", "(", ","];
            let part_of = joins.iter().any(|sign| self.tokens.is(before, sign));
            return if part_of { Step::From(open) } else { Step::End };
        }
        if at == open + 1 {
            return self.body(open);
        }
        Step::End
    }

    /// The function whose body begins here.
    fn body(&self, open: usize) -> Step<'a> {
        if self.tokens.is(open.wrapping_sub(1), "=>") {
            return Step::From(open);
        }
        let least = open.saturating_sub(TYPE_TOKENS_MAX);
        for at in (least..open).rev() {
            if self.tokens.is(at, ")") {
                let Some(parameters) = self.tokens.partner(at) else {
                    break;
                };
                let name = parameters.wrapping_sub(1);
                return match self.tokens.word(name) {
                    "function" | "func" => Step::From(name),
                    word if is_keyword(word)
                        || matches!(word, "if" | "for" | "while" | "switch") =>
                    {
                        Step::End
                    }
                    word => Step::Name(word, name),
                };
            }
            if [";", "{", "}", "="]
                .iter()
                .any(|sign| self.tokens.is(at, sign))
            {
                break;
            }
        }
        Step::End
    }

    fn operator(&mut self, at: usize) -> Step<'a> {
        match self.tokens.part(at) {
            "=" | ":=" | "||=" | "??=" => self.assigned(at),
            ":" => self.labelled(at),
            "=>" => self.arrow(at),
            "->" if self.tokens.family == Family::Jvm => self.arrow(at),
            "," => {
                self.siblings = true;
                Step::From(at)
            }
            ";" | "@" | "*=" | "/=" | "-=" | "+=" => Step::End,
            _ => Step::Behind(at),
        }
    }

    /// `name = value`, with whatever type stands between.
    fn assigned(&self, at: usize) -> Step<'a> {
        let tokens = self.tokens;
        let mut last = at.wrapping_sub(1);
        if let Some(open) = tokens.partner(last) {
            if tokens.is(last, "]") && tokens.kind(open + 1) == Some(TokenKind::Text) {
                return Step::Name(tokens.part(open + 1), open);
            }
            if tokens.is(last, ")") {
                return Step::End;
            }
            // `Id { get; set; } =` and `ids[0] =`.
            last = open.wrapping_sub(1);
        }
        if tokens.family == Family::Go {
            last = self.first_of_go(last);
        }
        let furthest = last.saturating_sub(TYPE_TOKENS_MAX);
        let mut name = last;
        let mut here = last;
        while here > furthest && !tokens.is_first(here) {
            here -= 1;
            if tokens.is(here, ":") {
                let optional = tokens.is(here.wrapping_sub(1), "?");
                name = here.wrapping_sub(if optional { 2 } else { 1 });
                break;
            }
            if tokens.family == Family::Go && matches!(tokens.word(here), "var" | "const") {
                name = here + 1;
                break;
            }
            if [",", "(", "{", "}", ";", "="]
                .iter()
                .any(|sign| tokens.is(here, sign))
            {
                break;
            }
        }
        match tokens.word(name) {
            "" => Step::End,
            word => Step::Name(word, name),
        }
    }

    /// `id, err :=` of Go: the value is the first.
    fn first_of_go(&self, mut last: usize) -> usize {
        while last >= 2 && self.tokens.is(last - 1, ",") && !self.tokens.word(last - 2).is_empty() {
            last -= 2;
        }
        last
    }

    /// `name: value`, unless the colon belongs to a question.
    fn labelled(&self, at: usize) -> Step<'a> {
        let tokens = self.tokens;
        let name = at.wrapping_sub(1);
        if let Some(question) = self.question(at) {
            return Step::Behind(question);
        }
        match tokens.kind(name) {
            Some(TokenKind::Text | TokenKind::Word) => Step::Name(tokens.part(name), name),
            // `def new_id() -> str: return ...`
            Some(TokenKind::Close) if tokens.family == Family::Python => self.body(at),
            _ => Step::End,
        }
    }

    /// The `?` that this colon answers.
    fn question(&self, colon: usize) -> Option<usize> {
        if matches!(
            self.tokens.family,
            Family::Python | Family::Go | Family::Rust
        ) {
            return None;
        }
        let least = colon.saturating_sub(TYPE_TOKENS_MAX);
        let mut at = colon;
        while at > least {
            at -= 1;
            at = self
                .tokens
                .partner(at)
                .filter(|open| *open < at)
                .unwrap_or(at);
            if self.tokens.is(at, "?") {
                return (at + 1 < colon).then_some(at);
            }
            if [",", "{", "(", "[", ";", "=", "=>"]
                .iter()
                .any(|sign| self.tokens.is(at, sign))
            {
                return None;
            }
        }
        None
    }

    /// `key => value` of PHP and Ruby, and functions without a name elsewhere.
    fn arrow(&self, at: usize) -> Step<'a> {
        let tokens = self.tokens;
        let before = at.wrapping_sub(1);
        let is_entry = matches!(tokens.family, Family::Php | Family::Ruby);
        match (tokens.kind(before), tokens.partner(before)) {
            (Some(TokenKind::Text | TokenKind::Word), _) if is_entry => {
                Step::Name(tokens.part(before), before)
            }
            (Some(TokenKind::Close), Some(open)) => {
                let name = open.wrapping_sub(1);
                match tokens.word(name) {
                    "" => Step::From(open),
                    word if is_keyword(word) => Step::From(name),
                    word => Step::Name(word, name),
                }
            }
            (Some(TokenKind::Word), _) => Step::From(before),
            _ => Step::End,
        }
    }

    fn word(&mut self, at: usize) -> Step<'a> {
        match self.tokens.part(at) {
            "return" => self.returned(at),
            word if is_keyword(word) => Step::Behind(at),
            _ if self.operand => Step::From(self.tokens.chain_start(at)),
            _ => Step::End,
        }
    }

    /// The function that returns the value as the first thing that it does.
    fn returned(&self, at: usize) -> Step<'a> {
        let before = at.wrapping_sub(1);
        if self.tokens.is(before, "{") || self.tokens.is(before, ":") {
            return self.body(before);
        }
        Step::End
    }
}

/// Words that stand between a value and its name, and are neither.
fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "new"
            | "await"
            | "async"
            | "lambda"
            | "or"
            | "and"
            | "not"
            | "else"
            | "as"
            | "typeof"
            | "void"
            | "return"
            | "function"
            | "fn"
            | "func"
            | "yield"
            | "throw"
            | "in"
            | "ref"
            | "it"
    )
}

#[cfg(test)]
mod tests;
