//! What the readers make of files: fixtures of our own, and bytes of nobody's.

mod arbitrary;
mod prisma;
mod prisma_damage;
mod render;
mod sql;
