//! Finds the namespaces to read, and names things as the picture does.

use tokio_postgres::Transaction;

use super::{Error, Options, Reader, failed};
use crate::{Name, ProblemKind};

/// Names in this namespace go without it, as in the pictures of other readers.
const DEFAULT_SCHEMA: &str = "public";

/// A name of the catalog in the picture.
pub(super) fn name(schema: String, name: String) -> Name {
    Name::within(Some(schema).filter(|it| it != DEFAULT_SCHEMA), name)
}

/// A name as SQL reads it back.
pub(super) fn quoted(name: &Name) -> String {
    let schema = name.schema.as_deref().unwrap_or(DEFAULT_SCHEMA);
    format!("{}.{}", identifier(schema), identifier(&name.name))
}

/// An identifier as SQL reads it back.
pub(super) fn identifier(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The namespaces that were asked for.
pub(super) async fn read(
    transaction: &Transaction<'_>,
    reader: &mut Reader,
    options: &Options,
) -> Result<(), Error> {
    let doing = "the namespaces";
    let rows = transaction.query(NAMESPACES, &[&options.schemas]).await;
    let mut found = Vec::new();
    for row in rows.map_err(failed(doing))? {
        reader
            .namespaces
            .push(row.try_get(0).map_err(failed(doing))?);
        found.push(row.try_get::<_, String>(1).map_err(failed(doing))?);
    }
    for missing in options.schemas.iter().filter(|name| !found.contains(name)) {
        let message = format!("find the namespace `{missing}`");
        reader.note(ProblemKind::Unresolved, message);
    }
    Ok(())
}

const NAMESPACES: &str = "-- live.namespaces
    SELECT oid, nspname::text
    FROM pg_namespace
    WHERE CASE
        WHEN cardinality($1::text[]) > 0 THEN nspname = ANY ($1)
        -- Nobody but the system may make a name that begins with `pg_`.
        ELSE nspname <> 'information_schema' AND NOT starts_with(nspname::text, 'pg_')
    END
    ORDER BY oid";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_as_they_are() {
        for (schema, text, expected) in [
            ("public", "Order", r#""public"."Order""#),
            ("a\"b", "c.d", r#""a""b"."c.d""#),
        ] {
            assert_eq!(quoted(&name(schema.to_owned(), text.to_owned())), expected);
        }
        assert_eq!(name("public".to_owned(), "a".to_owned()), Name::new("a"));
    }
}
