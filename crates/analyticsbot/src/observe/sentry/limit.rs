//! How many reports of one place in the code are made: an error in a loop is one error.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

/// Reports of one place in one window.
const REPORTS_MAX: u32 = 5;

/// The window, which begins with the first report in it.
const WINDOW: Duration = Duration::from_mins(1);

/// Places that are remembered. Code has fewer that log an error; a panic's place is in the code as
/// well.
const PLACES_MAX: usize = 1024;

/// What was reported lately.
#[derive(Debug, Default)]
pub(super) struct Limit {
    places: HashMap<String, Place>,
}

#[derive(Debug)]
struct Place {
    began: Instant,
    reported: u32,
    left_out: u32,
}

impl Limit {
    /// Whether one more of this place is reported; if so, how many were left out before it.
    pub(super) fn allows(&mut self, name: &str, now: Instant) -> Option<u32> {
        if let Some(place) = self.places.get_mut(name) {
            if now.duration_since(place.began) >= WINDOW {
                let left_out = std::mem::take(&mut place.left_out);
                *place = Place {
                    began: now,
                    reported: 1,
                    left_out: 0,
                };
                return Some(left_out);
            }
            if place.reported < REPORTS_MAX {
                place.reported += 1;
                return Some(0);
            }
            place.left_out = place.left_out.saturating_add(1);
            return None;
        }
        if self.places.len() >= PLACES_MAX {
            self.places
                .retain(|_, place| now.duration_since(place.began) < WINDOW);
        }
        if self.places.len() >= PLACES_MAX {
            return None;
        }
        let place = Place {
            began: now,
            reported: 1,
            left_out: 0,
        };
        self.places.insert(name.to_owned(), place);
        Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_limited_in_its_window_and_says_what_was_left_out() {
        let (mut limit, began) = (Limit::default(), Instant::now());
        let mut at = |seconds| limit.allows("a.rs:1", began + Duration::from_secs(seconds));
        let answers: Vec<_> = (0..8).map(&mut at).collect();
        assert_eq!(&answers[..5], [Some(0); 5]);
        assert_eq!(&answers[5..], [None; 3]);
        assert_eq!(at(59), None);
        assert_eq!(
            at(60),
            Some(4),
            "a new window says what the last one left out"
        );
        assert_eq!(at(61), Some(0));
    }

    #[test]
    fn places_do_not_limit_each_other_and_are_bounded() {
        let (mut limit, began) = (Limit::default(), Instant::now());
        for place in 0..PLACES_MAX {
            assert_eq!(limit.allows(&place.to_string(), began), Some(0));
        }
        assert_eq!(limit.allows("one more", began), None);
        assert_eq!(limit.allows("one more", began + WINDOW), Some(0));
        assert_eq!(limit.places.len(), 1, "the old ones made room");
    }
}
