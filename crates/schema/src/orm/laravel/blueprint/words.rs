//! Knows a blueprint's words for columns: what each becomes in each database.

use super::super::super::types::Row;

/// What a blueprint's words become. Integers of keys are unsigned where the database has them.
pub(super) const TYPES: &[Row] = &[
    ("id", ["bigint", "bigint unsigned", "integer"]),
    ("bigIncrements", ["bigint", "bigint unsigned", "integer"]),
    ("increments", ["integer", "int unsigned", "integer"]),
    ("integerIncrements", ["integer", "int unsigned", "integer"]),
    (
        "mediumIncrements",
        ["integer", "mediumint unsigned", "integer"],
    ),
    (
        "smallIncrements",
        ["smallint", "smallint unsigned", "integer"],
    ),
    (
        "tinyIncrements",
        ["smallint", "tinyint unsigned", "integer"],
    ),
    ("foreignId", ["bigint", "bigint unsigned", "integer"]),
    ("foreignIdFor", ["bigint", "bigint unsigned", "integer"]),
    (
        "unsignedBigInteger",
        ["bigint", "bigint unsigned", "integer"],
    ),
    ("unsignedInteger", ["integer", "int unsigned", "integer"]),
    (
        "unsignedMediumInteger",
        ["integer", "mediumint unsigned", "integer"],
    ),
    (
        "unsignedSmallInteger",
        ["smallint", "smallint unsigned", "integer"],
    ),
    (
        "unsignedTinyInteger",
        ["smallint", "tinyint unsigned", "integer"],
    ),
    ("bigInteger", ["bigint", "bigint", "integer"]),
    ("integer", ["integer", "int", "integer"]),
    ("mediumInteger", ["integer", "mediumint", "integer"]),
    ("smallInteger", ["smallint", "smallint", "integer"]),
    ("tinyInteger", ["smallint", "tinyint", "integer"]),
    ("year", ["integer", "year", "integer"]),
    ("uuid", ["uuid", "char(36)", "varchar"]),
    ("foreignUuid", ["uuid", "char(36)", "varchar"]),
    ("ulid", ["character(26)", "char(26)", "varchar"]),
    ("foreignUlid", ["character(26)", "char(26)", "varchar"]),
    (
        "string",
        ["character varying(255)", "varchar(255)", "varchar"],
    ),
    ("char", ["character(255)", "char(255)", "varchar"]),
    (
        "rememberToken",
        ["character varying(100)", "varchar(100)", "varchar"],
    ),
    ("tinyText", ["character varying(255)", "tinytext", "text"]),
    ("text", ["text", "text", "text"]),
    ("mediumText", ["text", "mediumtext", "text"]),
    ("longText", ["text", "longtext", "text"]),
    ("ipAddress", ["inet", "varchar(45)", "varchar"]),
    ("macAddress", ["macaddr", "varchar(17)", "varchar"]),
    ("boolean", ["boolean", "tinyint(1)", "tinyint(1)"]),
    ("decimal", ["numeric", "decimal", "numeric"]),
    ("unsignedDecimal", ["numeric", "decimal", "numeric"]),
    ("double", ["double precision", "double", "double"]),
    ("float", ["double precision", "float", "float"]),
    ("json", ["json", "json", "text"]),
    ("jsonb", ["jsonb", "json", "text"]),
    ("binary", ["bytea", "blob", "blob"]),
    ("date", ["date", "date", "date"]),
    ("dateTime", ["timestamp", "datetime", "datetime"]),
    ("datetime", ["timestamp", "datetime", "datetime"]),
    ("dateTimeTz", ["timestamptz", "datetime", "datetime"]),
    ("timestamp", ["timestamp", "timestamp", "datetime"]),
    ("timestampTz", ["timestamptz", "timestamp", "datetime"]),
    ("time", ["time", "time", "time"]),
    ("timeTz", ["timetz", "time", "time"]),
    ("enum", ["character varying(255)", "enum", "varchar"]),
    ("set", ["text", "set", "text"]),
    ("geometry", ["geometry", "geometry", "geometry"]),
    ("geography", ["geography", "geometry", "geometry"]),
    ("point", ["geometry", "point", "geometry"]),
    ("polygon", ["geometry", "polygon", "geometry"]),
    ("vector", ["vector", "vector", "vector"]),
    ("computed", ["", "", ""]),
];

/// Words for several columns at once: each column's type, ending and whether it may be null.
pub(super) type Several = (&'static str, &'static [(&'static str, &'static str, bool)]);

pub(super) const SEVERAL: [Several; 16] = [
    (
        "timestamps",
        &[
            ("timestamp", "created_at", true),
            ("timestamp", "updated_at", true),
        ],
    ),
    (
        "nullableTimestamps",
        &[
            ("timestamp", "created_at", true),
            ("timestamp", "updated_at", true),
        ],
    ),
    (
        "timestampsTz",
        &[
            ("timestampTz", "created_at", true),
            ("timestampTz", "updated_at", true),
        ],
    ),
    (
        "datetimes",
        &[
            ("dateTime", "created_at", true),
            ("dateTime", "updated_at", true),
        ],
    ),
    ("softDeletes", &[("timestamp", "deleted_at", true)]),
    ("softDeletesTz", &[("timestampTz", "deleted_at", true)]),
    ("softDeletesDatetime", &[("dateTime", "deleted_at", true)]),
    (
        "rememberToken",
        &[("rememberToken", "remember_token", true)],
    ),
    (
        "morphs",
        &[
            ("string", "_type", false),
            ("unsignedBigInteger", "_id", false),
        ],
    ),
    (
        "numericMorphs",
        &[
            ("string", "_type", false),
            ("unsignedBigInteger", "_id", false),
        ],
    ),
    (
        "nullableMorphs",
        &[
            ("string", "_type", true),
            ("unsignedBigInteger", "_id", true),
        ],
    ),
    (
        "nullableNumericMorphs",
        &[
            ("string", "_type", true),
            ("unsignedBigInteger", "_id", true),
        ],
    ),
    (
        "uuidMorphs",
        &[("string", "_type", false), ("uuid", "_id", false)],
    ),
    (
        "nullableUuidMorphs",
        &[("string", "_type", true), ("uuid", "_id", true)],
    ),
    (
        "ulidMorphs",
        &[("string", "_type", false), ("ulid", "_id", false)],
    ),
    (
        "nullableUlidMorphs",
        &[("string", "_type", true), ("ulid", "_id", true)],
    ),
];
