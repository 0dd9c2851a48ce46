//! Keeps what this thread logs, every level of it.

use std::collections::HashMap;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Fields by name, as they would be printed; the text of a line is its `message`.
pub(super) type Fields = HashMap<&'static str, String>;

#[derive(Debug, Default)]
struct Kept {
    lines: Vec<Fields>,
    open: HashMap<u64, Fields>,
    spans: Vec<Fields>,
}

/// Keeps as long as it lives.
pub(super) struct Log {
    kept: Arc<Mutex<Kept>>,
    _guard: DefaultGuard,
}

struct Keeper(Arc<Mutex<Kept>>);

struct Visitor<'a>(&'a mut Fields);

impl Visit for Visitor<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl<S: Subscriber> Layer<S> for Keeper {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let mut fields = Fields::from([("target", attributes.metadata().target().to_owned())]);
        attributes.record(&mut Visitor(&mut fields));
        self.0.lock().unwrap().open.insert(id.into_u64(), fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut kept = self.0.lock().unwrap();
        values.record(&mut Visitor(kept.open.get_mut(&id.into_u64()).unwrap()));
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let mut fields = Fields::from([
            ("target", metadata.target().to_owned()),
            ("level", metadata.level().to_string()),
        ]);
        event.record(&mut Visitor(&mut fields));
        self.0.lock().unwrap().lines.push(fields);
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        let mut kept = self.0.lock().unwrap();
        let ended = kept.open.remove(&id.into_u64());
        kept.spans.extend(ended);
    }
}

impl Log {
    pub(super) fn keep() -> Self {
        let kept = Arc::new(Mutex::new(Kept::default()));
        let keeper = Keeper(Arc::clone(&kept));
        let subscriber = tracing_subscriber::registry().with(keeper);
        let guard = tracing::subscriber::set_default(subscriber);
        Self {
            kept,
            _guard: guard,
        }
    }

    /// The lines with this text.
    pub(super) fn lines(&self, message: &str) -> Vec<Fields> {
        let kept = self.kept.lock().unwrap();
        let fits = |line: &&Fields| line.get("message").is_some_and(|text| text == message);
        kept.lines.iter().filter(fits).cloned().collect()
    }

    /// The spans of requests that have ended, each once.
    pub(super) fn requests(&self) -> Vec<Fields> {
        let mut kept = self.kept.lock().unwrap();
        std::mem::take(&mut kept.spans)
    }

    /// All of it as one text.
    pub(super) fn all(&self) -> String {
        let mut text = String::new();
        write!(text, "{:?}", self.kept.lock().unwrap()).unwrap();
        text
    }
}
