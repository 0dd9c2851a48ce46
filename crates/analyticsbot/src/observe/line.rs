//! One line of the log, as text for people or as JSON for programs.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use ids::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use tracing::Level;

use super::Format;
use super::fields::{Fields, Value};

/// What one line says.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub(super) time: Timestamp,
    pub(super) level: Level,
    /// The module, or the name that it gave to the subject.
    pub(super) target: &'a str,
    pub(super) fields: &'a Fields,
}

impl Line<'_> {
    /// The line with its line feed; control characters of values are escaped, so that it is one.
    pub(super) fn render(&self, format: Format, colour: bool) -> String {
        match format {
            Format::Text => self.text(colour),
            Format::Json => self.json(),
        }
    }

    fn text(&self, colour: bool) -> String {
        let plain = Style::new();
        let style = |style: Style| if colour { style } else { plain };
        let (dim, of_level) = (style(plain.dimmed()), style(style_of(self.level)));
        let (time, level, target) = (self.time_in_ms(), self.level.as_str(), self.target);
        let mut line = String::with_capacity(160);
        paint(&mut line, dim, &time.to_string());
        line.push(' ');
        paint(&mut line, of_level, &format!("{level:>5}"));
        line.push(' ');
        paint(&mut line, dim, &format!("{target}:"));
        line.push(' ');
        push_escaped(&mut line, &self.fields.message);
        let Fields {
            others,
            request_id,
            trace_id,
            ..
        } = self.fields;
        for (name, value) in others {
            push_field(&mut line, dim, name, value);
        }
        for (name, id) in [("request_id", request_id), ("trace_id", trace_id)] {
            if let Some(id) = id {
                push_field(&mut line, dim, name, &Value::Text(id.clone()));
            }
        }
        line.push('\n');
        line
    }

    fn json(&self) -> String {
        #[derive(Serialize)]
        struct Object<'a> {
            time: String,
            level: String,
            target: &'a str,
            message: &'a str,
            #[serde(skip_serializing_if = "Map::is_empty")]
            fields: Map<String, Json>,
            #[serde(skip_serializing_if = "Option::is_none")]
            request_id: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            trace_id: Option<&'a str>,
        }
        let object = Object {
            time: self.time_in_ms().to_string(),
            level: self.level.as_str().to_lowercase(),
            target: self.target,
            message: &self.fields.message,
            fields: json_fields(&self.fields.others),
            request_id: self.fields.request_id.as_deref(),
            trace_id: self.fields.trace_id.as_deref(),
        };
        let mut line = serde_json::to_string(&object)
            .expect("texts, numbers and truth values under text keys are JSON");
        line.push('\n');
        line
    }

    /// Every line has three digits after the point, so that columns line up.
    fn time_in_ms(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.time.unix_ms())
    }
}

/// Values by name; a number that JSON does not have is null.
pub(super) fn json_fields(fields: &[(&'static str, Value)]) -> Map<String, Json> {
    let json = |value: &Value| match value {
        Value::Bool(value) => Json::from(*value),
        Value::Signed(value) => Json::from(*value),
        Value::Unsigned(value) => Json::from(*value),
        Value::Float(value) => Json::from(*value),
        Value::Text(value) => Json::from(value.as_str()),
    };
    let pair = |(name, value): &(&'static str, Value)| ((*name).to_owned(), json(value));
    fields.iter().map(pair).collect()
}

fn style_of(level: Level) -> Style {
    let colour = match level {
        Level::ERROR => AnsiColor::Red,
        Level::WARN => AnsiColor::Yellow,
        Level::INFO => AnsiColor::Green,
        Level::DEBUG => AnsiColor::Blue,
        Level::TRACE => AnsiColor::Magenta,
    };
    colour.on_default().bold()
}

fn paint(line: &mut String, style: Style, text: &str) {
    push(line, format_args!("{style}{text}{style:#}"));
}

fn push_field(line: &mut String, dim: Style, name: &str, value: &Value) {
    line.push(' ');
    paint(line, dim, &format!("{name}="));
    match value {
        Value::Bool(value) => push(line, format_args!("{value}")),
        Value::Signed(value) => push(line, format_args!("{value}")),
        Value::Unsigned(value) => push(line, format_args!("{value}")),
        Value::Float(value) => push(line, format_args!("{value}")),
        // Quoted where it would not be seen where the value ends.
        Value::Text(text) if text.is_empty() || text.contains([' ', '"', '=']) => {
            push(line, format_args!("{text:?}"));
        }
        Value::Text(text) => push_escaped(line, text),
    }
}

/// A line feed in a value must not begin a line that looks like ours, an escape sequence must not
/// reach the terminal.
fn push_escaped(line: &mut String, text: &str) {
    for c in text.chars() {
        if c.is_control() {
            push(line, format_args!("{}", c.escape_default()));
        } else {
            line.push(c);
        }
    }
}

fn push(line: &mut String, text: std::fmt::Arguments<'_>) {
    line.write_fmt(text)
        .expect("a String takes whatever is written");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Fields {
        Fields {
            message: "slow event\ncreation".to_owned(),
            request_id: Some("r1".to_owned()),
            trace_id: None,
            others: vec![
                ("total_ms", Value::Float(12.5)),
                ("events", Value::Unsigned(3)),
                ("error", Value::Text("no \"room\"\u{1b}[2J".to_owned())),
                ("code", Value::Text("busy".to_owned())),
                ("left", Value::Float(f64::NAN)),
            ],
        }
    }

    fn rendered(format: Format, colour: bool) -> String {
        let fields = fields();
        let line = Line {
            time: Timestamp::from_unix_ns(1_763_510_089_715_123_456),
            level: Level::WARN,
            target: "web::slow",
            fields: &fields,
        };
        line.render(format, colour)
    }

    #[test]
    fn text_is_one_line_without_control_characters() {
        assert_eq!(
            rendered(Format::Text, false),
            "2025-11-18T23:54:49.715Z  WARN web::slow: slow event\\ncreation total_ms=12.5 \
             events=3 error=\"no \\\"room\\\"\\u{1b}[2J\" code=busy left=NaN request_id=r1\n"
        );
    }

    #[test]
    fn colour_adds_escapes_and_nothing_else() {
        let coloured = rendered(Format::Text, true);
        assert!(
            coloured.contains("\u{1b}[1m\u{1b}[33m WARN\u{1b}[0m"),
            "{coloured:?}"
        );
        let plain = anstream::adapter::strip_str(&coloured).to_string();
        assert_eq!(plain, rendered(Format::Text, false));
    }

    #[test]
    fn json_has_the_fields_apart_and_the_ids_on_top() {
        assert_eq!(
            rendered(Format::Json, true),
            "{\"time\":\"2025-11-18T23:54:49.715Z\",\"level\":\"warn\",\"target\":\"web::slow\",\
             \"message\":\"slow event\\ncreation\",\"fields\":{\"code\":\"busy\",\"error\":\"no \
             \\\"room\\\"\\u001b[2J\",\"events\":3,\"left\":null,\"total_ms\":12.5},\
             \"request_id\":\"r1\"}\n"
        );
    }
}
