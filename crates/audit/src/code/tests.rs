//! What is found in whole files, and how long files that nobody would write take.

use schema::Source;

use super::{Language, Made, Namespace, scan};

fn found(language: Language, text: &str) -> Vec<(Made, String)> {
    let source = Source::new("a", text).unwrap();
    let calls = scan(language, &source);
    calls
        .into_iter()
        .map(|call| (call.kind, call.near.unwrap_or_default()))
        .collect()
}

#[track_caller]
fn check(language: Language, text: &str, expected: &[(Made, &str)]) {
    let found = found(language, text);
    let found: Vec<(Made, &str)> = found
        .iter()
        .map(|(made, near)| (*made, near.as_str()))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn names_are_followed_through_imports() {
    use Language::{Go, JavaScript, Python, TypeScript};
    let v4 = |near| [(Made::UuidV4, near)];
    check(
        TypeScript,
        "import { v4 as make } from 'uuid'; const id = make();",
        &v4("id"),
    );
    check(
        TypeScript,
        "import { v4 } from 'uuid'; const id = v4();",
        &v4("id"),
    );
    check(
        TypeScript,
        "import * as u from 'uuid'; const id = u.v4();",
        &v4("id"),
    );
    check(
        JavaScript,
        "const uuid = require('uuid/v4'); const id = uuid();",
        &v4("id"),
    );
    check(Python, "from uuid import uuid4\nid = uuid4()", &v4("id"));
    check(
        Go,
        "import \"github.com/google/uuid\"\nfunc f() { id := uuid.New() }",
        &v4("id"),
    );
    // The same names without the import.
    check(TypeScript, "const id = v4(); const uid = make()", &[]);
    check(Go, "func f() { id := uuid.New() }", &[]);
    check(
        TypeScript,
        "import { uuid } from './mine'; const id = uuid()",
        &[],
    );
}

#[test]
fn comments_strings_and_own_functions_are_no_calls() {
    use Language::{JavaScript, Python, Rust};
    check(
        JavaScript,
        "// id = uuidv4()\n/* id = uuidv4() */ const s = 'id = uuidv4()'",
        &[],
    );
    check(
        Python,
        "\"\"\"id = uuid.uuid4()\"\"\"\n# id = uuid.uuid4()",
        &[],
    );
    check(
        Rust,
        "/// let id = Uuid::new_v4();\n//! Uuid::new_v4()",
        &[],
    );
    check(
        JavaScript,
        "function uuidv4() { return 1 } const id = uuidv4()",
        &[],
    );
    check(
        JavaScript,
        "import { uuidv4 } from 'x'; type A = typeof uuidv4",
        &[],
    );
}

#[test]
fn what_is_made_for_other_purposes_needs_a_name() {
    use Language::{Java, JavaScript, Php, Python};
    check(
        JavaScript,
        "const x = Math.random(); const t = Date.now()",
        &[],
    );
    check(
        JavaScript,
        "const requestId = Math.random().toString(36)",
        &[],
    );
    check(
        JavaScript,
        "const id = Math.random().toString(36).slice(2)",
        &[(Made::WeakRandom, "id")],
    );
    check(
        JavaScript,
        "add({ id: Date.now(), at: Date.now() })",
        &[(Made::Clock, "id")],
    );
    check(
        JavaScript,
        "const id = new Date().getTime()",
        &[(Made::Clock, "id")],
    );
    check(
        JavaScript,
        "const id = Date.now() + Math.random()",
        &[(Made::WeakRandom, "id")],
    );
    check(
        JavaScript,
        "const id = `${Date.now()}-${uuidv4()}`",
        &[(Made::UuidV4, "id")],
    );
    check(
        Java,
        "long id = System.currentTimeMillis();",
        &[(Made::Clock, "id")],
    );
    check(Php, "<?php $this->id = uniqid();", &[(Made::Clock, "id")]);
    check(
        Python,
        "import random\nuser_id = random.randint(1, 9)",
        &[(Made::WeakRandom, "user_id")],
    );
    check(
        JavaScript,
        "return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, c => Math.random() * 16)",
        &[(Made::WeakRandom, "uuid")],
    );
}

#[test]
fn the_last_number_plus_one_is_found() {
    use Language::{Go, JavaScript, Python, Ruby};
    let sql = |near| [(Made::MaxPlusOne, near)];
    let last = |near| [(Made::LastPlusOne, near)];
    check(JavaScript, "q(`SELECT MAX(id) + 1 FROM ${t}`)", &sql("id"));
    check(
        Go,
        "q(\"SELECT COALESCE(MAX(id), 0) + 1 FROM t\")",
        &sql("id"),
    );
    check(
        Ruby,
        "q(<<~SQL)\n  SELECT max(order_id)+1\nSQL\n",
        &sql("order_id"),
    );
    check(Ruby, "id = User.maximum(:id) + 1", &sql("id"));
    check(JavaScript, "const id = (r._max.id ?? 0) + 1;", &sql("id"));
    check(JavaScript, "add({ id: last.id + 1 })", &last("id"));
    check(
        JavaScript,
        "const newId = Math.max(...ids) + 1",
        &last("newId"),
    );
    check(JavaScript, "add({ id: todos.length + 1, x })", &last("id"));
    check(Python, "new_id = len(users) + 1", &last("new_id"));
    check(
        JavaScript,
        "const page = last.id + 1; const id = index + 1; this.nextId = this.nextId + 1",
        &[],
    );
    check(JavaScript, "// SELECT MAX(id) + 1\nx = 1", &[]);
}

#[test]
fn namespaces_come_with_the_call() {
    let text = "import uuid\nid = uuid.uuid5(uuid.NAMESPACE_DNS, email)";
    check(
        Language::Python,
        text,
        &[(Made::UuidV5(Namespace::Dns), "id")],
    );
}

#[test]
fn a_call_knows_its_place_and_its_text() {
    let source = Source::new("src/a.ts", "// é\nconst id = crypto.randomUUID();").unwrap();
    let call = scan(Language::TypeScript, &source).remove(0);
    assert_eq!(call.text, "crypto.randomUUID()");
    assert_eq!(
        source.text().get(call.place.span.clone()),
        Some("crypto.randomUUID()")
    );
    assert_eq!((call.place.line, call.place.column), (2, 12));
}

/// Enough that a step for each pair of repeats would be noticed.
const REPEATS: usize = 3_000;

/// What is worst for each part: brackets that never close, strings that never end, names that are
/// walked to from everywhere.
#[test]
fn nothing_makes_the_scanner_panic_or_hang() {
    let all = [
        Language::TypeScript,
        Language::Python,
        Language::Go,
        Language::Rust,
        Language::Java,
        Language::Kotlin,
        Language::CSharp,
        Language::Ruby,
        Language::Php,
    ];
    let pieces = [
        "uuidv4(",
        "(",
        "`${",
        "/[",
        "'",
        "\"\"\"",
        "<<A\n",
        "r#\"",
        "id=a?b:",
        "f\"{",
        "/*",
        "a.b(",
        "default:",
        "Math.random()+1,",
        "import{",
        "max(id)+1 max(",
        "{}[]()\u{e9}",
        "1+1+",
        "from uuid import ",
        "const a=uuid5(a,",
        "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'",
        "x=[",
        "\\",
        "@\"",
        "=begin\n",
    ];
    for language in all {
        for piece in pieces {
            let text = format!("<?php {}", piece.repeat(REPEATS));
            let source = Source::new("a", text).unwrap();
            assert!(scan(language, &source).len() <= super::CALLS_MAX);
        }
    }
}
