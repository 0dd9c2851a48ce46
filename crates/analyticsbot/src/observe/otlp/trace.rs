//! Which trace a span belongs to, and whether it is exported.

use ids::Uuid;
use ids::trace::{SpanId, TraceId};

use super::super::fields::{Fields, Value};

/// Random bits at the end of a trace id of level 2; ids of ours have them as well.
const RANDOM_BITS: u32 = 56;

/// The place of one span that is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_field_names,
    reason = "three ids, by the names that they have on the wire"
)]
pub(super) struct Trace {
    pub(super) trace_id: TraceId,
    pub(super) span_id: SpanId,
    pub(super) parent_id: Option<SpanId>,
}

impl Trace {
    /// The place of a span without a parent in this process. `None` if it is not exported: the
    /// caller's flag decides if there is one, else `sample_ratio` over the trace's random bits, so
    /// that every process with this ratio decides alike.
    pub(super) fn root(
        fields: &Fields,
        sample_ratio: f64,
        make_id: fn() -> Option<Uuid>,
    ) -> Option<Self> {
        let given = fields.trace_id.as_deref().and_then(trace_id);
        let trace_id = given.or_else(|| make_id().and_then(TraceId::from_uuid))?;
        let sampled = match fields.get("sampled") {
            Some(Value::Bool(sampled)) => *sampled,
            _ => is_chosen(trace_id, sample_ratio),
        };
        if !sampled {
            return None;
        }
        Some(Self {
            trace_id,
            // Without entropy there is no span, but still an answer.
            span_id: SpanId::random().ok()?,
            parent_id: fields.text("parent_id").and_then(span_id),
        })
    }

    /// The place of a span below this one.
    pub(super) fn child(self) -> Option<Self> {
        let span_id = SpanId::random().ok()?;
        Some(Self {
            span_id,
            parent_id: Some(self.span_id),
            ..self
        })
    }
}

fn is_chosen(trace_id: TraceId, ratio: f64) -> bool {
    let random = trace_id.to_uuid().to_u128() & ((1 << RANDOM_BITS) - 1);
    #[expect(clippy::cast_precision_loss, reason = "2^-53 of all traces")]
    let share = random as f64 / (1_u64 << RANDOM_BITS) as f64;
    // A share just below 1 rounds to 1.
    share < ratio || ratio >= 1.0
}

fn trace_id(text: &str) -> Option<TraceId> {
    TraceId::from_uuid(Uuid::from_u128(digits(text, 32)?))
}

fn span_id(text: &str) -> Option<SpanId> {
    let id = u64::try_from(digits(text, 16)?).ok()?;
    SpanId::from_bytes(id.to_be_bytes())
}

/// Exactly this many hexadecimal digits.
fn digits(text: &str, count: usize) -> Option<u128> {
    let right = text.len() == count && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    right.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    fn fields(trace: &str, parent: &str, sampled: Option<bool>) -> Fields {
        let mut others = vec![("parent_id", Value::Text(parent.to_owned()))];
        others.extend(sampled.map(|sampled| ("sampled", Value::Bool(sampled))));
        Fields {
            trace_id: Some(trace.to_owned()),
            others,
            ..Fields::default()
        }
    }

    #[test]
    fn the_caller_decides_over_its_trace() {
        for (sampled, ratio, expected) in [
            (Some(true), 0.0, true),
            (Some(false), 1.0, false),
            (None, 1.0, true),
            (None, 0.0, false),
        ] {
            let fields = fields(TRACE, "b7ad6b7169203331", sampled);
            let trace = Trace::root(&fields, ratio, || None);
            assert_eq!(trace.is_some(), expected, "{sampled:?} {ratio}");
            let ids = trace.map(|trace| {
                let parent_id = trace.parent_id.map(|parent_id| parent_id.to_string());
                (trace.trace_id.to_string(), parent_id)
            });
            let given = (TRACE.to_owned(), Some("b7ad6b7169203331".to_owned()));
            assert_eq!(ids, expected.then_some(given));
        }
    }

    #[test]
    fn an_unreadable_trace_begins_a_new_one() {
        let id = Uuid::now_v7();
        for bad in ["", "0", "00000000000000000000000000000000", &"z".repeat(32)] {
            let trace = Trace::root(&fields(bad, bad, None), 1.0, || Some(Uuid::MAX));
            let trace = trace.expect("a trace of our own");
            assert_eq!(trace.trace_id.to_uuid(), Uuid::MAX, "{bad} {id}");
            assert_eq!(trace.parent_id, None);
        }
        assert_eq!(Trace::root(&Fields::default(), 1.0, || None), None);
    }

    #[test]
    fn a_ratio_chooses_its_share_of_ids_of_ours() {
        let chosen = |ratio| {
            let ids = (0..20_000).map(|_| TraceId::from_uuid(Uuid::now_v7()).unwrap());
            ids.filter(|id| is_chosen(*id, ratio)).count()
        };
        assert_eq!((chosen(0.0), chosen(1.0)), (0, 20_000));
        // Ten standard deviations to each side.
        let tenth = chosen(0.1);
        assert!((1576..=2424).contains(&tenth), "{tenth}");
    }

    #[test]
    fn a_child_stays_in_the_trace_below_its_parent() {
        let root = Trace::root(&Fields::default(), 1.0, || Some(Uuid::now_v7())).unwrap();
        let child = root.child().unwrap();
        assert_eq!(
            (child.trace_id, child.parent_id),
            (root.trace_id, Some(root.span_id))
        );
        assert_ne!(child.span_id, root.span_id);
    }
}
