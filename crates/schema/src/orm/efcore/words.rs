//! Knows what Entity Framework makes of types of the language.

use super::super::types::Row;

/// What types of the language become where the snapshot names no column type.
pub(super) const TYPES: &[Row] = &[
    ("int", ["integer", "int", "INTEGER"]),
    ("uint", ["bigint", "int unsigned", "INTEGER"]),
    ("long", ["bigint", "bigint", "INTEGER"]),
    ("ulong", ["numeric(20,0)", "bigint unsigned", "INTEGER"]),
    ("short", ["smallint", "smallint", "INTEGER"]),
    ("byte", ["smallint", "tinyint unsigned", "INTEGER"]),
    ("bool", ["boolean", "tinyint(1)", "INTEGER"]),
    ("string", ["text", "longtext", "TEXT"]),
    ("Guid", ["uuid", "char(36)", "TEXT"]),
    ("DateTime", ["timestamptz", "datetime(6)", "TEXT"]),
    ("DateTimeOffset", ["timestamptz", "datetime(6)", "TEXT"]),
    ("DateOnly", ["date", "date", "TEXT"]),
    ("TimeOnly", ["time", "time(6)", "TEXT"]),
    ("decimal", ["numeric", "decimal(65,30)", "TEXT"]),
    ("double", ["double precision", "double", "REAL"]),
    ("float", ["real", "float", "REAL"]),
    ("byte[]", ["bytea", "longblob", "BLOB"]),
];
