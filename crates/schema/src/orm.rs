//! Reads what other mappers of objects to tables keep beside their code: schemas, snapshots and
//! migrations.
//!
//! Each reader takes all files of its mapper at once, puts migrations into their order and returns
//! the picture that they end with. Files that a mapper writes itself are read with
//! [`Confidence::High`](crate::Confidence::High); migrations that people write with `Medium`;
//! classes of a program, whose meaning may hang on other code, with `Low`.

mod code;
pub mod django;
pub mod drizzle;
pub mod ecto;
pub mod efcore;
pub mod jpa;
pub mod laravel;
mod migration;
pub mod rails;
mod recognise;
pub mod sequelize;
mod stage;
mod token;
pub mod typeorm;
mod types;

pub use recognise::recognise;

use crate::{Schema, Source};

/// The mappers whose files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Orm {
    /// Rails: `schema.rb`.
    Rails,
    /// Django: `migrations/*.py`.
    Django,
    /// Drizzle: `meta/*_snapshot.json`.
    Drizzle,
    /// `TypeORM`: `migrations/*.ts`, or entities where there are none.
    TypeOrm,
    /// JPA and Hibernate: classes with annotations, in Java and Kotlin.
    Jpa,
    /// Ecto: `priv/repo/migrations/*.exs`.
    Ecto,
    /// Laravel: `database/migrations/*.php`.
    Laravel,
    /// Sequelize: `migrations/*.js`.
    Sequelize,
    /// Entity Framework Core: `*ModelSnapshot.cs`.
    EfCore,
}

impl Orm {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Rails,
        Self::Django,
        Self::Drizzle,
        Self::EfCore,
        Self::Sequelize,
        Self::Laravel,
        Self::Ecto,
        Self::Jpa,
        Self::TypeOrm,
    ];

    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rails => "Rails",
            Self::Django => "Django",
            Self::Drizzle => "Drizzle",
            Self::TypeOrm => "TypeORM",
            Self::Jpa => "JPA",
            Self::Ecto => "Ecto",
            Self::Laravel => "Laravel",
            Self::Sequelize => "Sequelize",
            Self::EfCore => "EF Core",
        }
    }

    /// Reads all files of one project that [`recognise`] gave to this mapper.
    #[must_use]
    pub fn read(self, files: &[Source]) -> Schema {
        match self {
            Self::Rails => rails::read(files),
            Self::Django => django::read(files),
            Self::Drizzle => drizzle::read(files),
            Self::TypeOrm => typeorm::read(files),
            Self::Jpa => jpa::read(files),
            Self::Ecto => ecto::read(files),
            Self::Laravel => laravel::read(files),
            Self::Sequelize => sequelize::read(files),
            Self::EfCore => efcore::read(files),
        }
    }
}

/// Whether a file's name ends with a dot and one of these.
fn has_ending(source: &Source, endings: &[&str]) -> bool {
    let ending = source
        .path()
        .rsplit_once('.')
        .map_or("", |(_, ending)| ending);
    endings.contains(&ending)
}
