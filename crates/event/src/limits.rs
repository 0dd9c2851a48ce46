//! Every limit of an event, with its default and the code of the refusal.

/// How much is too much. Each field's default is in [`Limits::DEFAULT`]; what is beyond it is
/// refused with the [`Code`](crate::Code) that the field names, or cut where the field says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A request's body as it comes over the wire: 1 MiB. Beyond: `body_too_large`.
    pub body_wire_bytes_max: usize,
    /// A request's body after decompression: 8 MiB. Beyond: `body_too_large`.
    pub body_bytes_max: usize,
    /// Events of one request: 10,000. Beyond: `batch_too_large`.
    pub batch_events_max: usize,
    /// One event as it was sent, and again its properties and context as they are stored (a number
    /// with an exponent is longer when it is written out): 64 KiB. Beyond: `event_too_large`.
    pub event_bytes_max: usize,
    /// Objects and arrays within each other, the outermost counted: 32. Beyond: `too_deep`.
    pub depth_max: usize,
    /// Keys of all objects of one event's properties and context together: 512. Beyond:
    /// `too_many_keys`.
    pub keys_max: usize,
    /// One key, in bytes of UTF-8: 255. Beyond: `key_too_long`.
    pub key_bytes_max: usize,
    /// An event's name, in Unicode scalar values: 200. Beyond: `name_too_long`.
    pub name_chars_max: usize,
    /// One string value, in bytes of UTF-8: 32 KiB. Beyond: `string_too_long`.
    pub string_bytes_max: usize,
    /// One number's text, as sent and as written out: 512. Beyond: `number_too_long`. Every finite
    /// `f64` fits: the longest, 17 digits at 10^-308, takes 327 when written out.
    pub number_bytes_max: usize,
    /// A user's, an anonymous user's or the client's own event id, in bytes of UTF-8: 255. Beyond:
    /// `id_too_long`.
    pub id_bytes_max: usize,
    /// A time as text: 64. Beyond: `invalid_timestamp`.
    pub timestamp_bytes_max: usize,
    /// The request's `User-Agent`: 1 KiB. Beyond: cut at a character, because it is the
    /// browser's text and not the sender's to mend.
    pub user_agent_bytes_max: usize,
    /// The part of a refused input that is kept with its [`Rejection`](crate::Rejection): 1 KiB.
    /// Beyond: cut at a character.
    pub rejection_input_bytes_max: usize,
}

impl Limits {
    /// The documented defaults.
    pub const DEFAULT: Self = Self {
        body_wire_bytes_max: 1 << 20,
        body_bytes_max: 8 << 20,
        batch_events_max: 10_000,
        event_bytes_max: 64 << 10,
        depth_max: 32,
        keys_max: 512,
        key_bytes_max: 255,
        name_chars_max: 200,
        string_bytes_max: 32 << 10,
        number_bytes_max: 512,
        id_bytes_max: 255,
        timestamp_bytes_max: 64,
        user_agent_bytes_max: 1 << 10,
        rejection_input_bytes_max: 1 << 10,
    };

    /// No limit at all: for text that a store gives back, which was within the limits of its time.
    pub const NONE: Self = Self {
        body_wire_bytes_max: usize::MAX,
        body_bytes_max: usize::MAX,
        batch_events_max: usize::MAX,
        event_bytes_max: usize::MAX,
        depth_max: usize::MAX,
        keys_max: usize::MAX,
        key_bytes_max: usize::MAX,
        name_chars_max: usize::MAX,
        string_bytes_max: usize::MAX,
        number_bytes_max: usize::MAX,
        id_bytes_max: usize::MAX,
        timestamp_bytes_max: usize::MAX,
        user_agent_bytes_max: usize::MAX,
        rejection_input_bytes_max: usize::MAX,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
