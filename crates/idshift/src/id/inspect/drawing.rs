//! Draws one id for a person: what it is, when it was made, and its fields under its digits.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use ids::Timestamp;
use ids::inspect::Found;

use super::anatomy::{Anatomy, Field};
use crate::console::{Console, DIM, STRONG};
use crate::input::ItemError;
use crate::table::{Cell, Table, wrap};
use crate::times::{Zone, age, on_clocks};

/// Neighbouring fields differ in colour.
const FIELD_COLOURS: [AnsiColor; 6] = [
    AnsiColor::Cyan,
    AnsiColor::Magenta,
    AnsiColor::Yellow,
    AnsiColor::Blue,
    AnsiColor::Green,
    AnsiColor::Red,
];

/// The first bit that a letter stands for, from its index among the letters that stand for bits.
type FirstBit = fn(usize) -> usize;

/// A picture of one id.
pub(super) struct Picture<'a> {
    /// The text that was given.
    pub(super) input: &'a str,
    /// Its name in words.
    pub(super) kind: &'a str,
    /// What it is.
    pub(super) found: &'a Found<'a>,
    /// Its time, if it has one.
    pub(super) time: Option<Timestamp>,
    /// The present, which the age is counted from.
    pub(super) now: jiff::Timestamp,
}

impl Picture<'_> {
    /// Draws the head, the digits, the table of fields and the notes.
    pub(super) fn draw(&self, anatomy: &Anatomy, console: &mut Console) -> Result<(), ItemError> {
        let styles: Vec<Style> = FIELD_COLOURS
            .iter()
            .cycle()
            .take(anatomy.fields.len())
            .map(|colour| console.style(colour.on_default()))
            .collect();
        self.head(console)?;
        if let Some((text, bits)) = self.digits() {
            console.line(format_args!(""))?;
            write_ruled(&text, bits, &anatomy.fields, &styles, console)?;
        }
        let columns = console.columns();
        if !anatomy.fields.is_empty() {
            table(anatomy, &styles, console.style(DIM)).draw(console.out(), columns)?;
        }
        for line in anatomy.notes.iter().flat_map(|note| wrap(note, columns)) {
            console.line(format_args!("{line}"))?;
        }
        Ok(())
    }

    fn head(&self, console: &mut Console) -> io::Result<()> {
        let (dim, strong) = (console.style(DIM), console.style(STRONG));
        let found = self.found;
        let mut lines = vec![("kind", format!("{strong}{}{strong:#}", self.kind))];
        match found {
            Found::Uuid { id, .. } if *self.input != *id.hyphenated() => {
                lines.push(("UUID", id.to_string()));
            }
            Found::TypeId(typeid) => {
                lines.push(("prefix", typeid.prefix().to_owned()));
                lines.push(("UUID", typeid.uuid().to_string()));
            }
            _ => {}
        }
        if let Some(time) = self.time {
            lines.push(("time", time.to_string()));
            let far = || "not told: the calendar ends with the year 9999".to_owned();
            if let Some(zone) = Zone::local() {
                lines.push(("local", on_clocks(time, &zone).unwrap_or_else(far)));
            }
            lines.push(("age", age(time, self.now).unwrap_or_else(far)));
        }
        for (name, text) in lines {
            console.line(format_args!("{dim}{name:<8}{dim:#}{text}"))?;
        }
        Ok(())
    }

    /// The text whose letters stand for bits, and the first bit of each letter.
    fn digits(&self) -> Option<(String, FirstBit)> {
        match self.found {
            Found::Uuid { id, .. } => Some((id.to_string(), |digit| digit * 4)),
            Found::TypeId(typeid) => Some((typeid.uuid().to_string(), |digit| digit * 4)),
            Found::ObjectId { .. } => Some((self.input.to_owned(), |digit| digit * 4)),
            // 26 letters of 5 bits: the first one holds only 3.
            Found::Ulid(_) => Some((self.input.to_owned(), |digit| (digit * 5).saturating_sub(2))),
            _ => None,
        }
    }
}

/// Writes the text, and under it the number of the field that begins at each letter.
fn write_ruled(
    text: &str,
    first_bit: FirstBit,
    fields: &[Field],
    styles: &[Style],
    console: &mut Console,
) -> io::Result<()> {
    let ruled = ruled(text, first_bit, fields);
    for (field, letter, _) in &ruled {
        let style = styles[*field];
        write!(console.out(), "{style}{letter}{style:#}")?;
    }
    console.line(format_args!(""))?;
    for (field, _, mark) in &ruled {
        let style = styles[*field];
        write!(console.out(), "{style}{mark}{style:#}")?;
    }
    console.line(format_args!(""))
}

/// For each letter of the text: its field, the letter, and what stands under it.
fn ruled(text: &str, first_bit: FirstBit, fields: &[Field]) -> Vec<(usize, char, char)> {
    let (mut digit, mut shown) = (0, None);
    text.chars()
        .map(|letter| {
            if letter == '-' {
                return (shown.unwrap_or(0), letter, '─');
            }
            let bit = first_bit(digit);
            digit += 1;
            let field = fields
                .iter()
                .position(|field| field.bits.contains(&bit))
                .expect("the fields cover every bit of the text");
            let mark = if shown == Some(field) {
                '─'
            } else {
                number(field)
            };
            shown = Some(field);
            (field, letter, mark)
        })
        .collect()
}

/// The number of a field, from 1. No kind of id has more than 9.
fn number(field: usize) -> char {
    u32::try_from(field + 1)
        .ok()
        .and_then(|field| char::from_digit(field, 10))
        .unwrap_or('+')
}

fn table(anatomy: &Anatomy, styles: &[Style], dim: Style) -> Table<5> {
    let head = ["", "field", "bits", "value", "meaning"];
    let mut table = Table::new(head.map(|head| Cell::styled(head, dim)));
    for (index, field) in anatomy.fields.iter().enumerate() {
        let (first, last) = (field.bits.start, field.bits.end - 1);
        let bits = if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        };
        table.push([
            Cell::styled(number(index).to_string(), styles[index]),
            Cell::styled(field.name, styles[index]),
            bits.into(),
            Cell::styled(anatomy.shown(field).to_string(), styles[index]),
            anatomy.meaning(field).into(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str) -> String {
        let found = ids::inspect::inspect(text).unwrap();
        let now = jiff::Timestamp::UNIX_EPOCH;
        let picture = Picture {
            input: text,
            kind: found.kind(),
            found: &found,
            time: None,
            now,
        };
        let (text, bits) = picture.digits().unwrap();
        let anatomy = Anatomy::of(&found, None);
        ruled(&text, bits, &anatomy.fields)
            .iter()
            .map(|(_, _, mark)| mark)
            .collect()
    }

    #[test]
    fn numbers_stand_under_the_digit_where_a_field_begins() {
        let check = |text: &str, expected: &str| assert_eq!(marks(text), expected, "{text}");
        check(
            "019a9964-77f3-7479-bc9f-50ff6ea646f1",
            "1─────────────23───456──────────────",
        );
        check(
            "C232AB00-9414-11EC-B3C8-9F6BDECED846",
            "1────────2────34───56───7───────────",
        );
        check("01KACP8XZKEHWVS7TGZXQACHQH", "1─────────2───────────────");
        check("507f1f77bcf86cd799439011", "1───────2─────────3─────");
        check(
            "00000000-0000-0000-0000-000000000000",
            "1───────────────────────────────────",
        );
    }
}
