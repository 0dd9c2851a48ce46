//! `Id<T>`: an id that the compiler will not take for another thing's.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::str::FromStr;

use crate::typeid::{self, TypeId, TypeIdText};
use crate::{ParseError, Uuid};

/// A kind of thing that has ids, with the prefix of their text form.
///
/// ```
/// struct Project;
/// impl ids::Entity for Project {
///     const PREFIX: &str = "project";
/// }
/// let id = ids::Id::<Project>::from_uuid(ids::Uuid::NIL);
/// assert_eq!(id.to_string(), "project_00000000000000000000000000");
/// ```
///
/// A prefix that a `TypeID` may not have does not compile, even if no id is ever printed:
///
/// ```compile_fail,E0080
/// struct Project;
/// impl ids::Entity for Project {
///     const PREFIX: &str = "Project!";
/// }
/// let id = ids::Id::<Project>::from_uuid(ids::Uuid::NIL);
/// ```
pub trait Entity {
    /// 1 to 63 characters `a` to `z` and `_`, no underscore at either end.
    const PREFIX: &str;
}

/// The id of a `T`: 16 bytes, like [`Uuid`], and never mixed up with the id of a `U`.
///
/// Text is a `TypeID`, `project_01kacp8xzkehwvs7tgzxqachqh`; reading checks the prefix. There is no
/// conversion from a bare [`Uuid`] but the one that says so.
#[repr(transparent)]
pub struct Id<T> {
    pub(crate) id: Uuid,
    // A function's result: `Id<T>` is `Send` and `Sync` whatever `T` is, and owns none.
    entity: PhantomData<fn() -> T>,
}

impl<T: Entity> Id<T> {
    /// Evaluated by the compiler for each `T` whose ids are made anywhere.
    const CHECKED: () = assert!(
        !T::PREFIX.is_empty() && typeid::check_prefix(T::PREFIX.as_bytes()).is_ok(),
        "an Entity's PREFIX has 1 to 63 characters a to z and _, no _ at either end"
    );

    /// Says that `id` is the id of a `T`.
    #[must_use]
    pub const fn from_uuid(id: Uuid) -> Self {
        let () = Self::CHECKED;
        Self {
            id,
            entity: PhantomData,
        }
    }

    /// A new id: [`Uuid::now_v7`].
    ///
    /// # Panics
    /// As [`Uuid::now_v7`].
    #[cfg(feature = "std")]
    #[must_use]
    pub fn now_v7() -> Self {
        Self::from_uuid(Uuid::now_v7())
    }

    /// The bare id.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.id
    }

    /// The text on the stack.
    #[must_use]
    pub fn to_text(self) -> TypeIdText {
        typeid::write(T::PREFIX, self.id)
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// The byte that does not fit; a `TypeID` with another prefix.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let id = TypeId::parse(text)?;
        if id.prefix() == T::PREFIX {
            return Ok(Self::from_uuid(id.uuid()));
        }
        let agreeing = id
            .prefix()
            .bytes()
            .zip(T::PREFIX.bytes())
            .take_while(|(a, b)| a == b);
        let at = agreeing.count();
        Err(ParseError::new(
            text.as_bytes(),
            "an id of the expected kind",
            at,
            T::PREFIX,
        ))
    }
}

// Written out: deriving would ask `T` for the same trait, and `T` is only a name.
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<T> Eq for Id<T> {}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.id.cmp(&other.id)
    }
}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl<T: Entity> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_text())
    }
}

impl<T: Entity> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl<T: Entity> FromStr for Id<T> {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Project;
    impl Entity for Project {
        const PREFIX: &str = "project";
    }

    struct Provider;
    impl Entity for Provider {
        const PREFIX: &str = "provider";
    }

    #[test]
    fn the_text_form_carries_and_checks_the_prefix() {
        let id = Uuid::parse("019a9964-77f3-7479-bc9f-50ff6ea646f1").expect("valid");
        let id = Id::<Project>::from_uuid(id);
        assert_eq!(id.to_string(), "project_01kacp8xzkehwvs7tgzxqachqh");
        assert_eq!(id.to_string().parse(), Ok(id));
        let error = Id::<Provider>::parse(&id.to_string()).expect_err("another kind");
        assert_eq!(error.position(), 3);
        assert!(
            error
                .to_string()
                .ends_with("byte 3 is `j`, expected provider"),
            "{error}"
        );
        assert!(Id::<Project>::parse("01kacp8xzkehwvs7tgzxqachqh").is_err());
    }

    #[test]
    fn it_is_as_small_and_as_ordered_as_a_bare_id() {
        fn sendable<T: Send + Sync + Copy>(_: T) {}
        let (low, high) = (
            Id::<Project>::from_uuid(Uuid::NIL),
            Id::from_uuid(Uuid::MAX),
        );
        sendable(low);
        assert!(low < high && size_of_val(&low) == 16);
    }
}
