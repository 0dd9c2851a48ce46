//! What a column holds: the database's own name for it, and what kind of thing that is.

use super::{Dialect, Name};
use crate::Span;

/// The type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// The namespace, for a type of the user's that is named with one.
    pub schema: Option<String>,
    /// The database's full name, lower case but for quoted names: `uuid`, `character varying`,
    /// `bigint unsigned`. Without length, without brackets.
    pub name: String,
    /// Length, precision, scale: as written.
    pub arguments: Vec<String>,
    /// What kind of thing it is.
    pub kind: TypeKind,
    /// Whether it is an array or list of that.
    pub list: bool,
    /// As the source writes it, such as `String @db.VarChar(36)` or `bigserial`.
    pub declared: String,
    /// Where the source writes it.
    pub span: Span,
}

/// Kinds of types, as far as rules about identifiers care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TypeKind {
    /// A whole number.
    Integer {
        /// Its width in memory: 8, 16, 24, 32 or 64.
        bits: u8,
        /// Whether negative numbers are left out.
        unsigned: bool,
    },
    /// A native UUID.
    Uuid,
    /// Text.
    Text {
        /// The most characters, if limited.
        length: Option<u32>,
        /// Whether it is padded to that length.
        fixed: bool,
    },
    /// Bytes.
    Binary {
        /// The most bytes, if limited.
        length: Option<u32>,
        /// Whether it is padded to that length.
        fixed: bool,
    },
    /// A decimal number of chosen precision.
    Decimal,
    /// A binary floating-point number.
    Float,
    /// True or false.
    Boolean,
    /// Date and time.
    Timestamp {
        /// Whether it marks one moment everywhere on earth.
        zone: bool,
    },
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// JSON, in any storage.
    Json,
    /// One of listed values.
    Enum,
    /// Fields of its own.
    Composite,
    /// MongoDB's 12-byte id.
    ObjectId,
    /// Anything else: the user's own types, network addresses, geometry.
    Other,
}

impl Type {
    /// A type by the name that the dialect has for it, with its arguments as written.
    #[must_use]
    pub fn new(dialect: Dialect, name: &str, arguments: &[&str], span: Span) -> Self {
        let name = canonical(dialect, name);
        let arguments: Vec<String> = arguments.iter().map(|&text| text.to_owned()).collect();
        let kind = kind_of(dialect, &name, &arguments);
        let declared = if arguments.is_empty() {
            name.clone()
        } else {
            format!("{name}({})", arguments.join(","))
        };
        Self {
            schema: None,
            name,
            arguments,
            kind,
            list: false,
            declared,
            span,
        }
    }

    /// A type of the user's or of an extension.
    #[must_use]
    pub fn of_user(name: Name, kind: TypeKind, span: Span) -> Self {
        Self {
            declared: name.to_string(),
            schema: name.schema,
            name: name.name,
            arguments: Vec::new(),
            kind,
            list: false,
            span,
        }
    }

    /// The same, as the source writes it.
    #[must_use]
    pub fn declared_as(mut self, text: impl Into<String>) -> Self {
        self.declared = text.into();
        self
    }

    /// The name under which an enumeration, domain or composite type would be found.
    #[must_use]
    pub fn user_name(&self) -> Name {
        Name::within(self.schema.clone(), self.name.clone())
    }

    /// Whether it is a whole number.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        matches!(self.kind, TypeKind::Integer { .. })
    }
}

/// One name for each of a dialect's synonyms: in PostgreSQL the one that its catalog prints.
fn canonical(dialect: Dialect, name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let found = match dialect {
        Dialect::PostgreSql => postgres_name(&lower),
        Dialect::CockroachDb => match lower.as_str() {
            "string" => "text",
            "bytes" => "bytea",
            "int" => "bigint",
            other => postgres_name(other),
        },
        Dialect::MySql => match lower.as_str() {
            "integer" => "int",
            "integer unsigned" => "int unsigned",
            "bool" | "boolean" => "tinyint",
            "numeric" | "dec" | "fixed" => "decimal",
            "double precision" | "real" => "double",
            "character varying" => "varchar",
            "character" => "char",
            other => other,
        },
        _ => lower.as_str(),
    };
    found.to_owned()
}

fn postgres_name(lower: &str) -> &str {
    match lower {
        "int" | "int4" | "serial" | "serial4" => "integer",
        "int8" | "bigserial" | "serial8" => "bigint",
        "int2" | "smallserial" | "serial2" => "smallint",
        "varchar" | "char varying" => "character varying",
        "char" | "bpchar" | "nchar" | "national character" => "character",
        "bool" => "boolean",
        "float8" | "float" | "double" => "double precision",
        "float4" => "real",
        "decimal" | "dec" => "numeric",
        "timestamp" => "timestamp without time zone",
        "timestamptz" => "timestamp with time zone",
        "time" => "time without time zone",
        "timetz" => "time with time zone",
        "varbit" => "bit varying",
        other => other,
    }
}

fn kind_of(dialect: Dialect, name: &str, arguments: &[String]) -> TypeKind {
    let length = || arguments.first().and_then(|text| text.trim().parse().ok());
    let text = |length, fixed| TypeKind::Text { length, fixed };
    let binary = |length, fixed| TypeKind::Binary { length, fixed };
    let (base, unsigned) = match name.strip_suffix(" unsigned") {
        Some(base) => (base, true),
        None => (name, dialect == Dialect::SqlServer && name == "tinyint"),
    };
    let integer = |bits| TypeKind::Integer { bits, unsigned };
    match base {
        // Any integer column of SQLite holds 64 bits.
        "integer" | "int" | "smallint" | "tinyint" | "mediumint" | "int2" | "int4"
            if dialect == Dialect::Sqlite =>
        {
            integer(64)
        }
        // Booleans of MySQL are tinyint(1).
        "tinyint" if dialect == Dialect::MySql && length() == Some(1) => TypeKind::Boolean,
        "tinyint" => integer(8),
        "smallint" | "int2" | "year" => integer(16),
        "mediumint" => integer(24),
        "integer" | "int" | "int4" | "oid" => integer(32),
        "bigint" | "int8" | "long" => integer(64),
        "uuid" | "uniqueidentifier" => TypeKind::Uuid,
        "objectid" => TypeKind::ObjectId,
        "character" | "char" | "nchar" => text(length().or(Some(1)), true),
        "character varying" | "varchar" | "nvarchar" => text(length(), false),
        "text" | "string" | "citext" | "name" | "clob" | "xml" | "ntext" | "tinytext"
        | "mediumtext" | "longtext" => text(None, false),
        "binary" => binary(length().or(Some(1)), true),
        "varbinary" => binary(length(), false),
        "bytea" | "blob" | "tinyblob" | "mediumblob" | "longblob" | "bindata" | "image" => {
            binary(None, false)
        }
        "numeric" | "decimal" | "money" | "smallmoney" => TypeKind::Decimal,
        "double precision" | "real" | "double" | "float" | "float4" | "float8" => TypeKind::Float,
        "boolean" | "bool" => TypeKind::Boolean,
        "bit" if dialect == Dialect::SqlServer => TypeKind::Boolean,
        "timestamp with time zone" | "datetimeoffset" => TypeKind::Timestamp { zone: true },
        "timestamp" if dialect == Dialect::MySql => TypeKind::Timestamp { zone: true },
        "timestamp without time zone"
        | "timestamp"
        | "datetime"
        | "datetime2"
        | "smalldatetime" => TypeKind::Timestamp { zone: false },
        "date" if dialect == Dialect::MongoDb => TypeKind::Timestamp { zone: true },
        "date" => TypeKind::Date,
        "time" | "time without time zone" | "time with time zone" => TypeKind::Time,
        "json" | "jsonb" => TypeKind::Json,
        "enum" => TypeKind::Enum,
        _ => TypeKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dialect: Dialect, written: &str, arguments: &[&str], name: &str, kind: TypeKind) {
        let found = Type::new(dialect, written, arguments, Span::new(0, 0, 0));
        assert_eq!((found.name.as_str(), found.kind), (name, kind), "{written}");
    }

    #[test]
    fn synonyms_have_one_name() {
        let integer = |bits, unsigned| TypeKind::Integer { bits, unsigned };
        let text = |length, fixed| TypeKind::Text { length, fixed };
        let postgres = Dialect::PostgreSql;
        check(postgres, "INT4", &[], "integer", integer(32, false));
        check(postgres, "bigserial", &[], "bigint", integer(64, false));
        check(postgres, "char", &["36"], "character", text(Some(36), true));
        check(
            postgres,
            "varchar",
            &[],
            "character varying",
            text(None, false),
        );
        let naive = TypeKind::Timestamp { zone: false };
        check(
            postgres,
            "timestamp",
            &[],
            "timestamp without time zone",
            naive,
        );
        let unsigned = integer(64, true);
        check(
            Dialect::MySql,
            "bigint unsigned",
            &["20"],
            "bigint unsigned",
            unsigned,
        );
        check(
            Dialect::MySql,
            "tinyint",
            &["1"],
            "tinyint",
            TypeKind::Boolean,
        );
        check(
            Dialect::Sqlite,
            "INTEGER",
            &[],
            "integer",
            integer(64, false),
        );
        check(
            Dialect::SqlServer,
            "UniqueIdentifier",
            &[],
            "uniqueidentifier",
            TypeKind::Uuid,
        );
        check(
            Dialect::CockroachDb,
            "STRING",
            &[],
            "text",
            text(None, false),
        );
        check(
            postgres,
            "geometry",
            &["Point"],
            "geometry",
            TypeKind::Other,
        );
    }
}
