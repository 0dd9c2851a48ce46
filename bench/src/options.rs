//! What the command line asks for.

use crate::Result;

pub const HELP: &str = "\
Times the `ids` crate beside the published id crates and beside the machine's floor.

usage: cargo xtask bench ids [--quick | --rounds N] [--filter TEXT] [--json]

  --quick         20 rounds instead of 200
  --rounds N      take N samples of each case (1 to 100000)
  --filter TEXT   only the tables or cases whose name holds TEXT, and the clock
  --json          one JSON object instead of tables
";

#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    pub rounds: usize,
    /// In lower case; empty for everything.
    pub filter: String,
    pub json: bool,
    pub help: bool,
}

impl Options {
    /// Reads the arguments after the program's name.
    ///
    /// # Errors
    ///
    /// If an option is unknown, lacks its value or its value cannot be used.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            rounds: 200,
            filter: String::new(),
            json: false,
            help: false,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .ok_or_else(|| format!("option `{argument}` needs a value"))
            };
            match argument.as_str() {
                "--quick" => options.rounds = 20,
                "--rounds" => options.rounds = rounds(&value()?)?,
                "--filter" => options.filter = value()?.to_lowercase(),
                "--json" => options.json = true,
                "--help" | "-h" => options.help = true,
                _ => return Err(format!("unknown option `{argument}`").into()),
            }
        }
        Ok(options)
    }
}

fn rounds(text: &str) -> Result<usize> {
    match text.parse() {
        Ok(rounds @ 1..=100_000) => Ok(rounds),
        _ => Err(format!("`--rounds` is `{text}`, expected 1 to 100000").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> std::result::Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned)).map_err(|e| e.to_string())
    }

    #[test]
    fn options_are_read() {
        let all = parse("--rounds 7 --filter TypeID --json").expect("all are valid");
        let expected = Options {
            rounds: 7,
            filter: "typeid".into(),
            json: true,
            help: false,
        };
        assert_eq!(all, expected);
        assert_eq!(parse("").expect("none is needed").rounds, 200);
        assert_eq!(parse("--quick").expect("valid").rounds, 20);
    }

    #[test]
    fn errors_name_the_option() {
        assert_eq!(
            parse("--fast").expect_err("unknown"),
            "unknown option `--fast`"
        );
        assert_eq!(
            parse("--filter").expect_err("no value"),
            "option `--filter` needs a value"
        );
        for bad in ["0", "x", "100001", "-1"] {
            let error = parse(&format!("--rounds {bad}")).expect_err("out of range");
            assert_eq!(
                error,
                format!("`--rounds` is `{bad}`, expected 1 to 100000")
            );
        }
    }
}
