//! Knows what Hibernate makes of types of the language.

use super::super::types::Row;

/// What types of the language become.
pub(super) const TYPES: &[Row] = &[
    ("long", ["bigint", "bigint", "integer"]),
    ("Long", ["bigint", "bigint", "integer"]),
    ("BigInteger", ["numeric(38,0)", "decimal(38,0)", "numeric"]),
    ("int", ["integer", "int", "integer"]),
    ("Int", ["integer", "int", "integer"]),
    ("Integer", ["integer", "int", "integer"]),
    ("short", ["smallint", "smallint", "integer"]),
    ("Short", ["smallint", "smallint", "integer"]),
    ("byte", ["smallint", "tinyint", "integer"]),
    ("Byte", ["smallint", "tinyint", "integer"]),
    ("boolean", ["boolean", "bit(1)", "boolean"]),
    ("Boolean", ["boolean", "bit(1)", "boolean"]),
    ("char", ["character(1)", "char(1)", "char(1)"]),
    (
        "String",
        ["character varying(255)", "varchar(255)", "varchar(255)"],
    ),
    ("UUID", ["uuid", "binary(16)", "blob"]),
    ("Uuid", ["uuid", "binary(16)", "blob"]),
    ("BigDecimal", ["numeric(38,2)", "decimal(38,2)", "numeric"]),
    ("double", ["double precision", "double", "float"]),
    ("Double", ["double precision", "double", "float"]),
    ("float", ["real", "float", "float"]),
    ("Float", ["real", "float", "float"]),
    ("Instant", ["timestamptz", "datetime(6)", "timestamp"]),
    (
        "OffsetDateTime",
        ["timestamptz", "datetime(6)", "timestamp"],
    ),
    ("ZonedDateTime", ["timestamptz", "datetime(6)", "timestamp"]),
    ("LocalDateTime", ["timestamp", "datetime(6)", "timestamp"]),
    ("Timestamp", ["timestamp", "datetime(6)", "timestamp"]),
    ("Date", ["timestamp", "datetime(6)", "timestamp"]),
    ("LocalDate", ["date", "date", "date"]),
    ("LocalTime", ["time", "time(6)", "time"]),
    ("Duration", ["bigint", "bigint", "integer"]),
    ("byte[]", ["bytea", "varbinary(255)", "blob"]),
    ("ByteArray", ["bytea", "varbinary(255)", "blob"]),
];
