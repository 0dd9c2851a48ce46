//! Knows the tables that tools keep for themselves, which no owner of a schema can change.

use schema::Name;

/// Tables that one tool keeps under one name, lower case.
const TABLES: &[(&str, &str)] = &[
    ("_prisma_migrations", "Prisma Migrate"),
    ("schema_migrations", "a migration tool"),
    ("ar_internal_metadata", "Active Record"),
    ("django_migrations", "Django"),
    ("django_content_type", "Django"),
    ("django_admin_log", "Django"),
    ("django_site", "Django"),
    ("auth_permission", "Django"),
    ("auth_group_permissions", "Django"),
    ("auth_user_user_permissions", "Django"),
    ("__efmigrationshistory", "Entity Framework"),
    ("flyway_schema_history", "Flyway"),
    ("schema_version", "a migration tool"),
    ("databasechangelog", "Liquibase"),
    ("databasechangeloglock", "Liquibase"),
    ("alembic_version", "Alembic"),
    ("knex_migrations", "Knex"),
    ("knex_migrations_lock", "Knex"),
    ("sequelizemeta", "Sequelize"),
    ("__drizzle_migrations", "Drizzle"),
    ("drizzle_migrations", "Drizzle"),
    ("typeorm_metadata", "TypeORM"),
    ("mikro_orm_migrations", "MikroORM"),
    ("goose_db_version", "goose"),
    ("gorp_migrations", "sql-migrate"),
    ("phinxlog", "Phinx"),
    ("__diesel_schema_migrations", "Diesel"),
    ("_sqlx_migrations", "SQLx"),
    ("seaql_migrations", "SeaORM"),
    ("refinery_schema_history", "Refinery"),
    ("pgmigrations", "node-pg-migrate"),
    ("river_migration", "River"),
    ("river_queue", "River"),
    ("river_leader", "River"),
    ("river_job", "River"),
    ("oban_jobs", "Oban"),
    ("oban_peers", "Oban"),
    ("sqlite_sequence", "SQLite"),
    ("sqlite_stat1", "SQLite"),
    ("spatial_ref_sys", "PostGIS"),
];

/// Namespaces that belong to a tool or to the database itself, lower case.
const SCHEMAS: &[(&str, &str)] = &[
    ("pg_catalog", "PostgreSQL"),
    ("information_schema", "the database"),
    ("cron", "pg_cron"),
    ("pgboss", "pg-boss"),
    ("graphile_worker", "Graphile Worker"),
    ("hdb_catalog", "Hasura"),
    ("drizzle", "Drizzle"),
    ("supabase_migrations", "Supabase"),
    ("supabase_functions", "Supabase"),
    ("_timescaledb_catalog", "TimescaleDB"),
    ("_timescaledb_config", "TimescaleDB"),
];

/// The tool that keeps this table, if one is known to.
pub(crate) fn keeper(name: &Name) -> Option<&'static str> {
    let find = |list: &[(&str, &'static str)], wanted: &str| {
        let wanted = wanted.to_ascii_lowercase();
        list.iter()
            .find(|(name, _)| *name == wanted)
            .map(|(_, tool)| *tool)
    };
    let of_schema = name
        .schema
        .as_deref()
        .and_then(|schema| find(SCHEMAS, schema));
    of_schema.or_else(|| find(TABLES, &name.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_tools_are_known_in_any_case() {
        assert_eq!(
            keeper(&Name::new("_prisma_migrations")),
            Some("Prisma Migrate")
        );
        assert_eq!(keeper(&Name::new("SequelizeMeta")), Some("Sequelize"));
        let job = Name::within(Some("cron".to_owned()), "job");
        assert_eq!(keeper(&job), Some("pg_cron"));
        assert_eq!(keeper(&Name::new("users")), None);
    }

    #[test]
    fn names_are_listed_in_lower_case_and_once() {
        for list in [TABLES, SCHEMAS] {
            let mut names: Vec<&str> = list.iter().map(|(name, _)| *name).collect();
            assert!(names.iter().all(|name| *name == name.to_ascii_lowercase()));
            let before = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), before);
        }
    }
}
