//! Places in the code, by file and line.

use serde_json::Value;

use super::Shop;

fn places(told: &Value) -> Vec<(String, String, u64)> {
    let list = told["application"].as_array().expect("a list");
    let place = |it: &Value| {
        let text = |name: &str| it[name].as_str().expect("a text").to_owned();
        (
            text("kind"),
            text("path"),
            it["line"].as_u64().expect("a line"),
        )
    };
    list.iter().map(place).collect()
}

#[test]
fn the_example_has_one_of_several_kinds() {
    let told = Shop::new().json(&["--dry-run"]);
    let found = places(&told);
    let expected = [
        ("insert-without-key", 12),
        ("select-star", 9),
        ("pagination", 9),
        ("parses-number", 6),
        ("number-type", 3),
        ("number-type", 11),
    ];
    let path = "src/orders.ts".to_owned();
    let expected = expected.map(|(kind, line)| (kind.to_owned(), path.clone(), line));
    assert_eq!(found, expected);
}

#[test]
fn other_peoples_code_tests_and_history_are_passed_by() {
    let shop = Shop::new();
    let code = "const customerId = parseInt(request.params.id);\n";
    let passed = [
        "node_modules/a/index.js",
        "prisma/migrations/1/migration.sql",
        "src/orders.test.ts",
        "README.md",
        "ignored/a.ts",
    ];
    for file in passed {
        shop.write(file, code);
    }
    shop.write(".gitignore", "ignored/\n");
    shop.write(
        "lib/a.py",
        "customer_id = int(request.args['customer_id'])\n",
    );
    shop.write("queries/all.sql", "SELECT *\nFROM customers;\n");
    let told = shop.json(&["--dry-run", "--code", "lib", "--code", "queries"]);
    let found = places(&told);
    let paths: Vec<&str> = found.iter().map(|(_, path, _)| path.as_str()).collect();
    assert_eq!(paths, ["queries/all.sql", "lib/a.py"]);
    let whole = places(&shop.json(&["--dry-run"]));
    let foreign = |path: &str| passed.contains(&path);
    assert!(!whole.iter().any(|(_, path, _)| foreign(path)), "{whole:?}");
    assert_eq!(whole.len(), 8, "{whole:?}");
}

#[test]
fn ids_that_the_code_makes_are_found_by_what_gets_them() {
    let shop = Shop::new();
    let code = "import { v4, v7 } from 'uuid';\nconst orderId = v4();\nconst token = v4();\n\
        const customerId = v7();\n";
    shop.write("make/a.ts", code);
    let found = places(&shop.json(&["--dry-run", "--code", "make"]));
    assert_eq!(found, [("makes-ids".to_owned(), "make/a.ts".to_owned(), 2)]);
}

#[test]
fn people_see_ten_places_of_a_kind() {
    let shop = Shop::new();
    shop.write(
        "many/a.ts",
        &"const f = (orderId: number) => orderId;\n".repeat(30),
    );
    let shown = shop.run(&["--dry-run", "--code", "many"]).out;
    assert!(
        shown.contains("30 places in the code to look at"),
        "{shown}"
    );
    assert_eq!(shown.matches("  many/a.ts:").count(), 10);
    assert!(shown.contains("and 20 more; `--json` lists all"));
}
