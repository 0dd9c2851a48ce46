//! Functions whose body is text: bound by name when they run, and with the types of today.

use std::collections::{BTreeSet, HashSet};

use super::Error;
use super::graph::{Object, class};
use super::walk::Walk;

const SITUATION: &str = "text-function";

/// Asks about each function whose text names a column that moves together with its table, or that
/// is a trigger of that table; refuses them if the choice is to be strict.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let sql = "-- census.text_functions
        SELECT function.oid,
            pg_describe_object('pg_proc'::regclass, function.oid, 0),
            function.oid::regprocedure::text, function.prosrc,
            pg_get_function_arguments(function.oid) || ' '
                || COALESCE(pg_get_function_result(function.oid), ''),
            ARRAY(
                SELECT trigger.tgrelid FROM pg_trigger AS trigger
                WHERE trigger.tgfoid = function.oid
            )
        FROM pg_proc AS function
        JOIN pg_namespace AS space ON space.oid = function.pronamespace
        JOIN pg_language AS language ON language.oid = function.prolang
        WHERE language.lanname NOT IN ('internal', 'c')
            AND space.nspname NOT IN ('pg_catalog', 'information_schema', 'idshift')
        ORDER BY 2";
    for row in walk.client.query(sql, &[]).await? {
        let id = Object::new(class::FUNCTION, row.get(0));
        // One that was parsed when it was created is followed elsewhere, and has no text here.
        if walk.graph.of_extension(id) || walk.is_claimed(id) {
            continue;
        }
        let (object, name): (String, String) = (row.get(1), row.get(2));
        let (body, signature): (String, String) = (row.get(3), row.get(4));
        let named = named(walk, &body, &row.get::<_, Vec<u32>>(5));
        if named.is_empty() {
            continue;
        }
        let columns: Vec<String> = named.into_iter().collect();
        let words = words(&signature);
        let typed = ["integer", "bigint", "smallint"]
            .into_iter()
            .find(|of| words.contains(*of));
        let typed = typed.map_or_else(String::new, |of| format!(", and its signature `{of}`"));
        let text = format!("its text names {}{typed}", columns.join(", "));
        if walk.choices.strict {
            let next = "adapt the function to both types, or drop it for the move";
            walk.refuse(SITUATION, object, text, next);
        } else {
            let values = vec![("checked", "it works with both types".to_owned())];
            walk.answer((SITUATION, &name), &object, text, values);
        }
    }
    Ok(())
}

/// The columns that move and that a body names, as `table.column`.
fn named(walk: &Walk<'_>, body: &str, triggers: &[u32]) -> BTreeSet<String> {
    let words = words(body);
    let names = |name: &str| words.contains(name.to_lowercase().as_str());
    walk.swaps
        .iter()
        .filter(|swap| names(&swap.column))
        .filter(|swap| names(&swap.table.name) || triggers.contains(&swap.table_oid))
        .map(|swap| format!("{}.{}", swap.table.plain(), swap.column))
        .collect()
}

/// The words of a text in lower case.
fn words(text: &str) -> HashSet<String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}
