//! The members of one object: in order of their keys, each key once, the last value kept.

use core::cmp::Ordering;

use super::text;

/// Where a member is in the output.
#[derive(Clone, Copy)]
pub(super) struct Member {
    key_start: usize,
    key_end: usize,
    /// Bytes of the key itself, without quotes and escapes.
    key_bytes: usize,
    /// Where its value ends; None while it is being read.
    pub(super) end: Option<usize>,
}

impl Member {
    /// A member whose quoted key is `out[key_start..key_end]` and whose value is to come.
    pub(super) const fn open(key_start: usize, key_end: usize, key_bytes: usize) -> Self {
        Self {
            key_start,
            key_end,
            key_bytes,
            end: None,
        }
    }

    /// The key as it stands in the output, between its quotes.
    pub(super) fn key<'a>(&self, out: &'a str) -> &'a str {
        &out[self.key_start + 1..self.key_end - 1]
    }

    /// The order in which `jsonb` keeps keys: by length in bytes, then by the bytes.
    fn order(&self, other: &Self, out: &str) -> Ordering {
        self.key_bytes.cmp(&other.key_bytes).then_with(|| {
            let (key, other_key) = (self.key(out), other.key(out));
            // As long on the page as in memory: no escapes, the bytes are the key's own.
            if key.len() == self.key_bytes && other_key.len() == other.key_bytes {
                key.cmp(other_key)
            } else {
                text::decode_canonical(key).cmp(&text::decode_canonical(other_key))
            }
        })
    }
}

/// What sorting did.
pub(super) struct Sorted {
    /// A key was there more than once: all but its last value are gone.
    pub(super) repeated: bool,
    /// Keys compared and bytes copied.
    pub(super) steps: usize,
}

/// Brings the members of the object that begins at `out[out_start]` and is not closed yet in order.
///
/// Nothing is copied if they are in order already, as they are when a canonical text is read again.
pub(super) fn sort(out: &mut String, members: &mut [Member], out_start: usize) -> Sorted {
    let mut sorted = Sorted {
        repeated: false,
        steps: members.len(),
    };
    let ascending = |pair: &[Member]| pair[0].order(&pair[1], out) == Ordering::Less;
    if members.windows(2).all(ascending) {
        return sorted;
    }
    // Stable: of equal keys the last stays last.
    members.sort_by(|one, other| {
        sorted.steps += 1;
        one.order(other, out)
    });
    let mut object = String::with_capacity(out.len() - out_start);
    object.push('{');
    for (at, member) in members.iter().enumerate() {
        let next = members.get(at + 1);
        if next.is_some_and(|next| member.order(next, out) == Ordering::Equal) {
            sorted.repeated = true;
            continue;
        }
        if object.len() > 1 {
            object.push(',');
        }
        object.push_str(&out[member.key_start..member.end.unwrap_or(out.len())]);
    }
    out.truncate(out_start);
    out.push_str(&object);
    sorted.steps += 2 * object.len();
    sorted
}
