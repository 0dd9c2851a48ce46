//! The expressions that the catalog stores (`pg_node_tree`), as a tree.
//!
//! The form is PostgreSQL's own and changes with its versions in the fields of a node, not in how
//! nodes are written: `{NAME :field value ...}`, `(list)`, `<>` for nothing, words, and the bytes
//! of a constant as `4 [ 1 0 0 0 ]`. A backslash takes the next character literally.

/// What is wrong, and at which byte.
pub(super) type Fault = (usize, &'static str);

/// Deeper than any expression of a person, and shallow enough for every stack.
const DEPTH_MAX: usize = 600;

/// One value of the tree.
#[derive(Debug, PartialEq)]
pub(super) enum Node<'a> {
    /// `<>`
    Nothing,
    /// A number, a word or a name, as it is written.
    Word(&'a str),
    /// `(...)`, or several words in one field.
    List(Vec<Node<'a>>),
    /// `{NAME :field value ...}`
    Struct(Struct<'a>),
}

/// One node with its fields.
#[derive(Debug, PartialEq)]
pub(super) struct Struct<'a> {
    /// Such as `OPEXPR`.
    pub(super) name: &'a str,
    fields: Vec<(&'a str, Node<'a>)>,
}

impl<'a> Node<'a> {
    /// Reads a stored expression.
    ///
    /// # Errors
    ///
    /// Where the text is not in the form, and why.
    pub(super) fn parse(text: &'a str) -> Result<Self, Fault> {
        let mut reader = Reader { text, at: 0 };
        let node = reader.value(0)?;
        match reader.word() {
            None => Ok(node),
            Some(_) => Err((reader.at, "more than one value")),
        }
    }

    /// The node, if it is one.
    pub(super) fn as_struct(&self) -> Option<&Struct<'a>> {
        match self {
            Self::Struct(node) => Some(node),
            _ => None,
        }
    }

    /// The items of a list; none of anything else.
    pub(super) fn items(&self) -> &[Node<'a>] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The word as a number.
    pub(super) fn number<T: std::str::FromStr>(&self) -> Option<T> {
        match self {
            Self::Word(word) => word.parse().ok(),
            _ => None,
        }
    }

    /// Calls `visit` on every node below and including this one.
    pub(super) fn each(&self, visit: &mut dyn FnMut(&Struct<'a>)) {
        match self {
            Self::Nothing | Self::Word(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.each(visit)),
            Self::Struct(node) => {
                visit(node);
                node.fields.iter().for_each(|(_, value)| value.each(visit));
            }
        }
    }
}

/// A field that is not there.
const NOTHING: &Node<'static> = &Node::Nothing;

impl<'a> Struct<'a> {
    /// A field by name, [`Node::Nothing`] if this version of the server has none.
    pub(super) fn field(&self, name: &str) -> &Node<'a> {
        let found = self.fields.iter().find(|(field, _)| *field == name);
        found.map_or(NOTHING, |(_, value)| value)
    }

    /// A field that holds a number, 0 if it is not there.
    pub(super) fn number<T: std::str::FromStr + Default>(&self, name: &str) -> T {
        self.field(name).number().unwrap_or_default()
    }

    /// Whether a field is `true`.
    pub(super) fn is(&self, name: &str) -> bool {
        *self.field(name) == Node::Word("true")
    }

    /// Every value.
    pub(super) fn values(&self) -> impl Iterator<Item = &Node<'a>> {
        self.fields.iter().map(|(_, value)| value)
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// The next word or bracket without taking it.
    fn peek(&self) -> Option<&'a str> {
        Reader { ..*self }.word()
    }

    /// The next word or bracket.
    fn word(&mut self) -> Option<&'a str> {
        let rest = self.text[self.at..].trim_start();
        let start = self.text.len() - rest.len();
        let first = rest.chars().next()?;
        let length = if matches!(first, '(' | ')' | '{' | '}') {
            1
        } else {
            word_bytes(rest)
        };
        self.at = start + length;
        Some(&self.text[start..self.at])
    }

    fn value(&mut self, depth: usize) -> Result<Node<'a>, Fault> {
        if depth > DEPTH_MAX {
            return Err((self.at, "nested too deeply"));
        }
        match self.word() {
            None => Err((self.at, "ends early")),
            Some("(") => self.list(depth),
            Some("{") => self.node(depth),
            Some(")" | "}") => Err((self.at, "a bracket closes nothing")),
            Some("<>") => Ok(Node::Nothing),
            Some(word) => Ok(Node::Word(word)),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Node<'a>, Fault> {
        let mut items = Vec::new();
        loop {
            match self.peek() {
                Some(")") => {
                    self.word();
                    return Ok(Node::List(items));
                }
                _ => items.push(self.value(depth + 1)?),
            }
        }
    }

    fn node(&mut self, depth: usize) -> Result<Node<'a>, Fault> {
        let name = self.word().ok_or((self.at, "ends early"))?;
        let mut fields = Vec::new();
        loop {
            match self.word() {
                Some("}") => return Ok(Node::Struct(Struct { name, fields })),
                Some(word) if word.starts_with(':') => {
                    fields.push((&word[1..], self.field(depth)?));
                }
                Some(_) => return Err((self.at, "a value without a field")),
                None => return Err((self.at, "ends early")),
            }
        }
    }

    /// The values up to the next field: one, or the several of a constant as a list.
    fn field(&mut self, depth: usize) -> Result<Node<'a>, Fault> {
        let first = self.value(depth + 1)?;
        let mut more = Vec::new();
        while let Some(word) = self.peek() {
            if word == "}" || word.starts_with(':') {
                break;
            }
            more.push(self.value(depth + 1)?);
        }
        if more.is_empty() {
            return Ok(first);
        }
        more.insert(0, first);
        Ok(Node::List(more))
    }
}

/// The length of the word at the start: up to a space or a bracket that no backslash precedes.
fn word_bytes(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c.is_ascii_whitespace() || matches!(c, '(' | ')' | '{' | '}') {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_lists_and_constants_are_read() {
        let text = r"{OPEXPR :opno 96 :name my\ col\) :args ({VAR :varno 1 :varattno 2} \
            {CONST :constvalue 4 [ 1 0 -1 0 ] :constisnull false}) :none <>}"
            .replace("\\\n", "");
        let node = Node::parse(&text).unwrap();
        let node = node.as_struct().unwrap();
        assert_eq!(node.name, "OPEXPR");
        assert_eq!(node.number::<u32>("opno"), 96);
        assert_eq!(*node.field("name"), Node::Word(r"my\ col\)"));
        assert_eq!(*node.field("none"), Node::Nothing);
        assert_eq!(*node.field("absent"), Node::Nothing);
        let args = node.field("args").items();
        let constant = args[1].as_struct().unwrap();
        assert_eq!(constant.field("constvalue").items().len(), 7);
        assert!(!constant.is("constisnull"));
        let mut names = Vec::new();
        Node::parse(&text)
            .unwrap()
            .each(&mut |node| names.push(node.name.to_owned()));
        assert_eq!(names, ["OPEXPR", "VAR", "CONST"]);
    }

    #[test]
    fn damage_is_an_error_not_a_panic() {
        for text in [
            "",
            "{",
            "{A :b",
            "{A b}",
            "(",
            ")",
            "{A :b )}",
            "a b",
            "{A :b (} )",
        ] {
            assert!(Node::parse(text).is_err(), "{text}");
        }
        assert!(Node::parse(&"(".repeat(100_000)).is_err());
    }
}
