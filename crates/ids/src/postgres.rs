//! PostgreSQL: the native `uuid` type, through the traits of `tokio-postgres` and `postgres`.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use postgres_types::{FromSql, IsNull, ToSql, Type, accepts, to_sql_checked};

use crate::{Entity, Id, Uuid};

type Fault = Box<dyn Error + Sync + Send>;

impl ToSql for Uuid {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        out.put_slice(self.as_bytes());
        Ok(IsNull::No)
    }

    accepts!(UUID);
    to_sql_checked!();
}

impl<'a> FromSql<'a> for Uuid {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Fault> {
        Ok(Self::from_bytes(raw.try_into()?))
    }

    accepts!(UUID);
}

impl<T: Entity> ToSql for Id<T> {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        self.uuid().to_sql(of, out)
    }

    accepts!(UUID);
    to_sql_checked!();
}

impl<'a, T: Entity> FromSql<'a> for Id<T> {
    fn from_sql(of: &Type, raw: &'a [u8]) -> Result<Self, Fault> {
        Uuid::from_sql(of, raw).map(Self::from_uuid)
    }

    accepts!(UUID);
}
