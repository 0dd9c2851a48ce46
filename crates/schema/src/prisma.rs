//! Reads Prisma schemas of versions 4 to 7: a lossless tree, and the picture drawn from it.
//!
//! Prisma's grammar goes by lines, and so does recovery: what cannot be understood costs its own
//! line and is reported. The tree keeps every byte, so that a file can be changed in one place and
//! stay as it was in all others.

mod edit;
mod lexer;
mod lower;
mod native;
mod parser;
mod relations;
mod tree;

pub use edit::{Edits, Overlap};
pub use lower::read;
pub use tree::{
    Argument, Arity, Attribute, Block, BlockKind, Document, Expression, ExpressionKind, Field,
    FieldType, Item, Member, Property, Token, TokenKind, Variant, Word,
};
