//! Reads the settings: the file, over it the environment, over that the flags.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::field::Field;
use super::table::{ALL, PREFIX, SECTIONS, Setting};
use super::{Given, Origin, Settings};
use crate::project::nearest;
use crate::refusal::Refusal;
use crate::secret::Secret;

/// The file that is read if it is there and none is named.
pub(crate) const FILE_DEFAULT: &str = "analyticsbot.toml";

/// The variable that names the file.
const CONFIG_VARIABLE: &str = "ANALYTICSBOT_CONFIG";

/// What an orchestrator sets for each service that it knows, also for one of our name. Nobody who
/// configures us has written these.
const OF_SERVICES: [&str; 3] = ["SERVICE_HOST", "SERVICE_PORT", "PORT"];

/// One value as it was written, and where.
struct Written<'a> {
    setting: &'static Setting,
    text: &'a str,
    place: String,
    origin: Origin,
}

/// Puts the settings together.
///
/// # Errors
/// The first thing that is wrong, with its place and what is expected there.
pub(crate) fn load(
    given: Given,
    environment: &BTreeMap<String, String>,
) -> Result<Settings, Refusal> {
    let mut settings = Settings::default();
    if let Some(path) = file_of(&given, environment) {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Refusal::usage(format!(
                "failed to read the configuration `{shown}`: {error}"
            ))
            .hint("`analyticsbot init` writes one")
        })?;
        apply_file(&mut settings, &shown, &text)?;
        settings.file = Some(path);
    }
    apply_environment(&mut settings, environment)?;
    if let Some(url) = &given.database {
        settings.database.url = Secret::new(url.expose());
        settings
            .origins
            .insert("database.url".to_owned(), Origin::Flag);
    }
    settings.given = given;
    settings.check()?;
    Ok(settings)
}

fn file_of(given: &Given, environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    let named = given
        .config
        .as_ref()
        .or_else(|| environment.get(CONFIG_VARIABLE));
    match named {
        Some(path) => Some(PathBuf::from(path)),
        None => Some(PathBuf::from(FILE_DEFAULT)).filter(|path| Path::is_file(path)),
    }
}

/// Applies a file: `text`, which is called `name`.
pub(super) fn apply_file(settings: &mut Settings, name: &str, text: &str) -> Result<(), Refusal> {
    let place = |at: usize| format!("{name}:{}", text[..at].matches('\n').count() + 1);
    let tables = DeTable::parse(text).map_err(|error| {
        let place = place(error.span().map_or(0, |span| span.start.min(text.len())));
        Refusal::usage(format!("failed to read {place}: {}", error.message()))
    })?;
    let mut written = Vec::new();
    for (section, values) in tables.get_ref() {
        let at = place(section.span().start);
        let section = section.get_ref().as_ref();
        if !SECTIONS.iter().any(|(known, _)| *known == section) {
            return Err(unknown_section(&at, section));
        }
        let DeValue::Table(values) = values.get_ref() else {
            let message = format!("{at}: `{section}` is a section: expected `[{section}]`");
            return Err(Refusal::usage(message));
        };
        for (key, value) in values {
            let at = place(key.span().start);
            let name = format!("{section}.{}", key.get_ref());
            let setting = ALL.iter().find(|setting| setting.name() == name);
            let setting = setting.ok_or_else(|| unknown_key(&at, &name))?;
            let text = plain(value.get_ref()).ok_or_else(|| misfit(&at, setting, "this"))?;
            written.push((setting, text, at));
        }
    }
    let written = written.iter().map(|(setting, text, place)| Written {
        setting,
        text,
        place: place.clone(),
        origin: Origin::File,
    });
    apply(settings, &written.collect::<Vec<_>>())
}

/// A value as text; None for what no setting has.
fn plain(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string().replace('_', "")),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(word) => Some(word.to_string()),
        DeValue::Array(values) => {
            let texts = values.iter().map(|value| match value.get_ref() {
                DeValue::String(text) => Some(text.to_string()),
                _ => None,
            });
            texts
                .collect::<Option<Vec<_>>>()
                .map(|texts| texts.join(","))
        }
        DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

/// Applies the environment.
pub(super) fn apply_environment(
    settings: &mut Settings,
    environment: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    let mut written = Vec::new();
    for (variable, text) in environment {
        let Some(rest) = variable.strip_prefix(PREFIX) else {
            continue;
        };
        let setting = ALL.iter().find(|setting| setting.variable() == *variable);
        match setting {
            Some(setting) => written.push(Written {
                setting,
                text,
                place: variable.clone(),
                origin: Origin::Environment,
            }),
            None if variable == CONFIG_VARIABLE || is_of_a_service(rest) => {}
            None => return Err(unknown_variable(variable)),
        }
    }
    apply(settings, &written)
}

fn is_of_a_service(rest: &str) -> bool {
    let ends = OF_SERVICES
        .iter()
        .filter_map(|word| rest.strip_prefix(word));
    ends.into_iter()
        .any(|end| end.is_empty() || end.starts_with('_'))
}

fn apply(settings: &mut Settings, written: &[Written<'_>]) -> Result<(), Refusal> {
    for one in written {
        let twin = format!("{}_file", one.setting.key);
        let both = |other: &&Written<'_>| {
            other.setting.section == one.setting.section && other.setting.key == twin
        };
        if let Some(other) = written.iter().find(both) {
            let (name, other_name) = (one.setting.name(), other.setting.name());
            let message = format!("{}: `{name}` and `{other_name}` are both set", one.place);
            return Err(Refusal::usage(message).hint("keep one of the two"));
        }
        let set = one.setting.field.set(settings, one.text);
        set.ok_or_else(|| misfit(&one.place, one.setting, &quoted(one.setting, one.text)))?;
        settings.origins.insert(one.setting.name(), one.origin);
    }
    Ok(())
}

/// What was written, unless it is a secret.
fn quoted(setting: &Setting, text: &str) -> String {
    match setting.field {
        Field::Secret(_) => "this".to_owned(),
        _ => format!("`{}`", text.chars().take(60).collect::<String>()),
    }
}

fn misfit(place: &str, setting: &Setting, value: &str) -> Refusal {
    let (name, expected) = (setting.name(), setting.field.expected());
    Refusal::usage(format!("{place}: {value} is no value of `{name}`"))
        .hint(format!("expected {expected}"))
}

fn unknown_section(place: &str, section: &str) -> Refusal {
    let refusal = Refusal::usage(format!("{place}: there is no section `{section}`"));
    let names = || SECTIONS.iter().map(|(name, _)| *name);
    match nearest(section, names()) {
        Some(name) => refusal.hint(format!("did you mean `[{name}]`?")),
        None => refusal.hint(format!(
            "sections: {}",
            names().collect::<Vec<_>>().join(", ")
        )),
    }
}

fn unknown_key(place: &str, name: &str) -> Refusal {
    let refusal = Refusal::usage(format!("{place}: there is no setting `{name}`"));
    let names: Vec<String> = ALL.iter().map(Setting::name).collect();
    match nearest(name, names.iter().map(String::as_str)) {
        Some(name) => refusal.hint(format!("did you mean `{name}`?")),
        None => refusal.hint("`analyticsbot init --stdout` shows all"),
    }
}

fn unknown_variable(variable: &str) -> Refusal {
    let refusal = Refusal::usage(format!("there is no setting for the variable `{variable}`"));
    let names: Vec<String> = ALL.iter().map(Setting::variable).collect();
    match nearest(variable, names.iter().map(String::as_str)) {
        Some(name) => refusal.hint(format!("did you mean `{name}`?")),
        None => refusal.hint("`analyticsbot init --stdout` shows all settings"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Result<Settings, String> {
        let mut settings = Settings::default();
        apply_file(&mut settings, "a.toml", text).map_err(|refusal| said(&refusal))?;
        Ok(settings)
    }

    fn environment(pairs: &[(&str, &str)]) -> Result<Settings, String> {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        load(Given::default(), &pairs.collect()).map_err(|refusal| said(&refusal))
    }

    fn said(refusal: &Refusal) -> String {
        assert!(refusal.is_usage());
        format!(
            "{} | {}",
            refusal.message(),
            refusal.advice().unwrap_or("-")
        )
    }

    #[test]
    fn a_file_sets_what_it_names() {
        let settings = file(
            "[server]\nlisten = '[::1]:9'\nconnections_max = 1_000\nbody_timeout = '2 min'\n\
             trusted_proxies = ['10.0.0.0/8', '::1']\n[limits]\nevent_bytes_max = '1 KiB'\n\
             body_bytes_max = 4096\n[telemetry]\nsample_ratio = 0.5\n[log]\nformat = 'json'",
        )
        .unwrap();
        assert_eq!(settings.server.listen.port(), 9);
        assert_eq!(settings.web.connections_max, 1_000);
        assert_eq!(settings.web.body_wait.as_secs(), 120);
        assert_eq!(settings.web.trusted_proxies.len(), 2);
        assert_eq!(settings.intake.limits.event_bytes_max, 1024);
        assert_eq!(settings.intake.limits.body_bytes_max, 4096);
        assert_eq!(settings.origins["server.listen"], Origin::File);
        assert!(!settings.origins.contains_key("server.stop_timeout"));
    }

    #[test]
    fn what_is_wrong_in_a_file_is_named_with_its_line() {
        for (text, expected) in [
            (
                "[server]\nlissten = ''",
                "a.toml:2: there is no setting `server.lissten` | did you mean `server.listen`?",
            ),
            (
                "\n[sever]",
                "a.toml:2: there is no section `sever` | did you mean `[server]`?",
            ),
            (
                "listen = ''",
                "a.toml:1: there is no section `listen` | sections: server, database, limits, \
                 intake, keys, rate, log, telemetry, sentry",
            ),
            (
                "server = 1",
                "a.toml:1: `server` is a section: expected `[server]` | -",
            ),
            (
                "[server]\nconnections_max = 'many'",
                "a.toml:2: `many` is no value of `server.connections_max` | expected a whole \
                 number from 1",
            ),
            (
                "[server]\nconnections_max = 0",
                "a.toml:2: `0` is no value of `server.connections_max` | expected a whole number \
                 from 1",
            ),
            (
                "[server]\nbody_timeout = 5",
                "a.toml:2: `5` is no value of `server.body_timeout` | expected a length of time \
                 such as `\"500 ms\"` or `\"5 s\"`",
            ),
            (
                "[log]\nformat = { a = 1 }",
                "a.toml:2: this is no value of `log.format` | expected `\"text\"` or `\"json\"`",
            ),
            (
                "[telemetry]\nsample_ratio = 1.5",
                "a.toml:2: `1.5` is no value of `telemetry.sample_ratio` | expected a number from \
                 0 to 1",
            ),
            (
                "[sentry]\ndsn_file = '/nowhere/at/all'",
                "a.toml:2: `/nowhere/at/all` is no value of `sentry.dsn_file` | expected the name \
                 of a file that can be read",
            ),
            (
                "[sentry]\ndsn = 'a'\ndsn_file = 'b'",
                "a.toml:2: `sentry.dsn` and `sentry.dsn_file` are both set | keep one of the two",
            ),
        ] {
            assert_eq!(file(text).unwrap_err(), expected);
        }
        let error = file("[server]\nlisten = ").unwrap_err();
        assert!(error.starts_with("failed to read a.toml:2: "), "{error}");
    }

    #[test]
    fn the_environment_is_over_the_defaults() {
        let settings = environment(&[
            ("ANALYTICSBOT_SERVER_LISTEN", "127.0.0.1:9"),
            ("ANALYTICSBOT_SERVER_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
            (
                "ANALYTICSBOT_DATABASE_URL",
                "postgres://ana:s3cret@db/events",
            ),
            ("HOME", "/"),
        ])
        .unwrap();
        assert_eq!(settings.server.listen.port(), 9);
        assert_eq!(settings.web.trusted_proxies.len(), 2);
        assert_eq!(settings.origins["server.listen"], Origin::Environment);
        assert!(!format!("{settings:?}").contains("s3cret"));
        for (name, value, expected) in [
            (
                "ANALYTICSBOT_SERVER_LISTE",
                "",
                "did you mean `ANALYTICSBOT_SERVER_LISTEN`?",
            ),
            ("ANALYTICSBOT_SERVER_LISTEN", "x", "expected an address"),
            (
                "ANALYTICSBOT_CONFIG",
                "/nowhere.toml",
                "`analyticsbot init` writes one",
            ),
        ] {
            let error = environment(&[(name, value)]).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn what_an_orchestrator_sets_for_a_service_of_our_name_is_passed_over() {
        let set = [
            ("ANALYTICSBOT_SERVICE_HOST", "10.0.0.1"),
            ("ANALYTICSBOT_SERVICE_PORT_HTTP", "80"),
            ("ANALYTICSBOT_PORT", "tcp://10.0.0.1:80"),
            ("ANALYTICSBOT_PORT_80_TCP_ADDR", "10.0.0.1"),
        ];
        assert!(environment(&set).is_ok());
        assert!(environment(&[("ANALYTICSBOT_PORTS", "1")]).is_err());
    }

    #[test]
    fn limits_that_contradict_each_other_are_refused() {
        for (name, value, expected) in [
            (
                "ANALYTICSBOT_LIMITS_BATCH_EVENTS_MAX",
                "20000",
                "`database.batch_rows_max`",
            ),
            (
                "ANALYTICSBOT_INTAKE_PROJECT_EVENTS_MAX",
                "5",
                "`intake.project_events_max`",
            ),
        ] {
            let error = environment(&[(name, value)]).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
