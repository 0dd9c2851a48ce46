//! Parses what is between a block's braces.

use super::{Expected, Parsed, Parser};
use crate::prisma::tree::{
    Arity, Attribute, BlockKind, Field, FieldType, Member, Property, TokenKind, Variant,
};

impl Parser<'_> {
    /// The members up to the closing brace, which is left, or to what shows that it is missing.
    pub(super) fn members(&mut self, kind: BlockKind) -> Vec<Member> {
        let mut members = Vec::new();
        while self.skip_lines() {
            if self.peek() == Some(TokenKind::BraceClose) || self.at_block() {
                break;
            }
            let first = self.at;
            match self.member(kind) {
                Ok(member) => {
                    members.push(member);
                    self.end_of_line();
                }
                Err(expected) => {
                    self.report(&expected);
                    self.skip_bad_line(first);
                }
            }
        }
        members
    }

    /// Nothing may follow on the line but the brace that closes the block.
    fn end_of_line(&mut self) {
        match self.peek() {
            None | Some(TokenKind::Newline | TokenKind::BraceClose) => {}
            Some(_) => {
                self.report(&Expected("the end of the line"));
                self.skip_bad_line(self.at);
            }
        }
    }

    fn member(&mut self, kind: BlockKind) -> Parsed<Member> {
        if self.peek() == Some(TokenKind::At) {
            return self.attribute("@@").map(Member::Attribute);
        }
        match kind {
            BlockKind::Datasource | BlockKind::Generator => self.property().map(Member::Property),
            BlockKind::Enum => self.variant().map(Member::Variant),
            BlockKind::Model | BlockKind::View | BlockKind::Type => self.field().map(Member::Field),
        }
    }

    fn property(&mut self) -> Parsed<Property> {
        let name = self.word("a key")?;
        self.take(TokenKind::Equals, "`=`")?;
        let value = self.expression()?;
        Ok(Property {
            span: name.span.to(value.span),
            name,
            value,
        })
    }

    fn variant(&mut self) -> Parsed<Variant> {
        let name = self.word("a value of the enumeration")?;
        let attributes = self.attributes()?;
        let last = attributes
            .last()
            .map_or(name.span, |attribute| attribute.span);
        Ok(Variant {
            span: name.span.to(last),
            name,
            attributes,
        })
    }

    fn field(&mut self) -> Parsed<Field> {
        let name = self.word("a field")?;
        // Prisma 1 wrote `name: Type`; later versions still read past it to say so.
        self.try_take(TokenKind::Colon);
        let data_type = self.field_type()?;
        let mut attributes = Vec::new();
        while self.peek() == Some(TokenKind::At) {
            let first = self.at;
            match self.attribute("@") {
                Ok(attribute) => attributes.push(attribute),
                Err(expected) => {
                    // The field is there whatever its attribute was meant to be.
                    self.report(&expected);
                    self.skip_bad_line(first);
                }
            }
        }
        let last = attributes
            .last()
            .map_or(data_type.span, |attribute| attribute.span);
        Ok(Field {
            span: name.span.to(last),
            name,
            data_type,
            attributes,
        })
    }

    fn field_type(&mut self) -> Parsed<FieldType> {
        let bracket = self.try_take(TokenKind::BracketOpen);
        let name = self.word("a type")?;
        let mut unsupported = None;
        if name.text == "Unsupported" && self.try_take(TokenKind::ParenOpen) {
            unsupported = Some(self.string("the database's type in quotes")?);
            self.take(TokenKind::ParenClose, "`)`")?;
        }
        let arity = if bracket {
            self.take(TokenKind::BracketClose, "`]`")?;
            Arity::List
        } else {
            self.arity()?
        };
        Ok(FieldType {
            span: self.since(name.span),
            name,
            unsupported,
            arity,
        })
    }

    fn arity(&mut self) -> Parsed<Arity> {
        match self.peek() {
            Some(TokenKind::Question) => {
                self.at += 1;
                Ok(Arity::Optional)
            }
            Some(TokenKind::Bang) => {
                self.at += 1;
                Ok(Arity::Required)
            }
            Some(TokenKind::BracketOpen) => {
                self.at += 1;
                self.take(TokenKind::BracketClose, "`]`")?;
                self.try_take(TokenKind::Question);
                Ok(Arity::List)
            }
            _ => Ok(Arity::Required),
        }
    }

    fn attributes(&mut self) -> Parsed<Vec<Attribute>> {
        let mut attributes = Vec::new();
        while self.peek() == Some(TokenKind::At) {
            attributes.push(self.attribute("@")?);
        }
        Ok(attributes)
    }

    fn attribute(&mut self, mark: &'static str) -> Parsed<Attribute> {
        let start = self.position();
        for _ in mark.bytes() {
            self.take(TokenKind::At, "`@`")?;
        }
        let name = self.path("the name of an attribute")?;
        let arguments = if self.try_take(TokenKind::ParenOpen) {
            self.arguments(0)?
        } else {
            Vec::new()
        };
        let span = self.since(self.span(start, start));
        Ok(Attribute {
            name,
            arguments,
            span,
        })
    }
}
