//! A moment as PostgreSQL's `timestamptz`: microseconds, eight bytes, no detour over another type.

use std::error::Error as StdError;

use bytes::BytesMut;
use ids::Timestamp;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, accepts, to_sql_checked};

use crate::time::{from_us, to_us};

/// From 1970-01-01 to PostgreSQL's first moment, 2000-01-01.
pub(super) const EPOCH_US: i64 = 946_684_800_000_000;

/// A parameter or a column of type `timestamptz`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment(pub(super) Timestamp);

impl ToSql for Moment {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        out.extend_from_slice(&to_us(self.0).saturating_sub(EPOCH_US).to_be_bytes());
        Ok(IsNull::No)
    }

    accepts!(TIMESTAMPTZ);
    to_sql_checked!();
}

impl<'a> FromSql<'a> for Moment {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        let us = i64::from_be_bytes(raw.try_into()?);
        let us = us.checked_add(EPOCH_US).ok_or("beyond every moment")?;
        Ok(Self(from_us(us)))
    }

    accepts!(TIMESTAMPTZ);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_counted_from_2000_and_read_back() {
        let at = |us| Moment(from_us(us));
        let mut out = BytesMut::new();
        at(EPOCH_US + 1)
            .to_sql(&Type::TIMESTAMPTZ, &mut out)
            .unwrap();
        assert_eq!(out[..], 1_i64.to_be_bytes());
        for us in [0, -1, EPOCH_US, 1_763_510_089_715_123] {
            let mut out = BytesMut::new();
            at(us).to_sql(&Type::TIMESTAMPTZ, &mut out).unwrap();
            assert_eq!(Moment::from_sql(&Type::TIMESTAMPTZ, &out).unwrap(), at(us));
        }
        // `infinity`
        assert!(Moment::from_sql(&Type::TIMESTAMPTZ, &i64::MAX.to_be_bytes()).is_err());
    }
}
