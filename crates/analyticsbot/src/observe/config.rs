//! What an operator says about logs, traces and reports of errors.

use std::fmt;
use std::str::FromStr;

use tracing_subscriber::filter::{LevelFilter, Targets};
use ureq::http::{HeaderName, HeaderValue, Uri};
use ureq::tls::RootCerts;

use super::outbound::{Goal, address, roots};
use super::sentry::Dsn;
use crate::refusal::Refusal;
use crate::secret::Secret;

/// Where logs, traces and errors go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    pub(crate) log: LogConfig,
    pub(crate) telemetry: TelemetryConfig,
    pub(crate) sentry: SentryConfig,
}

/// The log on standard error.
#[derive(Clone, Debug)]
pub(crate) struct LogConfig {
    /// Lines for people or objects for programs.
    pub(crate) format: Format,
    /// The least level that is written, also by target: `info,web=debug`.
    pub(crate) level: String,
}

/// The export of spans.
#[derive(Clone, Debug)]
pub(crate) struct TelemetryConfig {
    /// The base address of a collector that speaks OTLP over HTTP: `http://localhost:4318`.
    pub(crate) otlp_endpoint: Option<String>,
    /// The share of traces begun here that is exported, 0 to 1.
    pub(crate) sample_ratio: f64,
    /// The spans' `service.name`.
    pub(crate) service_name: String,
    /// Sent with each export: `name=value,name=value`.
    pub(crate) headers: Secret,
    /// A PEM file of the authorities to trust, instead of those that Mozilla trusts.
    pub(crate) root_certificates: Option<String>,
}

/// The report of errors and panics.
#[derive(Clone, Debug)]
pub(crate) struct SentryConfig {
    /// The address of a Sentry project, with its public key; nothing is sent without one.
    pub(crate) dsn: Secret,
    /// The environment that Sentry shows.
    pub(crate) environment: String,
    /// A PEM file of the authorities to trust, instead of those that Mozilla trusts.
    pub(crate) root_certificates: Option<String>,
}

/// The form of a line of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object on each line.
    Json,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            format: Format::Text,
            level: "info".to_owned(),
        }
    }
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self {
            otlp_endpoint: None,
            sample_ratio: 1.0,
            service_name: "analyticsbot".to_owned(),
            headers: Secret::default(),
            root_certificates: None,
        }
    }
}

impl Default for SentryConfig {
    fn default() -> Self {
        Self {
            dsn: Secret::default(),
            environment: "production".to_owned(),
            root_certificates: None,
        }
    }
}

impl LogConfig {
    /// The levels by target.
    ///
    /// # Errors
    /// A word that is no level.
    pub(super) fn targets(&self) -> Result<Targets, Refusal> {
        // Alone, a word that is no level would be taken for a target whose every event is wanted.
        let is_level = |part: &str| !part.is_empty() && part.parse::<LevelFilter>().is_ok();
        let mut parts = self.level.split(',').map(str::trim);
        let right = parts.all(|part| part.contains('=') || is_level(part));
        match self.level.parse() {
            Ok(targets) if right => Ok(targets),
            _ => Err(
                Refusal::usage(format!("read the level of the log `{}`", self.level)).hint(
                    "off, error, warn, info, debug or trace, also by module: `info,web=debug`",
                ),
            ),
        }
    }
}

impl TelemetryConfig {
    /// Where spans are sent; `None` if nowhere.
    ///
    /// # Errors
    /// An address, a share or a header that is none.
    pub(super) fn goal(&self) -> Result<Option<Goal>, Refusal> {
        if !(0.0..=1.0).contains(&self.sample_ratio) {
            let ratio = self.sample_ratio;
            return Err(
                Refusal::usage(format!("use `telemetry.sample_ratio` = `{ratio}`"))
                    .hint("a share from 0 to 1: 0.01 is one trace of a hundred"),
            );
        }
        let Some(endpoint) = self
            .otlp_endpoint
            .as_deref()
            .filter(|text| !text.is_empty())
        else {
            return Ok(None);
        };
        let uri = traces(endpoint).map_err(|error| {
            Refusal::usage(format!("{error}, which is `telemetry.otlp_endpoint`"))
                .hint("the base address of the collector: http://localhost:4318")
        })?;
        let roots = trusted("telemetry", self.root_certificates.as_deref())?;
        Ok(Some(Goal::new(uri, self.headers()?, roots)))
    }

    fn headers(&self) -> Result<Vec<(String, String)>, Refusal> {
        let parts = self.headers.expose().split(',').map(str::trim);
        let parts = parts.filter(|part| !part.is_empty());
        let header = |part: &str| {
            let (name, value) = part.split_once('=')?;
            let (name, value) = (name.trim(), value.trim());
            let right = HeaderName::from_str(name).is_ok() && HeaderValue::from_str(value).is_ok();
            right.then(|| (name.to_owned(), value.to_owned()))
        };
        parts
            .map(header)
            .collect::<Option<_>>()
            .ok_or_else(|| Refusal::usage("read `telemetry.headers`").hint("name=value,name=value"))
    }
}

impl SentryConfig {
    /// Where errors are sent; `None` if nowhere.
    ///
    /// # Errors
    /// A DSN that is none; its text is not repeated.
    pub(super) fn goal(&self) -> Result<Option<Goal>, Refusal> {
        if self.dsn.is_empty() {
            return Ok(None);
        }
        let dsn = Dsn::parse(self.dsn.expose().trim()).map_err(|error| {
            Refusal::usage(format!("{error}, which is `sentry.dsn`"))
                .hint("as Sentry shows it: https://PUBLIC_KEY@HOST/PROJECT")
        })?;
        let roots = trusted("sentry", self.root_certificates.as_deref())?;
        Ok(Some(dsn.goal(roots)))
    }
}

fn trusted(section: &str, path: Option<&str>) -> Result<RootCerts, Refusal> {
    roots(path).map_err(|error| {
        Refusal::usage(format!("{error}, which is `{section}.root_certificates`"))
            .hint("a readable file of certificates in PEM; without the setting, Mozilla's are used")
    })
}

/// The collector's resource for spans below its base address.
fn traces(endpoint: &str) -> Result<Uri, String> {
    let base = address(endpoint)?;
    if base.query().is_some() {
        return Err("read the address: expected no `?`".to_owned());
    }
    address(&format!("{}/v1/traces", endpoint.trim_end_matches('/')))
}

impl Format {
    /// Every format by its name.
    pub(crate) const ALL: [(&'static str, Self); 2] = [("text", Self::Text), ("json", Self::Json)];
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|(name, _)| *name == text);
        let found = found.map(|(_, format)| format);
        found.ok_or_else(|| format!("read `{text}` as a format of the log: `text` or `json`"))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_words_alone_or_by_target() {
        for (level, right) in [
            ("info", true),
            ("info,web=debug", true),
            ("warn, store::sqlite=trace", true),
            ("off", true),
            ("chatty", false),
            ("info,web=loud", false),
            ("web", false),
            ("", false),
        ] {
            let config = LogConfig {
                level: level.to_owned(),
                ..LogConfig::default()
            };
            assert_eq!(config.targets().is_ok(), right, "{level}");
        }
    }

    #[test]
    fn a_wrong_configuration_is_refused_without_its_secrets() {
        let telemetry = |endpoint: &str, headers: &str, sample_ratio| TelemetryConfig {
            otlp_endpoint: Some(endpoint.to_owned()),
            sample_ratio,
            headers: Secret::new(headers),
            ..TelemetryConfig::default()
        };
        for (config, right) in [
            (telemetry("http://localhost:4318", "", 1.0), true),
            (
                telemetry("http://localhost:4318/", "api-key=c4n4ry,x=y=z", 0.0),
                true,
            ),
            (telemetry("localhost:4318", "", 1.0), false),
            (telemetry("http://localhost:4318/?a", "", 1.0), false),
            (telemetry("http://localhost:4318", "c4n4ry", 1.0), false),
            (
                telemetry("http://localhost:4318", "c4n4ry\nx=1", 1.0),
                false,
            ),
            (telemetry("http://localhost:4318", "", 1.5), false),
            (telemetry("http://localhost:4318", "", f64::NAN), false),
        ] {
            let goal = config.goal();
            assert_eq!(goal.is_ok(), right, "{config:?}");
            let text = goal.err().map(|error| format!("{config:?} {error:?}"));
            assert!(!text.unwrap_or_default().contains("c4n4ry"));
        }
    }

    #[test]
    fn a_format_is_read_as_it_is_shown() {
        for (name, format) in Format::ALL {
            assert_eq!(
                (name.parse(), format.to_string().as_str()),
                (Ok(format), name)
            );
        }
        assert!("xml".parse::<Format>().is_err());
    }
}
