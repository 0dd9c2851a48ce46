//! Cuts a SQL script into statements, commands of the client, rows of data and what lies between.

mod scan;

use crate::Dialect;
pub(super) use scan::{Kind, Scanner};

/// A piece of a script. The pieces, in order, are the whole script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) kind: PieceKind,
    pub(super) start: usize,
    /// The byte after it, behind the terminator of a statement.
    pub(super) end: usize,
}

/// Kinds of pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PieceKind {
    Statement(Statement),
    /// A line for the client program: `\connect`, `DELIMITER //`, `.read file`.
    Command,
    /// The rows behind `COPY ... FROM stdin`.
    Data,
    /// Blanks and comments.
    Blank,
    /// The same, where the last comment hides all that follows it.
    OpenComment,
}

/// What the scan knows of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Statement {
    /// The byte after its last token, without the terminator.
    pub(super) code_end: usize,
    /// Its first words in upper case, without comments and quoted names between them.
    pub(super) words: Vec<String>,
    /// No token nests deeper in the grammar than this.
    pub(super) nesting: usize,
    /// Whether quotes, comments and parentheses are closed.
    pub(super) closed: bool,
}

/// How many first words a statement keeps: enough for `CREATE GLOBAL TEMPORARY TABLE IF NOT`.
const WORDS_MAX: usize = 8;

/// Cuts a script.
pub(super) fn split(dialect: Dialect, text: &str) -> Vec<Piece> {
    let mut splitter = Splitter {
        dialect,
        scanner: Scanner::new(dialect, text),
        terminator: ";".to_owned(),
        pieces: Vec::new(),
        done: 0,
    };
    while splitter.piece() {}
    splitter.pieces
}

struct Splitter<'a> {
    dialect: Dialect,
    scanner: Scanner<'a>,
    /// `DELIMITER` of `MySQL`'s client changes it.
    terminator: String,
    pieces: Vec<Piece>,
    /// The end of the last piece.
    done: usize,
}

impl Splitter<'_> {
    /// Cuts off the next piece, with the blanks before it. False at the end.
    fn piece(&mut self) -> bool {
        while matches!(self.scanner.peek(), Some(Kind::Space | Kind::Comment)) {
            self.scanner.advance();
        }
        let kind = if std::mem::take(&mut self.scanner.unclosed) {
            PieceKind::OpenComment
        } else {
            PieceKind::Blank
        };
        self.push(kind);
        if self.scanner.peek().is_none() {
            return false;
        }
        if self.is_command() {
            self.command();
        } else {
            self.statement();
        }
        true
    }

    fn push(&mut self, kind: PieceKind) {
        let end = self.scanner.at;
        if end > self.done {
            let start = self.done;
            self.pieces.push(Piece { kind, start, end });
            self.done = end;
        }
    }

    fn is_command(&self) -> bool {
        let rest = self.scanner.rest();
        let word = |word: &str| {
            rest.get(..word.len())
                .is_some_and(|it| it.eq_ignore_ascii_case(word))
                && rest[word.len()..].starts_with(char::is_whitespace)
        };
        match self.dialect {
            Dialect::MySql => word("delimiter") || word("source") || rest.starts_with('\\'),
            Dialect::Sqlite => rest.starts_with('.') && self.scanner.is_line_start(),
            _ => rest.starts_with('\\'),
        }
    }

    fn command(&mut self) {
        let line = self.scanner.rest().lines().next().unwrap_or_default();
        let mut words = line.split_whitespace();
        let is_delimiter = words
            .next()
            .is_some_and(|it| it.eq_ignore_ascii_case("delimiter"));
        if let Some(terminator) = words.next().filter(|_| is_delimiter) {
            terminator.clone_into(&mut self.terminator);
        }
        self.scanner.at += line.len().max(1);
        self.push(PieceKind::Command);
    }

    fn statement(&mut self) {
        let mut measure = Measure::default();
        loop {
            if measure.blocks == 0 && self.scanner.rest().starts_with(&self.terminator) {
                self.scanner.at += self.terminator.len();
                break;
            }
            let Some(kind) = self.scanner.peek() else {
                break;
            };
            // `\gexec` ends a statement as a semicolon does.
            if kind == Kind::Backslash && self.dialect == Dialect::PostgreSql {
                break;
            }
            let token = self.scanner.advance();
            measure.take(kind, token, self.dialect);
            if !matches!(kind, Kind::Space | Kind::Comment) {
                measure.statement.code_end = self.scanner.at;
            }
        }
        let has_rows = measure
            .statement
            .words
            .first()
            .is_some_and(|it| it == "COPY")
            && measure.reads_stdin
            && self.dialect == Dialect::PostgreSql;
        let mut statement = measure.statement;
        statement.closed = !self.scanner.unclosed && measure.open.is_empty();
        self.scanner.unclosed = false;
        if statement.code_end == 0 {
            // A terminator by itself.
            return self.push(PieceKind::Blank);
        }
        self.push(PieceKind::Statement(statement));
        if has_rows {
            self.rows();
        }
    }

    /// Goes over the rows of a `COPY`, to the line `\.`.
    fn rows(&mut self) {
        let rest = self.scanner.rest();
        let mut end = 0;
        for line in rest.split_inclusive('\n') {
            end += line.len();
            if line.trim_end() == "\\." {
                break;
            }
        }
        self.scanner.at += end;
        self.push(PieceKind::Data);
    }
}

/// What is counted on the way through a statement.
#[derive(Default)]
struct Measure {
    statement: Statement,
    /// For each open parenthesis, the tokens since the last comma at that level.
    open: Vec<usize>,
    /// The same, outside parentheses.
    run: usize,
    /// The sum of both.
    depth: usize,
    /// Open `BEGIN` and `CASE` of a body that has statements of its own.
    blocks: usize,
    /// Whether `BEGIN` opens such a body.
    is_routine: bool,
    after_end: bool,
    last_word: String,
    reads_stdin: bool,
}

impl Measure {
    fn take(&mut self, kind: Kind, token: &str, dialect: Dialect) {
        match kind {
            Kind::Space | Kind::Comment => return,
            Kind::Open => {
                self.count();
                self.open.push(0);
                return;
            }
            Kind::Close => self.depth -= self.open.pop().unwrap_or_default(),
            Kind::Comma => {
                let run = self.open.last_mut().unwrap_or(&mut self.run);
                self.depth -= std::mem::take(run);
            }
            Kind::Word => self.word(&token.to_ascii_uppercase(), dialect),
            Kind::Quoted | Kind::Backslash | Kind::Other => {}
        }
        if !matches!(kind, Kind::Comma | Kind::Close) {
            self.count();
        }
    }

    fn count(&mut self) {
        *self.open.last_mut().unwrap_or(&mut self.run) += 1;
        self.depth += 1;
        self.statement.nesting = self.statement.nesting.max(self.depth);
    }

    fn word(&mut self, word: &str, dialect: Dialect) {
        if self.statement.words.len() < WORDS_MAX {
            self.statement.words.push(word.to_owned());
        }
        let creates = self
            .statement
            .words
            .first()
            .is_some_and(|first| first == "CREATE");
        self.is_routine |= creates
            && dialect != Dialect::PostgreSql
            && self.statement.words.len() < WORDS_MAX
            && matches!(word, "TRIGGER" | "PROCEDURE" | "FUNCTION" | "EVENT");
        if std::mem::take(&mut self.after_end) && matches!(word, "IF" | "LOOP" | "WHILE" | "REPEAT")
        {
            // `END IF` closes what was never counted.
            self.blocks += 1;
        }
        match word {
            "ATOMIC" if creates && self.last_word == "BEGIN" => self.blocks = self.blocks.max(1),
            "BEGIN" if self.is_routine => self.blocks += 1,
            "CASE" if self.blocks > 0 && self.last_word != "END" => self.blocks += 1,
            "END" if self.blocks > 0 => {
                self.blocks -= 1;
                self.after_end = self.is_routine;
            }
            "STDIN" => self.reads_stdin |= self.last_word == "FROM",
            _ => {}
        }
        word.clone_into(&mut self.last_word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The statements, data and commands, each with a letter for its kind.
    fn check(dialect: Dialect, text: &str, expected: &[&str]) {
        let pieces = split(dialect, text);
        let whole: String = pieces
            .iter()
            .map(|piece| &text[piece.start..piece.end])
            .collect();
        assert_eq!(whole, text);
        let shown = pieces.iter().filter_map(|piece| {
            let part = &text[piece.start..piece.end];
            match &piece.kind {
                PieceKind::Statement(it) => Some(format!("S {}", &text[piece.start..it.code_end])),
                PieceKind::Command => Some(format!("C {part}")),
                PieceKind::Data => Some(format!("D {part}")),
                PieceKind::Blank | PieceKind::OpenComment => None,
            }
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn semicolons_in_quotes_do_not_end_a_statement() {
        let postgres = Dialect::PostgreSql;
        check(postgres, "a ';' b; c", &["S a ';' b", "S c"]);
        check(postgres, "a E'\\';' b;c", &["S a E'\\';' b", "S c"]);
        check(postgres, "a '\\'; b", &["S a '\\'", "S b"]);
        check(
            postgres,
            "a $x$ ; $$ ; $x$; b",
            &["S a $x$ ; $$ ; $x$", "S b"],
        );
        check(
            postgres,
            "a \";\" -- ;\n; /* ; /* ; */ ; */ b",
            &["S a \";\"", "S b"],
        );
        check(postgres, ";;", &[]);
        check(
            Dialect::MySql,
            "a '\\';' \"x;\" `;` # ;\n; b",
            &["S a '\\';' \"x;\" `;`", "S b"],
        );
        check(Dialect::Sqlite, "a [;] ';';b", &["S a [;] ';'", "S b"]);
    }

    #[test]
    fn bodies_keep_their_statements() {
        let trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; \
                       DELETE FROM b; END";
        check(
            Dialect::Sqlite,
            &format!("{trigger}; x"),
            &[&format!("S {trigger}"), "S x"],
        );
        let procedure = "CREATE PROCEDURE p() BEGIN IF a THEN b; END IF; END";
        check(
            Dialect::MySql,
            &format!("{procedure}; x"),
            &[&format!("S {procedure}"), "S x"],
        );
        let atomic = "CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN b END; c; END";
        check(
            Dialect::PostgreSql,
            &format!("{atomic}; x"),
            &[&format!("S {atomic}"), "S x"],
        );
        check(
            Dialect::PostgreSql,
            "BEGIN; a; END; b",
            &["S BEGIN", "S a", "S END", "S b"],
        );
    }

    #[test]
    fn clients_have_commands_and_data() {
        check(
            Dialect::PostgreSql,
            "\\connect a\nCOPY t (x) FROM stdin;\n1;'\n\\.\nSELECT 1 \\gexec\nb;",
            &[
                "C \\connect a",
                "S COPY t (x) FROM stdin",
                "D \n1;'\n\\.\n",
                "S SELECT 1",
                "C \\gexec",
                "S b",
            ],
        );
        check(
            Dialect::MySql,
            "DELIMITER //\na; b//\nDELIMITER ;\nc;",
            &["C DELIMITER //", "S a; b", "C DELIMITER ;", "S c"],
        );
        check(Dialect::Sqlite, ".mode csv\na;", &["C .mode csv", "S a"]);
    }

    #[test]
    fn nesting_is_bounded_from_above() {
        let nesting = |text: &str| match &split(Dialect::PostgreSql, text)[0].kind {
            PieceKind::Statement(statement) => (statement.nesting, statement.closed),
            other => panic!("{other:?}"),
        };
        assert_eq!(nesting("a (b, c, (d))"), (4, true));
        assert_eq!(nesting("not not not a"), (4, true));
        assert_eq!(nesting(&"(".repeat(50)), (50, false));
        assert!(!nesting("a 'b").1);
    }
}
