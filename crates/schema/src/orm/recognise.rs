//! Decides which mapper a file belongs to, by its path and its beginning.

use super::Orm;

/// A mark of a mapper's files.
struct Mark {
    orm: Orm,
    /// How the path ends.
    ending: &'static str,
    /// What the path holds, with `/` between folders.
    folder: &'static str,
    /// Words of which the file's beginning holds at least one; none asked for if empty.
    words: &'static [&'static str],
}

const fn mark(
    orm: Orm,
    ending: &'static str,
    folder: &'static str,
    words: &'static [&'static str],
) -> Mark {
    Mark {
        orm,
        ending,
        folder,
        words,
    }
}

/// The first that fits decides.
const MARKS: &[Mark] = &[
    mark(Orm::Rails, "schema.rb", "", &["ActiveRecord::Schema"]),
    mark(Orm::Rails, "database.yml", "config/", &["adapter:"]),
    mark(Orm::Django, ".py", "migrations/", &["migrations.Migration"]),
    mark(
        Orm::Django,
        ".py",
        "settings",
        &["DATABASES", "DEFAULT_AUTO_FIELD", "AUTH_USER_MODEL"],
    ),
    mark(
        Orm::Drizzle,
        "snapshot.json",
        "",
        &["\"prevId\"", "\"prevIds\""],
    ),
    mark(Orm::EfCore, "ModelSnapshot.cs", "", &["ModelSnapshot"]),
    mark(
        Orm::TypeOrm,
        "s",
        "",
        &[
            "MigrationInterface",
            "queryRunner.query",
            "from 'typeorm'",
            "from \"typeorm\"",
        ],
    ),
    mark(
        Orm::Sequelize,
        "s",
        "migrations/",
        &["queryInterface", "Sequelize"],
    ),
    mark(Orm::Sequelize, "config.json", "config/", &["\"dialect\""]),
    mark(
        Orm::Laravel,
        ".php",
        "migrations/",
        &["Blueprint", "Schema::", "DB::"],
    ),
    mark(
        Orm::Ecto,
        ".exs",
        "migrations/",
        &["Ecto.Migration", ".Migration"],
    ),
    mark(Orm::Ecto, ".exs", "config/", &["migration_primary_key"]),
    mark(Orm::Jpa, ".java", "", JPA),
    mark(Orm::Jpa, ".kt", "", JPA),
    mark(
        Orm::Jpa,
        ".properties",
        "resources/",
        &["spring.datasource", "spring.jpa"],
    ),
];

/// The package of JPA's annotations, under its old and its new name.
const JPA: &[&str] = &["javax.persistence", "jakarta.persistence"];

/// Endings of JavaScript and TypeScript; a mark that ends with `s` asks for one of them.
const SCRIPTS: [&str; 6] = [".js", ".ts", ".cjs", ".mjs", ".cts", ".mts"];

/// The mapper that keeps a file of this path and beginning (some kilobytes are enough), if it is
/// one of those that are read. SQL files are not: they go to [`crate::sql::read`], also where a
/// mapper wrote them.
#[must_use]
pub fn recognise(path: &str, head: &str) -> Option<Orm> {
    let path = path.replace('\\', "/");
    let fits = |mark: &&Mark| {
        path.ends_with(mark.ending)
            && (mark.ending != "s" || SCRIPTS.iter().any(|end| path.ends_with(end)))
            && path.contains(mark.folder)
            && (mark.words.is_empty() || mark.words.iter().any(|word| head.contains(word)))
    };
    MARKS.iter().find(fits).map(|mark| mark.orm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_go_to_their_mappers() {
        let cases = [
            (
                "db/schema.rb",
                "ActiveRecord::Schema[7.1]",
                Some(Orm::Rails),
            ),
            ("db/other.rb", "ActiveRecord::Schema[7.1]", None),
            (
                "app\\migrations\\0001_x.py",
                "class Migration(migrations.Migration)",
                Some(Orm::Django),
            ),
            (
                "drizzle/meta/0001_snapshot.json",
                "{\"prevId\": 1",
                Some(Orm::Drizzle),
            ),
            (
                "m/ShopModelSnapshot.cs",
                "class ShopModelSnapshot : ModelSnapshot",
                Some(Orm::EfCore),
            ),
            (
                "src/user.ts",
                "import { Entity } from 'typeorm'",
                Some(Orm::TypeOrm),
            ),
            (
                "migrations/1.js",
                "up: (queryInterface, Sequelize)",
                Some(Orm::Sequelize),
            ),
            ("migrations/styles.css", "queryInterface", None),
            (
                "database/migrations/1.php",
                "Schema::create('a'",
                Some(Orm::Laravel),
            ),
            (
                "priv/repo/migrations/1.exs",
                "use Ecto.Migration",
                Some(Orm::Ecto),
            ),
            (
                "src/main/java/A.java",
                "import jakarta.persistence.Entity;",
                Some(Orm::Jpa),
            ),
            ("src/main/java/B.java", "import java.util.List;", None),
            ("a.sql", "CREATE TABLE a", None),
        ];
        for (path, head, expected) in cases {
            assert_eq!(recognise(path, head), expected, "{path}");
        }
    }
}
