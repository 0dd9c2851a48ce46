//! The lossless tree of a Prisma file: every byte belongs to one token and to one item.

use crate::{Problem, Span};

/// A parsed file. Its tokens, in order, are the text; so are its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// All tokens, blanks and comments among them.
    pub tokens: Vec<Token>,
    /// Blocks, and what lies between them.
    pub items: Vec<Item>,
    /// What does not follow the grammar.
    pub problems: Vec<Problem>,
}

/// The smallest piece of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

/// Kinds of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of characters say it all")]
pub enum TokenKind {
    Space,
    Newline,
    /// `// ...` and `/* ... */`.
    Comment,
    /// `/// ...`.
    DocComment,
    /// A name, a keyword.
    Word,
    Number,
    /// With its quotes.
    String,
    BraceOpen,
    BraceClose,
    ParenOpen,
    ParenClose,
    BracketOpen,
    BracketClose,
    Comma,
    Colon,
    Dot,
    At,
    Equals,
    Question,
    Bang,
    /// A character that the language has no use for.
    Other,
}

/// A piece of a file at the top level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A declaration.
    Block(Block),
    /// Blank lines, comments, and lines that were not understood.
    Gap(Span),
}

impl Item {
    /// All that belongs to it.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Block(block) => block.span,
            Self::Gap(span) => *span,
        }
    }
}

/// A name or another single token that was given a meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The token's text.
    pub text: String,
    /// Where it is.
    pub span: Span,
}

/// `keyword Name { ... }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What the keyword is.
    pub kind: BlockKind,
    /// The keyword.
    pub keyword: Word,
    /// What is declared.
    pub name: Word,
    /// What is between the braces.
    pub members: Vec<Member>,
    /// From the keyword to the closing brace.
    pub span: Span,
    /// Between the braces.
    pub body: Span,
}

/// Kinds of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// `datasource`: which database.
    Datasource,
    /// `generator`: which clients.
    Generator,
    /// `model`: a table or collection.
    Model,
    /// `view`.
    View,
    /// `type`: an embedded document.
    Type,
    /// `enum`.
    Enum,
}

/// A line, or lines, of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Member {
    /// `name Type @attribute`, in models, views and types.
    Field(Field),
    /// `key = value`, in datasources and generators.
    Property(Property),
    /// A value of an enumeration.
    Variant(Variant),
    /// `@@attribute(...)`.
    Attribute(Attribute),
}

/// `name Type? @attribute @attribute(...)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Word,
    /// Its type.
    pub data_type: FieldType,
    /// Its attributes, in order.
    pub attributes: Vec<Attribute>,
    /// From the name to the last attribute, without what follows on the line.
    pub span: Span,
}

/// A type and how many of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldType {
    /// `String`, `User`, or `Unsupported` for `Unsupported("...")`.
    pub name: Word,
    /// The database's own type in `Unsupported("...")`.
    pub unsupported: Option<String>,
    /// How many.
    pub arity: Arity,
    /// With brackets or question mark.
    pub span: Span,
}

/// How many values a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arity {
    /// One.
    Required,
    /// One or none: `?`.
    Optional,
    /// Any number: `[]`.
    List,
}

/// `key = value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// The key.
    pub name: Word,
    /// The value.
    pub value: Expression,
    /// Both.
    pub span: Span,
}

/// A value of an enumeration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// The value.
    pub name: Word,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// From the name to the last attribute.
    pub span: Span,
}

/// `@name(arguments)` or `@@name(arguments)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The name without `@`, with its dots: `id`, `db.Uuid`.
    pub name: Word,
    /// What is in the parentheses; empty without them.
    pub arguments: Vec<Argument>,
    /// From the first `@` to the closing parenthesis.
    pub span: Span,
}

impl Attribute {
    /// The argument of this name, or the first without a name if `position` is 0, and so on.
    #[must_use]
    pub fn argument(&self, name: &str, position: Option<usize>) -> Option<&Expression> {
        let named = |argument: &&Argument| argument.name.as_ref().is_some_and(|n| n.text == name);
        if let Some(found) = self.arguments.iter().find(named) {
            return Some(&found.value);
        }
        let mut unnamed = self
            .arguments
            .iter()
            .filter(|argument| argument.name.is_none());
        Some(&unnamed.nth(position?)?.value)
    }

    /// The text of a string argument of this name.
    #[must_use]
    pub fn string(&self, name: &str, position: Option<usize>) -> Option<&str> {
        match &self.argument(name, position)?.kind {
            ExpressionKind::String(text) => Some(text),
            _ => None,
        }
    }
}

/// `value` or `name: value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// The name, if it has one.
    pub name: Option<Word>,
    /// The value.
    pub value: Expression,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it is.
    pub span: Span,
}

/// Kinds of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpressionKind {
    /// A text, without quotes and with its escapes resolved.
    String(String),
    /// A number as written.
    Number(String),
    /// A name, with dots if it is a path: `true`, `Role`, `address.city`.
    Path(String),
    /// A call: `uuid(7)`, `env("URL")`, `name(sort: Desc)`.
    Function(String, Vec<Argument>),
    /// `[...]`.
    Array(Vec<Expression>),
}

impl Document {
    /// The declarations.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.items.iter().filter_map(|item| match item {
            Item::Block(block) => Some(block),
            Item::Gap(_) => None,
        })
    }

    /// The model, view, type or enumeration of this name.
    #[must_use]
    pub fn block(&self, name: &str) -> Option<&Block> {
        self.blocks().find(|block| block.name.text == name)
    }
}

impl Block {
    /// The fields.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.members.iter().filter_map(|member| match member {
            Member::Field(field) => Some(field),
            _ => None,
        })
    }

    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields().find(|field| field.name.text == name)
    }

    /// The attributes of the block itself.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.members.iter().filter_map(|member| match member {
            Member::Attribute(attribute) => Some(attribute),
            _ => None,
        })
    }

    /// The first attribute of this name, without `@@`.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes()
            .find(|attribute| attribute.name.text == name)
    }

    /// The value of `key = value`.
    #[must_use]
    pub fn property(&self, key: &str) -> Option<&Expression> {
        self.members.iter().find_map(|member| match member {
            Member::Property(property) if property.name.text == key => Some(&property.value),
            _ => None,
        })
    }

    /// The values of an enumeration.
    pub fn variants(&self) -> impl Iterator<Item = &Variant> {
        self.members.iter().filter_map(|member| match member {
            Member::Variant(variant) => Some(variant),
            _ => None,
        })
    }
}

impl Field {
    /// The first attribute of this name, without `@`.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name.text == name)
    }
}
