//! Where a column's value comes from when nobody gives one.

use crate::Span;

/// The default of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Default {
    /// What makes the value.
    pub generator: Generator,
    /// Who makes it.
    pub side: Side,
    /// The default as written, such as `uuid(7)` or `nextval('a_id_seq'::regclass)`.
    pub text: String,
    /// Where it is written.
    pub span: Span,
}

/// Who computes a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The database, also for rows that come in by other ways than the application.
    Database,
    /// The application's mapper, before the row is sent.
    Application,
}

/// What makes the value of a default.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Generator {
    /// A counter of the database, however it is called there: `autoincrement()`,
    /// `AUTO_INCREMENT`, `IDENTITY(1,1)`, the alias of SQLite's rowid.
    Autoincrement,
    /// PostgreSQL's `serial` pseudo-types: a sequence that belongs to the column.
    Serial,
    /// A standard identity column.
    Identity {
        /// `ALWAYS`: an insert may not bring a value of its own.
        always: bool,
    },
    /// The next value of a sequence.
    Sequence {
        /// Its name as written, unquoted; None if the database makes the sequence itself.
        name: Option<String>,
    },
    /// A UUID.
    Uuid {
        /// 1, 4 or 7; None if the function may make several.
        version: Option<u8>,
    },
    /// A CUID of version 1 or 2.
    Cuid {
        /// 1 or 2.
        version: u8,
    },
    /// A ULID.
    Ulid,
    /// A `NanoID`.
    Nanoid {
        /// Characters; None is the generator's own default, 21.
        length: Option<u32>,
    },
    /// MongoDB's `ObjectId`.
    ObjectId,
    /// The time of the statement.
    Now,
    /// A constant: unquoted text, number, `true`, a value of an enumeration, a list in brackets.
    Literal(String),
    /// Text that only the database understands, and that is none of the above.
    Expression(String),
}

impl Generator {
    /// Whether values are counted upwards, so that one tells its neighbours and the row count.
    #[must_use]
    pub fn is_sequential(&self) -> bool {
        matches!(
            self,
            Self::Autoincrement | Self::Serial | Self::Identity { .. } | Self::Sequence { .. }
        )
    }

    /// What a database's expression makes, as far as its text tells: calls of well-known functions,
    /// literals, or the expression itself.
    #[must_use]
    pub fn of_expression(text: &str) -> Self {
        let text = unwrapped(text.trim());
        if let Some(literal) = literal(text) {
            return Self::Literal(literal);
        }
        let Some((function, arguments)) = call(text) else {
            return match text.to_ascii_lowercase().as_str() {
                "current_timestamp" | "localtimestamp" | "current_date" | "current_time" => {
                    Self::Now
                }
                _ => Self::Expression(text.to_owned()),
            };
        };
        let bare = function.rsplit('.').next().unwrap_or(function);
        match bare.trim_matches('"').to_ascii_lowercase().as_str() {
            "nextval" => Self::Sequence {
                name: sequence_name(arguments),
            },
            // SQL Server's newid and every database's plain uuid function but MySQL's are random.
            "gen_random_uuid" | "uuid_generate_v4" | "uuidv4" | "newid" | "uuid_v4" => {
                Self::Uuid { version: Some(4) }
            }
            "uuidv7" | "uuid_generate_v7" | "gen_uuid_v7" | "uuid_v7" | "uuid7" => {
                Self::Uuid { version: Some(7) }
            }
            "uuid_generate_v1" | "uuid_generate_v1mc" | "uuid" | "newsequentialid" => {
                Self::Uuid { version: Some(1) }
            }
            "uuid_to_bin" | "uuid_to_blob" => Self::of_expression(arguments),
            "unique_rowid" => Self::Autoincrement,
            "gen_ulid" | "ulid" | "generate_ulid" => Self::Ulid,
            "nanoid" => Self::Nanoid {
                length: arguments.trim().parse().ok(),
            },
            "now"
            | "current_timestamp"
            | "getdate"
            | "sysdatetime"
            | "clock_timestamp"
            | "statement_timestamp"
            | "transaction_timestamp"
            | "localtimestamp"
            | "getutcdate" => Self::Now,
            _ => Self::Expression(text.to_owned()),
        }
    }
}

/// Nesting beyond this is left as it is.
const PARENTHESES_MAX: usize = 8;

/// Without parentheses around the whole, and without casts behind it.
fn unwrapped(mut text: &str) -> &str {
    for _ in 0..PARENTHESES_MAX {
        if let Some(bare) = without_cast(text) {
            text = bare;
        } else if is_wrapped(text) {
            text = text[1..text.len() - 1].trim();
        } else {
            break;
        }
    }
    text
}

/// `x` of `x::type`, if the cast is the last thing at the top level.
fn without_cast(text: &str) -> Option<&str> {
    let mut cast = None;
    for (at, byte) in outside(text) {
        match byte {
            b':' if text[at..].starts_with("::") => cast = cast.or(Some(at)),
            b':' | b' ' | b'[' | b']' | b'.' | b'_' | b',' | b'(' | b')' | b'"' => {}
            byte if byte.is_ascii_alphanumeric() || byte >= 0x80 => {}
            // An operator behind the cast: the cast is not of the whole.
            _ if cast.is_some() => return None,
            _ => {}
        }
    }
    cast.map(|at| text[..at].trim_end())
}

/// Whether the first parenthesis closes at the very end.
fn is_wrapped(text: &str) -> bool {
    let mut top_level = outside(text).into_iter();
    top_level.next() == Some((0, b'(')) && top_level.next() == Some((text.len() - 1, b')'))
}

/// The bytes outside quotes and parentheses, the outermost parentheses included.
fn outside(text: &str) -> Vec<(usize, u8)> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(open) = quote {
            quote = (byte != open).then_some(open);
            continue;
        }
        match byte {
            b'\'' | b'"' => quote = Some(byte),
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_outermost = byte == b'(' && depth == 1;
        if depth == 0 || is_outermost {
            found.push((at, byte));
        }
    }
    found
}

/// The function that an expression calls, without its namespace and quotes, if it is one call.
pub(crate) fn called(text: &str) -> Option<String> {
    let (function, _) = call(unwrapped(text.trim()))?;
    let bare = function.rsplit('.').next().unwrap_or(function);
    Some(
        match bare.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
            Some(quoted) => quoted.to_owned(),
            None => bare.to_lowercase(),
        },
    )
}

/// Function and arguments, if the text is one call and nothing else.
fn call(text: &str) -> Option<(&str, &str)> {
    let open = text.find('(')?;
    let (function, rest) = text.split_at(open);
    let function = function.trim();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '"');
    if function.is_empty() || !function.chars().all(plain) || !is_wrapped(rest) {
        return None;
    }
    Some((function, rest[1..rest.len() - 1].trim()))
}

/// A quoted text, a number or a named constant, without its quotes.
fn literal(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    if matches!(lower.as_str(), "true" | "false" | "null") {
        return Some(lower);
    }
    let number = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    if number.starts_with(|c: char| c.is_ascii_digit()) && number.chars().all(digits) {
        return Some(text.to_owned());
    }
    let escaped = text
        .strip_prefix(['E', 'e'])
        .filter(|_| !text.contains('\\'));
    let inner = escaped
        .unwrap_or(text)
        .strip_prefix('\'')?
        .strip_suffix('\'')?;
    let single = inner.replace("''", "");
    (!single.contains('\'')).then(|| inner.replace("''", "'"))
}

/// The name in `'schema."Name"'::regclass`.
fn sequence_name(arguments: &str) -> Option<String> {
    let literal = literal(unwrapped(arguments))?;
    Some(literal.replace('"', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_of_databases_are_recognised() {
        let sequence = |name: &str| Generator::Sequence {
            name: Some(name.to_owned()),
        };
        let uuid = |version| Generator::Uuid {
            version: Some(version),
        };
        let literal = |text: &str| Generator::Literal(text.to_owned());
        let expression = |text: &str| Generator::Expression(text.to_owned());
        let cases = [
            ("gen_random_uuid()", uuid(4)),
            ("(gen_random_uuid())::text", uuid(4)),
            ("public.uuid_generate_v1mc()", uuid(1)),
            ("extensions.\"uuid_generate_v4\"()", uuid(4)),
            ("uuid_to_bin(uuid())", uuid(1)),
            ("(newid())", uuid(4)),
            ("uuidv7()", uuid(7)),
            ("uuidv7(interval '1 s')", uuid(7)),
            ("nextval('a_id_seq'::regclass)", sequence("a_id_seq")),
            (
                "nextval('public.\"A_id_seq\"')",
                sequence("public.A_id_seq"),
            ),
            ("nextval(('x'::text)::regclass)", sequence("x")),
            ("now()", Generator::Now),
            ("CURRENT_TIMESTAMP", Generator::Now),
            ("CURRENT_TIMESTAMP(3)", Generator::Now),
            ("'it''s'::text", literal("it's")),
            ("'{}'::jsonb", literal("{}")),
            ("E'a'", literal("a")),
            (r"E'a\n'", expression(r"E'a\n'")),
            ("-1", literal("-1")),
            ("1.5::numeric(10,2)", literal("1.5")),
            ("TRUE", literal("true")),
            ("'a'||'b'", expression("'a'||'b'")),
            ("now()::date", Generator::Now),
            ("(1)::int + f()", expression("(1)::int + f()")),
            ("md5(random()::text)", expression("md5(random()::text)")),
            ("nanoid(10)", Generator::Nanoid { length: Some(10) }),
            ("", expression("")),
            ("((((((((((1))))))))))", expression("((1))")),
        ];
        for (text, expected) in cases {
            assert_eq!(Generator::of_expression(text), expected, "{text}");
        }
    }

    #[test]
    fn counters_are_sequential_and_nothing_else() {
        assert!(Generator::Autoincrement.is_sequential());
        assert!(Generator::Identity { always: true }.is_sequential());
        assert!(Generator::Sequence { name: None }.is_sequential());
        assert!(!Generator::Uuid { version: Some(7) }.is_sequential());
        assert!(!Generator::Literal("1".to_owned()).is_sequential());
    }
}
