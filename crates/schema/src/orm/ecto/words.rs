//! Knows Ecto's words for types.

use super::super::types::Row;

/// What Ecto's words become. Any other word is the database's own.
pub(super) const TYPES: &[Row] = &[
    ("id", ["bigint", "bigint unsigned", "integer"]),
    ("bigserial", ["bigint", "bigint unsigned", "integer"]),
    ("serial", ["integer", "int unsigned", "integer"]),
    ("identity", ["bigint", "bigint", "integer"]),
    ("binary_id", ["uuid", "binary(16)", "text"]),
    ("uuid", ["uuid", "binary(16)", "text"]),
    ("integer", ["integer", "int", "integer"]),
    ("bigint", ["bigint", "bigint", "integer"]),
    ("string", ["character varying(255)", "varchar(255)", "text"]),
    ("binary", ["bytea", "blob", "blob"]),
    ("map", ["jsonb", "json", "text"]),
    ("float", ["double precision", "double", "numeric"]),
    ("decimal", ["numeric", "decimal", "decimal"]),
    ("boolean", ["boolean", "tinyint(1)", "integer"]),
    ("utc_datetime", ["timestamp(0)", "datetime", "text"]),
    ("utc_datetime_usec", ["timestamp", "datetime(6)", "text"]),
    ("naive_datetime", ["timestamp(0)", "datetime", "text"]),
    ("naive_datetime_usec", ["timestamp", "datetime(6)", "text"]),
    ("time", ["time(0)", "time", "text"]),
    ("time_usec", ["time", "time(6)", "text"]),
    ("duration", ["interval", "time", "text"]),
    ("date", ["date", "date", "text"]),
];
