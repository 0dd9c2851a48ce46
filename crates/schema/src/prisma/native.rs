//! Prisma's scalar types and native types, as each database has them.

use crate::{Dialect, Span, Type};

/// Prisma's scalar types.
pub(super) fn is_scalar(name: &str) -> bool {
    matches!(
        name,
        "String"
            | "Boolean"
            | "Int"
            | "BigInt"
            | "Float"
            | "Decimal"
            | "DateTime"
            | "Json"
            | "Bytes"
    )
}

/// What a scalar without native type is stored as.
pub(super) fn of_scalar(dialect: Dialect, scalar: &str, span: Span) -> Type {
    let (name, arguments): (&str, &[&str]) = match (dialect, scalar) {
        (Dialect::MySql, "String") => ("varchar", &["191"]),
        (Dialect::SqlServer, "String") => ("nvarchar", &["1000"]),
        (Dialect::MongoDb, "String") => ("string", &[]),
        (_, "String") => ("text", &[]),
        (Dialect::MySql, "Boolean") => ("tinyint", &["1"]),
        (Dialect::SqlServer, "Boolean") => ("bit", &[]),
        (_, "Boolean") => ("boolean", &[]),
        (Dialect::CockroachDb, "Int") => ("int4", &[]),
        (Dialect::MySql | Dialect::SqlServer, "Int") => ("int", &[]),
        (_, "Int") => ("integer", &[]),
        (Dialect::MongoDb, "BigInt") => ("long", &[]),
        (_, "BigInt") => ("bigint", &[]),
        (Dialect::Sqlite, "Float") => ("real", &[]),
        (Dialect::SqlServer, "Float") => ("float", &["53"]),
        (_, "Float") => ("double", &[]),
        (Dialect::Sqlite, "Decimal") => ("decimal", &[]),
        (Dialect::SqlServer, "Decimal") => ("decimal", &["32", "16"]),
        (_, "Decimal") => ("decimal", &["65", "30"]),
        (Dialect::MySql, "DateTime") => ("datetime", &["3"]),
        (Dialect::Sqlite, "DateTime") => ("datetime", &[]),
        (Dialect::SqlServer, "DateTime") => ("datetime2", &[]),
        (Dialect::MongoDb, "DateTime") => ("date", &[]),
        (_, "DateTime") => ("timestamp", &["3"]),
        (Dialect::MySql | Dialect::MongoDb, "Json") => ("json", &[]),
        (Dialect::SqlServer, "Json") => ("nvarchar", &["max"]),
        (_, "Json") => ("jsonb", &[]),
        (Dialect::MySql, "Bytes") => ("longblob", &[]),
        (Dialect::Sqlite, "Bytes") => ("blob", &[]),
        (Dialect::SqlServer, "Bytes") => ("varbinary", &["max"]),
        (Dialect::MongoDb, "Bytes") => ("bindata", &[]),
        (_, "Bytes") => ("bytea", &[]),
        (_, other) => (other, &[]),
    };
    Type::new(dialect, name, arguments, span)
}

/// What `@db.Name(arguments)` stands for.
pub(super) fn of_attribute(dialect: Dialect, native: &str, arguments: &[&str], span: Span) -> Type {
    let lower = native.to_ascii_lowercase();
    let name = match (dialect, lower.as_str()) {
        (_, "doubleprecision") => "double precision".to_owned(),
        (Dialect::CockroachDb, "catalogsinglechar") => "\"char\"".to_owned(),
        (Dialect::MongoDb, "binary") => "bindata".to_owned(),
        (Dialect::MongoDb, "bool") => "boolean".to_owned(),
        (Dialect::MySql, other) => match other.strip_prefix("unsigned") {
            Some(signed) => format!("{signed} unsigned"),
            None => lower,
        },
        _ => lower,
    };
    Type::new(dialect, &name, arguments, span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TypeKind;

    #[test]
    fn native_types_have_the_names_of_their_database() {
        let cases = [
            (Dialect::PostgreSql, "DoublePrecision", "double precision"),
            (Dialect::PostgreSql, "VarChar", "character varying"),
            (
                Dialect::PostgreSql,
                "Timestamptz",
                "timestamp with time zone",
            ),
            (Dialect::MySql, "UnsignedBigInt", "bigint unsigned"),
            (Dialect::MongoDb, "ObjectId", "objectid"),
        ];
        for (dialect, native, expected) in cases {
            let found = of_attribute(dialect, native, &[], Span::new(0, 0, 0));
            assert_eq!(found.name, expected);
        }
    }

    #[test]
    fn every_scalar_is_known_to_every_database() {
        let scalars = [
            "String", "Boolean", "Int", "BigInt", "Float", "Decimal", "DateTime", "Json", "Bytes",
        ];
        let dialects = [
            Dialect::PostgreSql,
            Dialect::CockroachDb,
            Dialect::MySql,
            Dialect::Sqlite,
            Dialect::SqlServer,
            Dialect::MongoDb,
        ];
        for dialect in dialects {
            for scalar in scalars {
                let found = of_scalar(dialect, scalar, Span::new(0, 0, 0));
                assert!(is_scalar(scalar));
                assert_ne!(found.kind, TypeKind::Other, "{dialect:?} {scalar}");
            }
        }
    }
}
