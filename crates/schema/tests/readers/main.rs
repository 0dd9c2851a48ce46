//! What the readers make of files: fixtures of our own, and bytes of nobody's.

#![expect(
    clippy::unwrap_used,
    reason = "a check that cannot go on ends where it is, and the line says why"
)]

mod arbitrary;
mod documents;
mod facts;
mod live;
mod live_corpus;
mod live_sample;
mod orm_arbitrary;
mod orm_django;
mod orm_drizzle;
mod orm_ecto;
mod orm_efcore;
mod orm_jpa;
mod orm_laravel;
mod orm_rails;
mod orm_sequelize;
mod orm_typeorm;
mod prisma;
mod prisma_damage;
mod render;
mod sql;
