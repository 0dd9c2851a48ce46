//! Writes events as a product would send them: about 300 bytes each, no two alike.

use std::fmt::Write as _;
use std::time::SystemTime;

use ids::Timestamp;

/// Different users and event names, as a small product has them.
const USERS: u64 = 20_000;
const NAMES: usize = 40;

const OBJECTS: [&str; 8] = [
    "Page",
    "Product",
    "Cart",
    "Checkout",
    "Order",
    "Invitation",
    "Report",
    "Search Result",
];
const VERBS: [&str; 5] = ["Viewed", "Opened", "Shared", "Completed", "Dismissed"];
const PLANS: [&str; 3] = ["free", "team", "business"];
const PATHS: [&str; 4] = [
    "/pricing/annual",
    "/docs/getting-started",
    "/settings/members",
    "/reports/weekly",
];
const REFERRERS: [&str; 3] = [
    "https://www.example.com/search?q=analytics",
    "https://news.example.org/item/38211",
    "https://mail.example.net/campaigns/spring",
];

/// Which events have an id of the client's own, a `messageId`. One that has is looked for among the
/// project's events, in an index that grows at random places; one that has none is only appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    None,
    /// Every second one.
    Half,
    All,
}

impl Named {
    /// What the option and the report call it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Half => "half",
            Self::All => "all",
        }
    }
}

/// A stream of events. Two streams of different `run` have no event in common.
pub struct Feed {
    names: Vec<String>,
    named: Named,
    run: u64,
    count: u64,
    stamp: Stamp,
}

impl Feed {
    #[must_use]
    pub fn new(run: u64, named: Named) -> Self {
        let of = |object| VERBS.iter().map(move |verb| format!("{object} {verb}"));
        Self {
            names: OBJECTS.iter().flat_map(of).take(NAMES).collect(),
            named,
            run,
            count: 0,
            stamp: Stamp::default(),
        }
    }

    /// Appends the JSON of one event, or of an array of several.
    pub fn body(&mut self, events: usize, out: &mut Vec<u8>) {
        self.stamp.turn(SystemTime::now());
        if events == 1 {
            return self.event(out);
        }
        out.push(b'[');
        for index in 0..events {
            if index > 0 {
                out.push(b',');
            }
            self.event(out);
        }
        out.push(b']');
    }

    fn event(&mut self, out: &mut Vec<u8>) {
        let count = self.count;
        self.count += 1;
        let dice = scatter(self.run ^ count);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "eight of the random bits are enough"
        )]
        let at = |choices: usize, shift: u32| usize::from((dice >> shift) as u8) % choices;
        let mut text = |text: &str| out.extend_from_slice(text.as_bytes());
        text(r#"{"event":""#);
        text(&self.names[at(NAMES, 0)]);
        text(r#"","userId":"user-"#);
        digits(dice % USERS, 8, &mut text);
        text(r#"","timestamp":""#);
        text(&self.stamp.text);
        let is_named = match self.named {
            Named::None => false,
            Named::Half => count.is_multiple_of(2),
            Named::All => true,
        };
        if is_named {
            text(r#"","messageId":""#);
            digits(self.run, 20, &mut text);
            text("-");
            digits(count, 12, &mut text);
        }
        text(r#"","properties":{"plan":""#);
        text(PLANS[at(PLANS.len(), 16)]);
        text(r#"","path":""#);
        text(PATHS[at(PATHS.len(), 24)]);
        text(r#"","referrer":""#);
        text(REFERRERS[at(REFERRERS.len(), 32)]);
        text(r#"","seats":"#);
        digits(1 + (dice >> 40) % 9, 1, &mut text);
        text(r#","order":"A-"#);
        digits(count, 12, &mut text);
        text(r#""}}"#);
    }
}

/// Exactly `width` decimal digits.
fn digits(mut value: u64, width: usize, text: &mut impl FnMut(&str)) {
    let mut buffer = [b'0'; 20];
    for place in buffer[..width].iter_mut().rev() {
        *place += u8::try_from(value % 10).expect("a digit is below 10");
        value /= 10;
    }
    text(std::str::from_utf8(&buffer[..width]).expect("digits are ASCII"));
}

/// The finaliser of `SplitMix64`: neighbours come out far apart.
#[must_use]
pub fn scatter(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The time of day as text, written anew once a millisecond: the client must stay cheap.
#[derive(Default)]
struct Stamp {
    unix_ms: i64,
    text: String,
}

impl Stamp {
    fn turn(&mut self, now: SystemTime) {
        let since = now.duration_since(SystemTime::UNIX_EPOCH);
        let unix_ms = since.map_or(0, |time| i64::try_from(time.as_millis()).unwrap_or(0));
        if unix_ms != self.unix_ms || self.text.is_empty() {
            self.unix_ms = unix_ms;
            self.text.clear();
            write!(self.text, "{}", Timestamp::from_unix_ms(unix_ms))
                .expect("writing to a string cannot fail");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn events(named: Named, count: usize) -> Vec<Value> {
        let mut body = Vec::new();
        Feed::new(7, named).body(count, &mut body);
        serde_json::from_slice(&body).unwrap()
    }

    #[test]
    fn events_are_json_of_a_usual_size_and_no_two_are_alike() {
        let events = events(Named::Half, 2_000);
        let texts: BTreeSet<String> = events.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), 2_000);
        let bytes: usize = texts.iter().map(String::len).sum();
        assert!((240..340).contains(&(bytes / 2_000)), "{}", bytes / 2_000);
        let names: BTreeSet<&str> = events.iter().filter_map(|e| e["event"].as_str()).collect();
        assert_eq!(names.len(), NAMES);
        assert_eq!(events[0]["properties"].as_object().unwrap().len(), 5);
    }

    #[test]
    fn client_ids_are_given_as_asked_and_never_twice() {
        let ids = |named| -> Vec<String> {
            let ids = events(named, 100);
            let ids = ids.iter().filter_map(|event| event["messageId"].as_str());
            ids.map(str::to_owned).collect()
        };
        assert_eq!(ids(Named::None).len(), 0);
        assert_eq!(ids(Named::Half).len(), 50);
        let all = ids(Named::All);
        assert_eq!(all.len(), 100);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 100);
    }

    #[test]
    fn one_event_is_no_array() {
        let mut body = Vec::new();
        Feed::new(1, Named::All).body(1, &mut body);
        let event: Value = serde_json::from_slice(&body).unwrap();
        assert!(event["timestamp"].as_str().unwrap().ends_with('Z'));
    }
}
