//! A column's name as SQL takes it: quoted where it would be read as something else.

/// The words of PostgreSQL 17 that are not "non-reserved" (its manual, appendix C): as a bare name
/// each is a syntax error or, like `user`, means another thing than the column.
const KEYWORDS: &str = "\
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit \
    boolean both case cast char character check coalesce collate collation column concurrently \
    constraint create cross current_catalog current_date current_role current_schema \
    current_time current_timestamp current_user dec decimal default deferrable desc distinct do \
    else end except exists extract false fetch float for foreign freeze from full grant greatest \
    group grouping having ilike in initially inner inout int integer intersect interval into is \
    isnull join json json_array json_arrayagg json_exists json_object json_objectagg json_query \
    json_scalar json_serialize json_table json_value lateral leading least left like limit \
    localtime localtimestamp merge_action national natural nchar none normalize not notnull null \
    nullif numeric offset on only or order out outer overlaps overlay placing position precision \
    primary real references returning right row select session_user setof similar smallint some \
    substring symmetric system_user table tablesample then time timestamp to trailing treat trim \
    true union unique user using values varchar variadic verbose when where window with \
    xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot \
    xmlserialize xmltable";

/// Reads the name of a column, `id` or `public.events.id`, and quotes the parts that ask for it.
///
/// # Errors
/// When a part of the name is empty.
pub(super) fn column(name: &str) -> Result<String, String> {
    let mut quoted = false;
    let parts = name.split(|letter| {
        // A point between quotes belongs to the name.
        quoted ^= letter == '"';
        letter == '.' && !quoted
    });
    let parts: Option<Vec<String>> = parts.map(part).collect();
    let parts = parts.ok_or_else(|| {
        "a part of the name is empty\n  hint: `id`, `events.id` or `\"Events\".id`".to_owned()
    })?;
    Ok(parts.join("."))
}

/// Plain and quoted parts as they are, others quoted; `None` for one without a letter.
fn part(part: &str) -> Option<String> {
    if part.is_empty() || part == "\"\"" {
        return None;
    }
    let letter = |byte: &u8| byte.is_ascii_lowercase() || *byte == b'_';
    let plain = part.as_bytes().first().is_some_and(letter)
        && part
            .bytes()
            .all(|byte| letter(&byte) || byte.is_ascii_digit())
        && !KEYWORDS.split(' ').any(|word| word == part);
    let inner = part
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let quoted = inner.is_some_and(|inner| !inner.replace("\"\"", "").contains('"'));
    Some(if plain || quoted {
        part.to_owned()
    } else {
        format!("\"{}\"", part.replace('"', "\"\""))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_quoted_where_it_has_to_be() {
        let check = |name: &str, expected: &str| assert_eq!(column(name).as_deref(), Ok(expected));
        check("id", "id");
        check("events.event_id2", "events.event_id2");
        check("eventId", "\"eventId\"");
        check("public.Events.id", "public.\"Events\".id");
        check("\"Events\".id", "\"Events\".id");
        check("\"a.b\".id", "\"a.b\".id");
        check("\"a\"\"b\"", "\"a\"\"b\"");
        check("2id", "\"2id\"");
        check("id = id OR id", "\"id = id OR id\"");
        check("id\" OR \"1", "\"id\"\" OR \"\"1\"");
        check("\"", "\"\"\"\"");
    }

    #[test]
    fn words_that_mean_something_in_sql_are_quoted() {
        for word in [
            "user",
            "order",
            "true",
            "null",
            "table",
            "current_user",
            "left",
            "values",
        ] {
            assert_eq!(column(word), Ok(format!("\"{word}\"")));
        }
        assert_eq!(column("orders.user").as_deref(), Ok("orders.\"user\""));
        assert_eq!(column("user_id").as_deref(), Ok("user_id"));
        // No gap where the list is broken into lines.
        assert!(KEYWORDS.split(' ').all(|word| !word.is_empty()));
    }

    #[test]
    fn an_empty_part_is_refused() {
        for name in ["", ".", "a.", ".a", "a..b", "\"\"", "a.\"\""] {
            assert!(column(name).is_err(), "{name}");
        }
    }
}
