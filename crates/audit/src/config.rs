//! Reads `idshift.toml`: policy, severities, exclusions.
//!
//! ```toml
//! [policy]
//! keys = "v7"
//!
//! [rules]
//! random-key = "low"
//! natural-key = { severity = "off", reason = "countries are ISO 3166" }
//!
//! [paths]
//! exclude = ["legacy/**"]
//! ```

use std::fmt;

use toml::{Table, Value};

use crate::{Policy, Rule, Severity, rule, rules};

/// The name of the file.
pub const FILE_NAME: &str = "idshift.toml";

/// A longer file is refused: nobody writes so many decisions by hand.
pub const FILE_BYTES_MAX: usize = 1 << 20;

/// Names that differ by less than this are taken for a slip of the pen.
const ALIKE_MIN: f64 = 0.75;

/// What the owner has decided.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// What keys must be.
    pub policy: Policy,
    /// Rules that weigh something else here, in the order of the file.
    pub overrides: Vec<Override>,
    /// Paths that are not read, as patterns of `.gitignore`.
    pub exclude: Vec<String>,
}

/// Another severity for a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The name of the rule.
    pub rule: &'static str,
    /// Its severity; None turns it off.
    pub severity: Option<Severity>,
    /// Why, which only turning off has to say.
    pub reason: Option<String>,
}

/// Why a configuration is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// A fragment that fits after "failed to".
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConfigError {}

impl ConfigError {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl Config {
    /// Reads the text of a configuration.
    ///
    /// # Errors
    ///
    /// Keys and rules that are not known, with the nearest that is, and values that mean nothing.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        if text.len() > FILE_BYTES_MAX {
            let message = format!("read it: {} bytes, at most {FILE_BYTES_MAX}", text.len());
            return Err(ConfigError::new(message));
        }
        let table: Table = text.parse().map_err(|why: toml::de::Error| {
            let line = why.span().map(|span| line_of(text, span.start));
            let line = line
                .map(|line| format!("line {line}: "))
                .unwrap_or_default();
            ConfigError::new(format!("read it: {line}{}", why.message()))
        })?;
        let mut config = Self::default();
        for (section, value) in &table {
            let known = ["policy", "rules", "paths"];
            if !known.contains(&section.as_str()) {
                return Err(unknown("section", section, known));
            }
            let Value::Table(entries) = value else {
                let message = format!("read `{section}`: expected a section `[{section}]`");
                return Err(ConfigError::new(message));
            };
            for (key, value) in entries {
                config.entry(section, key, value)?;
            }
        }
        Ok(config)
    }

    fn entry(&mut self, section: &str, key: &str, value: &Value) -> Result<(), ConfigError> {
        match (section, key) {
            ("policy", "keys") => self.policy.keys = Some(version(value)?),
            ("policy", _) => return Err(unknown("key of `[policy]`", key, ["keys"])),
            ("paths", "exclude") => self.exclude = texts(value)?,
            ("paths", _) => return Err(unknown("key of `[paths]`", key, ["exclude"])),
            _ => self.overrides.push(overridden(key, value)?),
        }
        Ok(())
    }

    /// What was decided about a rule.
    #[must_use]
    pub fn of(&self, rule: &str) -> Option<&Override> {
        self.overrides.iter().find(|it| it.rule == rule)
    }
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    before.bytes().filter(|byte| *byte == b'\n').count() + 1
}

fn unknown<'a>(
    what: &str,
    found: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> ConfigError {
    let error = ConfigError::new(format!("read `{found}`: there is no such {what}"));
    if let Some(near) = nearest(found, known.clone()) {
        return error.hint(format!("did you mean `{near}`?"));
    }
    let known: Vec<&str> = known.into_iter().collect();
    error.hint(format!("there is `{}`", known.join("`, `")))
}

/// The known word that was probably meant.
#[must_use]
pub fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let rated = known
        .into_iter()
        .map(|word| (strsim::jaro(found, word), word));
    let best = rated.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 >= ALIKE_MIN).then_some(best.1)
}

/// The rule of this name.
///
/// # Errors
///
/// If there is none, with the nearest that there is.
pub fn rule_named(name: &str) -> Result<&'static Rule, ConfigError> {
    let Some(rule) = rule(name) else {
        let error = ConfigError::new(format!("find a rule `{name}`: there is no such rule"));
        return Err(match nearest(name, rules().iter().map(|rule| rule.name)) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint("`idshift rules` lists them"),
        });
    };
    Ok(rule)
}

/// A value as the file has it, if it is short, or what kind of value it is.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        Value::Integer(number) => format!("`{number}`"),
        Value::Boolean(truth) => format!("`{truth}`"),
        other => format!("this {}", other.type_str()),
    }
}

fn version(value: &Value) -> Result<u8, ConfigError> {
    let text = value.as_str().unwrap_or_default();
    let number = text.strip_prefix('v').and_then(|digit| digit.parse().ok());
    number
        .filter(|version| (1..=8).contains(version))
        .ok_or_else(|| {
            ConfigError::new(format!(
                "read `keys`: {} is no version of UUIDs",
                written(value)
            ))
            .hint("`keys = \"v7\"` holds all UUID keys to version 7")
        })
}

fn texts(value: &Value) -> Result<Vec<String>, ConfigError> {
    let refused = || {
        let value = written(value);
        ConfigError::new(format!("read `exclude`: {value} is no list of patterns"))
    };
    let list = value.as_array().ok_or_else(refused)?;
    list.iter()
        .map(|item| item.as_str().map(str::to_owned).ok_or_else(refused))
        .collect()
}

/// `rule = "low"` or `rule = { severity = "off", reason = "..." }`.
fn overridden(name: &str, value: &Value) -> Result<Override, ConfigError> {
    let rule = rule_named(name)?;
    let (severity, reason) = match value {
        Value::String(text) => (Some(text.as_str()), None),
        Value::Table(table) => {
            let known = ["severity", "reason"];
            if let Some(other) = table.keys().find(|key| !known.contains(&key.as_str())) {
                return Err(unknown(&format!("key of `{name}`"), other, known));
            }
            let text = |key| table.get(key).and_then(Value::as_str);
            (text("severity"), text("reason"))
        }
        _ => (None, None),
    };
    let words = "`critical`, `high`, `medium`, `low`, `info` or `off`";
    let Some(severity) = severity else {
        let message = format!("read `{name}`: {} is no severity", written(value));
        return Err(ConfigError::new(message).hint(format!("expected {words}")));
    };
    let reason = reason.map(str::trim).filter(|text| !text.is_empty());
    let found = Severity::ALL.into_iter().find(|it| it.name() == severity);
    if found.is_none() && severity != "off" {
        let message = format!("read `{name}`: `{severity}` is no severity");
        return Err(ConfigError::new(message).hint(format!("expected {words}")));
    }
    if found.is_none() && reason.is_none() {
        let message = format!("turn off `{name}`: it says no reason");
        let form = format!("{name} = {{ severity = \"off\", reason = \"...\" }}");
        return Err(ConfigError::new(message).hint(format!("write `{form}`")));
    }
    Ok(Override {
        rule: rule.name,
        severity: found,
        reason: reason.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_can_be_decided_is_read() {
        let text = "[policy]\nkeys = \"v7\"\n[paths]\nexclude = [\"old/**\"]\n[rules]\n\
                    auto-increment-key = { severity = \"low\", reason = \"x\" }\n";
        let config = Config::parse(text).unwrap();
        assert_eq!(config.policy.keys, Some(7));
        assert_eq!(config.exclude, ["old/**"]);
        let found = config.of("auto-increment-key").unwrap();
        assert_eq!(found.severity, Some(Severity::Low));
        assert_eq!(Config::parse(""), Ok(Config::default()));
    }

    #[test]
    fn a_rule_is_turned_off_with_a_reason() {
        let text = "[rules]\nauto-increment-key = { severity = \"off\", reason = \"x\" }";
        let config = Config::parse(text).unwrap();
        let found = config.of("auto-increment-key").unwrap();
        assert_eq!((found.severity, found.reason.as_deref()), (None, Some("x")));
    }

    #[test]
    fn what_is_not_known_is_refused_with_the_nearest() {
        let cases = [
            (
                "[polcy]",
                "read `polcy`: there is no such section",
                "did you mean `policy`?",
            ),
            (
                "[policy]\nkey = 1",
                "there is no such key of `[policy]`",
                "did you mean `keys`?",
            ),
            (
                "[policy]\nkeys = \"v9\"",
                "`keys`: `v9` is no version",
                "\"v7\"",
            ),
            ("[paths]\nexclude = \"x\"", "is no list of patterns", ""),
            (
                "[paths]\nzzz = 1",
                "no such key of `[paths]`",
                "there is `exclude`",
            ),
            (
                "[rules]\nauto-increment-keys = \"low\"",
                "no such rule",
                "`auto-increment-key`?",
            ),
            (
                "[rules]\nauto-increment-key = \"lwo\"",
                "`lwo` is no severity",
                "`critical`",
            ),
            (
                "[rules]\nauto-increment-key = \"off\"",
                "it says no reason",
                "reason = \"...\"",
            ),
            (
                "[rules]\nauto-increment-key = {severty=\"low\"}",
                "`severty`",
                "`severity`?",
            ),
            ("rules = 1", "expected a section `[rules]`", ""),
            ("[rules", "read it: line 1: ", ""),
        ];
        for (text, message, hint) in cases {
            let error = Config::parse(text).unwrap_err();
            assert!(error.message.contains(message), "{text}: {}", error.message);
            let found = error.hint.unwrap_or_default();
            assert!(found.contains(hint), "{text}: {found}");
        }
    }
}
