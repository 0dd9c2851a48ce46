//! `idshift id convert`: writes ids in another form.

use clap::Args;
use serde::Serialize;

use super::format::{self, Format};
use super::read::{self, From};
use crate::Outcome;
use crate::console::Console;
use crate::input::Items;

/// The arguments of `idshift id convert`.
#[derive(Args)]
#[command(after_help = "\
Reads standard input, one id on each line, where an ID is `-` or none is given.

Examples:
  idshift id convert --to ulid 019a9964-77f3-7479-bc9f-50ff6ea646f1
  idshift id convert --to typeid:user 01KACP8XZKEHWVS7TGZXQACHQH
  psql -Atc 'SELECT id FROM users' | idshift id convert --to base64url -")]
pub(crate) struct Arguments {
    /// The form to write
    #[arg(long, short, value_name = "FORMAT", help = format::HELP)]
    to: Format,

    /// The form to read: auto, uuid, ulid, typeid, int, hex, base64 or base64url
    #[arg(
        long,
        short,
        value_name = "FORMAT",
        value_enum,
        default_value_t = From::Auto,
        hide_possible_values = true
    )]
    from: From,

    /// Ids, or - for standard input
    #[arg(value_name = "ID")]
    ids: Vec<String>,
}

/// One conversion for programs.
#[derive(Serialize)]
struct Line<'a> {
    input: &'a str,
    output: &'a str,
}

/// Writes each id in the new form on a line of its own.
pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut line = Vec::new();
    Items::ids(&arguments.ids).for_each(console, |console, input| {
        let id = read::id(input, arguments.from)?;
        if console.json() {
            console.write_json(&Line {
                input,
                output: &arguments.to.text(id),
            })?;
            return Ok(());
        }
        line.clear();
        arguments.to.push(id, &mut line);
        line.push(b'\n');
        console.write(&line)?;
        Ok(())
    })
}
