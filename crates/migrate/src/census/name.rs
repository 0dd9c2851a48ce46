//! Names of the database as they are written into statements: qualified and always quoted.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::name::quoted;

/// A relation by schema and name, as the catalog spells them. Prints quoted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Name {
    /// The schema, unquoted.
    pub schema: String,
    /// The name within it, unquoted.
    pub name: String,
}

impl Name {
    /// A name of two parts, both as the catalog spells them.
    #[must_use]
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            schema: schema.into(),
            name: name.into(),
        }
    }

    /// Both parts as the catalog spells them, with a dot between: for people, not for SQL.
    #[must_use]
    pub fn plain(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", quoted(&self.schema), quoted(&self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_printed_quoted() {
        let name = Name::new("My \"Schema\"", "events");
        assert_eq!(name.to_string(), r#""My ""Schema"""."events""#);
    }
}
