//! serde: text where people read (JSON), 16 bytes where they do not.

use core::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::{Entity, Id, Uuid};

impl Serialize for Uuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.serialize_str(&self.hyphenated());
        }
        serializer.serialize_bytes(self.as_bytes())
    }
}

impl<'de> Deserialize<'de> for Uuid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let either = Either {
            name: "a UUID",
            parse: Self::parse,
            take: |id| id,
        };
        if deserializer.is_human_readable() {
            return deserializer.deserialize_str(either);
        }
        deserializer.deserialize_bytes(either)
    }
}

impl<T: Entity> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.serialize_str(&self.to_text());
        }
        self.uuid().serialize(serializer)
    }
}

impl<'de, T: Entity> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let either = Either {
            name: "a TypeID",
            parse: Self::parse,
            take: Self::from_uuid,
        };
        if deserializer.is_human_readable() {
            return deserializer.deserialize_str(either);
        }
        deserializer.deserialize_bytes(either)
    }
}

/// Text or 16 bytes, whichever comes: what serde has buffered (`flatten`, `untagged`) calls itself
/// readable for people and still holds the bytes of a format that is not.
struct Either<T> {
    name: &'static str,
    parse: fn(&str) -> Result<T, crate::ParseError>,
    take: fn(Uuid) -> T,
}

impl<'de, T> Visitor<'de> for Either<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as text, or 16 bytes", self.name)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).map_err(E::custom)
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<T, E> {
        match bytes.try_into() {
            Ok(bytes) => Ok((self.take)(Uuid::from_bytes(bytes))),
            Err(_) => Err(E::invalid_length(bytes.len(), &self)),
        }
    }

    /// Formats without a type for bytes write them as a sequence.
    fn visit_seq<A: de::SeqAccess<'de>>(self, mut sequence: A) -> Result<T, A::Error> {
        let mut bytes = [0; 16];
        for (at, byte) in bytes.iter_mut().enumerate() {
            let next = sequence.next_element()?;
            *byte = next.ok_or_else(|| de::Error::invalid_length(at, &self))?;
        }
        match sequence.next_element::<u8>()? {
            None => Ok((self.take)(Uuid::from_bytes(bytes))),
            Some(_) => Err(de::Error::invalid_length(17, &self)),
        }
    }
}
