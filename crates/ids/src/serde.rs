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
        if deserializer.is_human_readable() {
            return deserializer.deserialize_str(Text("a UUID", Self::parse));
        }
        deserializer.deserialize_bytes(Bytes)
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
        if deserializer.is_human_readable() {
            return deserializer.deserialize_str(Text("a TypeID", Self::parse));
        }
        Uuid::deserialize(deserializer).map(Self::from_uuid)
    }
}

/// What is expected, and how it is read.
struct Text<T>(&'static str, fn(&str) -> Result<T, crate::ParseError>);

impl<T> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as text", self.0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        self.1(text).map_err(E::custom)
    }
}

struct Bytes;

impl<'de> Visitor<'de> for Bytes {
    type Value = Uuid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("16 bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Uuid, E> {
        let bytes = bytes
            .try_into()
            .map_err(|_| E::invalid_length(bytes.len(), &self))?;
        Ok(Uuid::from_bytes(bytes))
    }

    /// Formats without a type for bytes write them as a sequence.
    fn visit_seq<A: de::SeqAccess<'de>>(self, mut sequence: A) -> Result<Uuid, A::Error> {
        let mut bytes = [0; 16];
        for (at, byte) in bytes.iter_mut().enumerate() {
            let next = sequence.next_element()?;
            *byte = next.ok_or_else(|| de::Error::invalid_length(at, &self))?;
        }
        match sequence.next_element::<u8>()? {
            None => Ok(Uuid::from_bytes(bytes)),
            Some(_) => Err(de::Error::invalid_length(17, &self)),
        }
    }
}
