//! The versions of the schema: numbered, applied once each, in order, never changed, never undone.

use sha2::{Digest as _, Sha256};

use crate::{Digest, Error};

/// One step, in both dialects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Migration {
    pub(crate) version: u32,
    pub(crate) name: &'static str,
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// Every step, in order. A step that was released is never changed: a test holds its digest.
pub(crate) const ALL: &[Migration] = &[
    Migration {
        version: 1,
        name: "projects_and_events",
        sqlite: include_str!("../migrations/sqlite/0001_projects_and_events.sql"),
        postgres: include_str!("../migrations/postgres/0001_projects_and_events.sql"),
    },
    Migration {
        version: 2,
        name: "project_usage",
        sqlite: include_str!("../migrations/sqlite/0002_project_usage.sql"),
        postgres: include_str!("../migrations/postgres/0002_project_usage.sql"),
    },
];

/// Which of the two texts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// A step that the database says it has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Applied {
    pub(crate) version: u32,
    pub(crate) digest: Digest,
}

impl Migration {
    pub(crate) const fn text(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }

    pub(crate) fn digest(&self, dialect: Dialect) -> Digest {
        Sha256::digest(self.text(dialect).as_bytes()).into()
    }
}

/// The steps that are still to be taken, given those that were, in order.
///
/// # Errors
///
/// [`Error::SchemaTooNew`] if the database has a step that is not known; [`Error::Refused`] if it
/// lacks one in between, or had another text under the same number.
pub(crate) fn pending<'a>(
    known: &'a [Migration],
    dialect: Dialect,
    applied: &[Applied],
) -> Result<&'a [Migration], Error> {
    let newest = known.last().map_or(0, |migration| migration.version);
    if let Some(found) = applied
        .iter()
        .map(|row| row.version)
        .max()
        .filter(|v| *v > newest)
    {
        return Err(Error::SchemaTooNew {
            found,
            known: newest,
        });
    }
    for (row, migration) in applied.iter().zip(known) {
        if row.version != migration.version || row.digest != migration.digest(dialect) {
            return Err(Error::Refused {
                why: format!(
                    "migration `{}` is not the one that was applied",
                    row.version
                ),
                hint: "the database was made by another program, or by a development version: \
                       restore a backup, or begin with an empty database"
                    .to_owned(),
            });
        }
    }
    Ok(&known[applied.len().min(known.len())..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Migration = ALL[0];
    const SECOND: Migration = Migration {
        version: 2,
        name: "second",
        sqlite: "b",
        postgres: "c",
    };

    fn applied(migration: &Migration) -> Applied {
        Applied {
            version: migration.version,
            digest: migration.digest(Dialect::Sqlite),
        }
    }

    fn hex(digest: Digest) -> String {
        use std::fmt::Write as _;
        digest.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    }

    /// Whoever changes a released migration has databases in the field that did not get the change.
    #[test]
    fn released_migrations_do_not_change() {
        let digests: Vec<_> = ALL
            .iter()
            .map(|m| {
                (
                    m.version,
                    hex(m.digest(Dialect::Sqlite)),
                    hex(m.digest(Dialect::Postgres)),
                )
            })
            .collect();
        let expected: Vec<(u32, String, String)> = RELEASED
            .iter()
            .map(|(version, sqlite, postgres)| {
                (*version, (*sqlite).to_owned(), (*postgres).to_owned())
            })
            .collect();
        assert_eq!(digests, expected);
    }

    const RELEASED: &[(u32, &str, &str)] = &[
        (
            1,
            "7b8057c5e30cdd2d2b2c23ffde4a61b697867d72ac683e28faa072f34cdd05fb",
            "795b8ff12bd3b1bb7ea49e0af947c9b046b1008f6d51ccd184ea3e00ebbd4160",
        ),
        (
            2,
            "625ae5d8dce56a5b71832e6a91397aec7079eaca70431594c7ea5b3b3a557fdc",
            "42d38a65f9d960d7408f4892a716d671069b5cc6708187acfce0eaba968ebd17",
        ),
    ];

    #[test]
    fn numbers_have_no_gaps_and_both_trees_have_the_same_files() {
        for (index, migration) in ALL.iter().enumerate() {
            assert_eq!(migration.version as usize, index + 1);
        }
        let files = |tree: &str| {
            let folder = format!("{}/migrations/{tree}", env!("CARGO_MANIFEST_DIR"));
            let mut names: Vec<_> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        let expected: Vec<_> = ALL
            .iter()
            .map(|m| format!("{:04}_{}.sql", m.version, m.name))
            .collect();
        assert_eq!(files("sqlite"), expected);
        assert_eq!(files("postgres"), expected);
    }

    #[test]
    fn only_what_is_missing_is_pending() {
        let known = [FIRST, SECOND];
        let check = |rows: &[Applied]| {
            let steps = pending(&known, Dialect::Sqlite, rows).unwrap();
            steps.iter().map(|m| m.version).collect::<Vec<_>>()
        };
        assert_eq!(check(&[]), [1, 2]);
        assert_eq!(check(&[applied(&FIRST)]), [2]);
        assert_eq!(check(&[applied(&FIRST), applied(&SECOND)]), [] as [u32; 0]);
    }

    #[test]
    fn a_newer_or_another_schema_is_refused() {
        let newer = [applied(&FIRST), applied(&SECOND)];
        let error = pending(&[FIRST], Dialect::Sqlite, &newer).unwrap_err();
        assert!(
            matches!(error, Error::SchemaTooNew { found: 2, known: 1 }),
            "{error}"
        );
        let known = [FIRST, SECOND];
        for rows in [
            vec![Applied {
                version: 1,
                digest: [0; 32],
            }],
            vec![applied(&SECOND)],
        ] {
            let error = pending(&known, Dialect::Sqlite, &rows).unwrap_err();
            assert!(matches!(error, Error::Refused { .. }), "{error}");
        }
    }
}
