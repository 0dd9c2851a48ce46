//! Tells from a name whether what it holds is the identifier of something that is kept.

/// Last words of names of identifiers.
const KEYS: &[&str] = &[
    "id",
    "ids",
    "uuid",
    "uuids",
    "guid",
    "guids",
    "pk",
    "uid",
    "ulid",
    "oid",
    "identifier",
    "userid",
    "orderid",
    "itemid",
    "newid",
    "nextid",
    "uuid4",
    "uuidv4",
];

/// Words of names whose identifiers live as long as a request, a page or a process, or are secrets:
/// for these, random is right and no key is at stake.
const PASSING: &[&str] = &[
    "request",
    "req",
    "trace",
    "tracing",
    "correlation",
    "span",
    "session",
    "token",
    "nonce",
    "csrf",
    "state",
    "secret",
    "otp",
    "tmp",
    "temp",
    "temporary",
    "optimistic",
    "local",
    "client",
    "socket",
    "connection",
    "conn",
    "peer",
    "browser",
    "device",
    "visitor",
    "anonymous",
    "toast",
    "modal",
    "dialog",
    "tab",
    "window",
    "widget",
    "element",
    "dom",
    "html",
    "svg",
    "input",
    "label",
    "aria",
    "component",
    "instance",
    "worker",
    "process",
    "thread",
    "timeout",
    "interval",
    "timer",
    "frame",
    "animation",
    "lock",
    "lease",
    "idempotency",
    "idempotent",
    "cache",
    "boundary",
    "mock",
    "fake",
    "test",
    "dummy",
    "stub",
    "example",
    "sample",
    "random",
    "react",
    "call",
    "invocation",
    "transaction",
    "tx",
    "txn",
    "consumer",
    "producer",
    "subscriber",
    "listener",
    "handler",
    "observer",
    "gradient",
    "clip",
    "mask",
    "chart",
    "canvas",
    "layer",
    "cursor",
    "snackbar",
    "popup",
];

/// Names of arguments that say how a value is made and not what it is for: the name around them
/// counts.
const TRANSPARENT: &[&str] = &[
    "default",
    "defaultvalue",
    "defaultfn",
    "default_factory",
    "defaultfactory",
    "$defaultfn",
    "$default",
    "defaultto",
    "value",
    "factory",
    "lambda",
    "oncreate",
    "insert_default",
    "server_default",
    "generate",
    "generator",
    "get",
];

/// Functions whose result is what they are given, as far as identifiers go.
const PASSES_ON: &[&str] = &[
    "string",
    "str",
    "tostring",
    "to_string",
    "to_s",
    "number",
    "int",
    "parseint",
    "bigint",
    "long",
    "some",
    "ok",
    "box",
    "must",
    "floor",
    "round",
    "ceil",
    "trunc",
    "abs",
    "format",
    "sprintf",
    "sprint",
    "concat",
    "join",
    "unwrap_or_else",
    "unwrap_or",
    "get_or_insert_with",
    "orelseget",
    "column",
    "mapped_column",
    "field",
    "uuidfield",
    "charfield",
    "attribute",
    "$defaultfn",
    "default",
    "defaultto",
    "of",
    "ptr",
    "pointer",
    "hash",
    "crc32",
    "md5",
    "lazy",
];

/// Verbs of functions that take an identifier to look something up.
const ASKS: &[&str] = &[
    "find", "get", "fetch", "load", "delete", "remove", "by", "has", "is", "check", "lookup",
    "select", "where", "query",
];

/// Whether a name is that of an identifier that is kept.
pub(super) fn is_key(name: &str) -> bool {
    let words = words(name);
    let last = words.last().map_or("", String::as_str);
    KEYS.contains(&last) && !words.iter().any(|word| PASSING.contains(&word.as_str()))
}

/// Whether the name only says how a value is made.
pub(super) fn is_transparent(name: &str) -> bool {
    TRANSPARENT.contains(&name.to_ascii_lowercase().as_str())
}

/// Whether a function hands on what it is given.
pub(super) fn passes_on(function: &str) -> bool {
    PASSES_ON.contains(&function.to_ascii_lowercase().as_str())
}

/// Whether a function is given the identifier in order to keep it, such as `setId`.
pub(super) fn takes_key(function: &str) -> bool {
    let words = words(function);
    is_key(function) && !words.iter().any(|word| ASKS.contains(&word.as_str()))
}

/// The words of a name, in lower case.
pub(super) fn words(name: &str) -> Vec<String> {
    let end = name.floor_char_boundary(NAME_BYTES_MAX);
    crate::names::words(&name[..end])
}

/// Names are cut here: nothing that people write is longer.
const NAME_BYTES_MAX: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_that_are_kept_are_told_from_those_that_pass() {
        for name in [
            "id",
            "_id",
            "userId",
            "ORDER_ID",
            "uuid",
            "generateId",
            "newUserID",
            "Id",
        ] {
            assert!(is_key(name), "{name}");
        }
        for name in [
            "requestId",
            "traceID",
            "grid",
            "valid",
            "token",
            "session_id",
            "key",
            "tempId",
        ] {
            assert!(!is_key(name), "{name}");
        }
        assert!(takes_key("setId") && !takes_key("findById"));
    }
}
