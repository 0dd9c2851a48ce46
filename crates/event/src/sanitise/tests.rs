//! The sanitiser: where it stops, where it points, and how much it works.

use super::*;
use crate::Code;
use crate::sanitise::fault::PATH_BYTES_MAX;

fn fault(text: &str, limits: &Limits) -> Fault {
    sanitise(text.as_bytes(), limits).expect_err(text)
}

#[test]
fn each_limit_holds_at_its_edge() {
    let limits = Limits {
        event_bytes_max: 60,
        depth_max: 3,
        keys_max: 3,
        key_bytes_max: 4,
        string_bytes_max: 6,
        number_bytes_max: 5,
        ..Limits::DEFAULT
    };
    for (within, beyond, code) in [
        ("[[[]]]", "[[[[]]]]", Code::TooDeep),
        (r#"{"a":{"b":{}}}"#, r#"{"a":{"b":[{}]}}"#, Code::TooDeep),
        (
            r#"[{"a":1,"b":2},{"c":3}]"#,
            r#"[{"a":1,"b":2},{"c":3,"d":4}]"#,
            Code::TooManyKeys,
        ),
        (r#"{"aaé":1}"#, r#"{"aaaé":1}"#, Code::KeyTooLong),
        (r#"{"\n\n\n\n":1}"#, r#"{"\n\n\n\n\n":1}"#, Code::KeyTooLong),
        (r#""größ""#, r#""größe""#, Code::StringTooLong),
        (
            r#""\ud83d\ude00aa""#,
            r#""\ud83d\ude00aaa""#,
            Code::StringTooLong,
        ),
        ("12345", "123456", Code::NumberTooLong),
        ("1e4", "1e5", Code::NumberTooLong),
        ("[0.123]", "[0.1234]", Code::NumberTooLong),
    ] {
        assert!(sanitise(within.as_bytes(), &limits).is_ok(), "{within}");
        assert_eq!(fault(beyond, &limits).code, code, "{beyond}");
    }
    let sixty = format!("[{}]", "1,".repeat(28) + "22");
    assert_eq!(sixty.len(), 60);
    assert!(sanitise(sixty.as_bytes(), &limits).is_ok());
    assert_eq!(fault(&(sixty + " "), &limits).code, Code::EventTooLarge);
    // What grows when it is written out counts as written out.
    let grows = format!("[{}]", "1e4,".repeat(12) + "1");
    assert!(grows.len() < 60);
    assert_eq!(fault(&grows, &limits).code, Code::EventTooLarge);
}

#[test]
fn a_fault_points_at_the_byte_and_the_value() {
    let check = |text: &str, position: usize, path: &str, message: &str| {
        let found = fault(text, &Limits::DEFAULT);
        assert_eq!(
            (found.position, found.path.as_str()),
            (position, path),
            "{text}"
        );
        assert_eq!(found.message, message, "{text}");
    };
    check("", 0, "", "found the end of the text, expected a value");
    check(
        r#"{"a":[1,{"b":tru}]}"#,
        13,
        "/a/1/b",
        "found `t`, expected a value",
    );
    check(r#"{"a":1,"b":}"#, 11, "/b", "found `}`, expected a value");
    check(r#"{"a":1,b:2}"#, 7, "", "found `b`, expected a key in `\"`");
    check(r#"{"a":1 "b":2}"#, 7, "", "found `\"`, expected `,` or `}`");
    check("[1 2]", 3, "/0", "found `2`, expected `,` or `]`");
    check(
        r#"[[],{"x":[0,1.]}]"#,
        14,
        "/1/x/1",
        "found `]`, expected a digit",
    );
    check(
        r#"{"a/b~\n":é}"#,
        10,
        "/a~1b~0\n",
        "found `é`, expected a value",
    );
    check("1 é", 2, "", "found `é`, expected the end of the text");
    check("1\0", 1, "", "found `\\0`, expected the end of the text");
    check(
        r#"{"a":{"b":1},"c":x}"#,
        17,
        "/c",
        "found `x`, expected a value",
    );
    let deep = format!("{{\"{}\":[{{\"k\":?", "é".repeat(120));
    let path = fault(&deep, &Limits::DEFAULT).path;
    assert!(
        path.len() <= PATH_BYTES_MAX && path.ends_with('é'),
        "{path}"
    );
}

#[test]
fn bytes_that_are_not_utf8_are_told_with_their_position() {
    let found = sanitise(b"{\"a\":\"J\xf6rg\"}", &Limits::DEFAULT).expect_err("Latin-1");
    assert_eq!((found.code, found.position), (Code::InvalidUtf8, 7));
    assert_eq!(
        found.to_string(),
        "found byte `0xf6`, expected UTF-8 at byte 7"
    );
}

#[test]
fn members_are_in_the_order_of_jsonb() {
    let check = |text: &str, expected: &str, changed: bool| {
        let found = sanitise(text.as_bytes(), &Limits::DEFAULT).expect(text);
        assert_eq!(
            (found.json.as_str(), found.changed),
            (expected, changed),
            "{text}"
        );
    };
    check(r#"{"bb":1,"c":2,"a":3}"#, r#"{"a":3,"c":2,"bb":1}"#, false);
    check(r#"{"é":1,"zz":2,"z":3}"#, r#"{"z":3,"zz":2,"é":1}"#, false);
    // In the order of the characters, not of their escapes.
    check(r#"{"A":1,"\n":2}"#, r#"{"\n":2,"A":1}"#, false);
    // As long as they are in memory, not on the page.
    check(
        r#"{"\"":1,"aa":2,"\n\n":3}"#,
        r#"{"\"":1,"\n\n":3,"aa":2}"#,
        false,
    );
    check(
        r#"{"z":{"b":1,"a":2},"a":[{"d":1,"c":2}]}"#,
        r#"{"a":[{"c":2,"d":1}],"z":{"a":2,"b":1}}"#,
        false,
    );
    check(
        r#"{"a":1,"b":2,"a":{"c":3}}"#,
        r#"{"a":{"c":3},"b":2}"#,
        true,
    );
    check(r#"{"a":1,"\u0061":2,"a":3}"#, r#"{"a":3}"#, true);
    check(
        r#"{"\u0000":1,"\ud800":2,"":3}"#,
        "{\"\":3,\"\u{fffd}\":2}",
        true,
    );
}

/// A megabyte of each shape that makes some JSON reader slow.
fn bombs() -> Vec<(&'static str, String)> {
    const BYTES: usize = 1 << 20;
    let numbered = |format: fn(usize) -> String| {
        let mut out = String::new();
        for at in 0.. {
            if out.len() >= BYTES {
                break;
            }
            out.push_str(&format(at));
        }
        out.pop();
        out
    };
    // Every object out of order, so that each level is sorted, and copied, anew.
    let levels = 31;
    let open = "{\"z\":".repeat(levels);
    let close = ",\"a\":1}".repeat(levels);
    vec![
        (
            "falling keys",
            format!(
                "{{{}}}",
                numbered(|at| format!("\"{:07}\":1,", 9_999_999 - at))
            ),
        ),
        (
            "one key",
            format!("{{{}}}", numbered(|_| "\"a\":1,".to_owned())),
        ),
        (
            "escaped keys",
            format!(
                "{{{}}}",
                numbered(|at| format!("\"\\n{:07}\":1,", 9_999_999 - at))
            ),
        ),
        (
            "unsorted levels",
            format!("{open}\"{}\"{close}", "x".repeat(BYTES)),
        ),
        ("escapes", format!("\"{}\"", "\\u0000".repeat(BYTES / 6))),
        ("surrogates", format!("\"{}\"", "\\ud800".repeat(BYTES / 6))),
        ("backslashes", format!("\"{}\"", "\\\\".repeat(BYTES / 2))),
        (
            "exponents",
            format!("[{}]", numbered(|_| "1e308,".to_owned())),
        ),
        (
            "empty arrays",
            format!("[{}]", numbered(|_| "[],".to_owned())),
        ),
        (
            "objects",
            format!("[{}]", numbered(|_| "{\"b\":0,\"a\":0},".to_owned())),
        ),
        ("white space", format!("[1{}]", " ".repeat(BYTES))),
        ("digits", "1".repeat(BYTES)),
    ]
}

#[test]
fn work_is_linear_in_the_input() {
    let limits = Limits {
        depth_max: 32,
        ..Limits::NONE
    };
    let mut hardest = 0;
    for (name, bomb) in bombs() {
        let (found, steps) = Reader::read(&bomb, &limits).expect(name);
        // Each level copies at most what it has read, twice; comparing keys costs a logarithm.
        let most = bomb.len() * (1 + 2 * limits.depth_max + 20);
        assert!(
            steps >= bomb.len() && steps <= most,
            "{name}: {steps} for {}",
            bomb.len()
        );
        let once_more = sanitise(found.json.as_str().as_bytes(), &limits).expect(name);
        assert_eq!(
            (once_more.json, once_more.changed),
            (found.json, false),
            "{name}"
        );
        hardest = hardest.max(steps / bomb.len());
    }
    assert!(hardest > 60, "the bound is not idle: {hardest}");
}

#[test]
fn bombs_are_refused_by_the_default_limits_or_stay_small() {
    for (name, bomb) in bombs() {
        assert_eq!(
            fault(&bomb, &Limits::DEFAULT).code,
            Code::EventTooLarge,
            "{name}"
        );
    }
    let deep = "[".repeat(60_000);
    let found = fault(&deep, &Limits::DEFAULT);
    assert_eq!((found.code, found.position), (Code::TooDeep, 32));
    let many = format!("[{}1]", "1e308,".repeat(10_000));
    assert_eq!(fault(&many, &Limits::DEFAULT).code, Code::EventTooLarge);
}

#[test]
fn depth_without_a_limit_needs_no_stack() {
    let deep = format!("{}{}", "[".repeat(500_000), "]".repeat(500_000));
    let found = Json::from_stored(&deep).expect("valid JSON");
    assert_eq!(found.as_str(), deep);
}
