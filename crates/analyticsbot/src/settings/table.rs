//! The one table of settings: from it are made the reader of the file, that of the environment, the
//! file that `init` writes and the page of reference.

use super::field::Field::{
    self, Address, Bytes, Count, DiskBytes, Duration, Format, Maybe, MaybeCount, Networks, Rate,
    Ratio, Secret, SecretFile, Text,
};

/// One thing that can be set.
pub(crate) struct Setting {
    /// The table of the file that it is in.
    pub(crate) section: &'static str,
    /// Its name there.
    pub(crate) key: &'static str,
    /// What kind of value, and where it is.
    pub(crate) field: Field,
    /// What it does, and what happens beyond it.
    pub(crate) doc: &'static str,
}

/// What the sections are about, in their order.
pub(crate) const SECTIONS: &[(&str, &str)] = &[
    ("server", "Where HTTP is served, and its limits."),
    (
        "database",
        "Where the data is, and the limits of the store.",
    ),
    (
        "limits",
        "Limits of one request and of the events in it; each names its refusal.",
    ),
    ("intake", "What may wait while a commit runs."),
    ("keys", "How write keys are looked up."),
    (
        "rate",
        "How much may be sent; beyond it the answer is 429 with `Retry-After`.",
    ),
    ("log", "Lines on standard error."),
    ("telemetry", "Spans for an OpenTelemetry collector."),
    ("sentry", "Reports of errors and panics."),
];

const fn of(section: &'static str, key: &'static str, field: Field, doc: &'static str) -> Setting {
    Setting {
        section,
        key,
        field,
        doc,
    }
}

/// Every setting, by section.
#[rustfmt::skip]
pub(crate) const ALL: &[Setting] = &[
    of("server", "listen", Address(|s| &mut s.server.listen),
        "Address and port. Port 0 takes a free one."),
    of("server", "workers", MaybeCount(|s| &mut s.server.workers),
        "Threads that serve requests. If it is not set: one less than there are cores."),
    of("server", "connections_max", Count(|s| &mut s.web.connections_max),
        "Connections open at one time. Beyond: 503, and the connection is closed."),
    of("server", "header_timeout", Duration(|s| &mut s.web.header_wait),
        "From the first byte of a request to the end of its head. Beyond: 408."),
    of("server", "body_timeout", Duration(|s| &mut s.web.body_wait),
        "From the end of the head to the end of the body. Beyond: 408."),
    of("server", "idle_timeout", Duration(|s| &mut s.web.idle_wait),
        "Between two requests of a connection. Beyond: it is closed."),
    of("server", "total_timeout", Duration(|s| &mut s.web.total_wait),
        "From the first byte of a request to its answer. Beyond: 503; its events may be stored."),
    of("server", "stop_timeout", Duration(|s| &mut s.web.stop_wait),
        "From the order to stop to the last answer. Beyond: what is still open is dropped."),
    of("server", "ready_age_max", Duration(|s| &mut s.web.ready_age_max),
        "How old the proof of a commit behind `/readyz` may be."),
    of("server", "slow_creation", Duration(|s| &mut s.web.slow_creation),
        "An event creation that takes longer is logged as a warning with its parts."),
    of("server", "trusted_proxies", Networks(|s| &mut s.web.trusted_proxies),
        "Peers whose `X-Forwarded-For` is believed."),
    of("server", "metrics_networks", Networks(|s| &mut s.web.metrics_networks),
        "Clients that may read `/metrics`. For all others it is 404."),

    of("database", "url", Secret(|s| &mut s.database.url),
        "A file of SQLite, created if it is not there, or `postgres://user@host/database`."),
    of("database", "url_file", SecretFile(|s| &mut s.database.url),
        "A file that holds `url`, where that has a password."),
    of("database", "batch_rows_max", Count(|s| &mut s.store.batch_rows_max),
        "Events of one transaction; at least `limits.batch_events_max`."),
    of("database", "waiting_max", Count(|s| &mut s.store.waiting_max),
        "Operations waiting for a connection, reads and writes each. Beyond: 503."),
    of("database", "page_rows_max", Count(|s| &mut s.store.page_rows_max),
        "Rows of one page. More is cut to it."),
    of("database", "scan_rows_max", Count(|s| &mut s.store.scan_rows_max),
        "Rows looked at for one page, where a filter matches few. Then the page ends early."),
    of("database", "refusals_kept_max", Count(|s| &mut s.store.refusals_kept_max),
        "Refused events kept for each project, for `events rejected`. Beyond: the oldest go."),
    of("database", "lock_timeout", Duration(|s| &mut s.store.lock_wait),
        "Waiting for another process. Beyond: 503."),
    of("database", "sqlite_readers", Count(|s| &mut s.store.sqlite.readers),
        "SQLite: threads that read."),
    of("database", "sqlite_cache", Bytes(|s| &mut s.store.sqlite.cache_bytes_max),
        "SQLite: page cache of the writer. Each reader has an eighth of it."),
    of("database", "sqlite_log", Bytes(|s| &mut s.store.sqlite.wal_bytes),
        "SQLite: size of the write-ahead log at which a checkpoint begins."),
    of("database", "sqlite_file_max", DiskBytes(|s| &mut s.store.sqlite.file_bytes_max),
        "SQLite: size of the file. Beyond: 503, as with a full disk."),
    of("database", "postgres_writers", Count(|s| &mut s.store.postgres.writers),
        "PostgreSQL: connections that store events."),
    of("database", "postgres_connections_max", Count(|s| &mut s.store.postgres.connections_max),
        "PostgreSQL: connections for everything else."),
    of("database", "postgres_connect_timeout", Duration(|s| &mut s.store.postgres.connect_wait),
        "PostgreSQL: opening a connection. Beyond: 503."),
    of("database", "postgres_pool_timeout", Duration(|s| &mut s.store.postgres.pool_wait),
        "PostgreSQL: waiting for a free connection. Beyond: 503."),
    of("database", "postgres_statement_timeout", Duration(|s| &mut s.store.postgres.statement_time),
        "PostgreSQL: one statement, measured by the server. Beyond: 503."),
    of("database", "postgres_answer_timeout", Duration(|s| &mut s.store.postgres.answer_wait),
        "PostgreSQL: one operation, measured here. Beyond: 503, and the connection is given up."),
    of("database", "postgres_idle_timeout", Duration(|s| &mut s.store.postgres.idle_in_transaction),
        "PostgreSQL: a transaction in which nothing happens. Beyond: the server ends it."),

    of("limits", "body_wire_bytes_max", Bytes(|s| &mut s.intake.limits.body_wire_bytes_max),
        "A body as it comes over the wire. Beyond: `body_too_large`."),
    of("limits", "body_bytes_max", Bytes(|s| &mut s.intake.limits.body_bytes_max),
        "A body after decompression. Beyond: `body_too_large`."),
    of("limits", "batch_events_max", Count(|s| &mut s.intake.limits.batch_events_max),
        "Events of one request. Beyond: `batch_too_large`."),
    of("limits", "event_bytes_max", Bytes(|s| &mut s.intake.limits.event_bytes_max),
        "One event as sent, and its properties and context as stored. Beyond: `event_too_large`."),
    of("limits", "depth_max", Count(|s| &mut s.intake.limits.depth_max),
        "Objects and arrays within each other. Beyond: `too_deep`."),
    of("limits", "keys_max", Count(|s| &mut s.intake.limits.keys_max),
        "Keys of properties and context together. Beyond: `too_many_keys`."),
    of("limits", "key_bytes_max", Bytes(|s| &mut s.intake.limits.key_bytes_max),
        "One key. Beyond: `key_too_long`."),
    of("limits", "name_chars_max", Count(|s| &mut s.intake.limits.name_chars_max),
        "An event's name, in characters. Beyond: `name_too_long`."),
    of("limits", "string_bytes_max", Bytes(|s| &mut s.intake.limits.string_bytes_max),
        "One text. Beyond: `string_too_long`."),
    of("limits", "number_bytes_max", Bytes(|s| &mut s.intake.limits.number_bytes_max),
        "One number's digits. Beyond: `number_too_long`."),
    of("limits", "id_bytes_max", Bytes(|s| &mut s.intake.limits.id_bytes_max),
        "A user's id or the client's own id of an event. Beyond: `id_too_long`."),
    of("limits", "timestamp_bytes_max", Bytes(|s| &mut s.intake.limits.timestamp_bytes_max),
        "A time as text. Beyond: `invalid_timestamp`."),
    of("limits", "user_agent_bytes_max", Bytes(|s| &mut s.intake.limits.user_agent_bytes_max),
        "The request's `User-Agent`. Beyond: it is cut."),
    of("limits", "rejection_input_bytes_max",
        Bytes(|s| &mut s.intake.limits.rejection_input_bytes_max),
        "What is kept of a refused event. Beyond: it is cut."),
    of("limits", "request_refusals_max", Count(|s| &mut s.intake.request_refusals_max),
        "Refusals kept of one request, the first ones. Beyond: they are only answered."),

    of("intake", "waiting_events_max", Count(|s| &mut s.intake.batch.waiting_events_max),
        "Events taken and not answered yet. Beyond: 503."),
    of("intake", "waiting_bytes_max", Bytes(|s| &mut s.intake.batch.waiting_bytes_max),
        "Their size in memory. Beyond: 503."),
    of("intake", "project_events_max", Count(|s| &mut s.intake.batch.project_events_max),
        "Those of one project; at least `limits.batch_events_max`. Beyond: 503."),
    of("intake", "project_bytes_max", Bytes(|s| &mut s.intake.batch.project_bytes_max),
        "The size of those of one project. Beyond: 503."),
    of("intake", "commit_events_max", Count(|s| &mut s.intake.batch.commit_events_max),
        "Events of one commit, unless one request has more. The others go into the next."),
    of("intake", "committers", Count(|s| &mut s.intake.batch.committers),
        "Commits at one time."),
    of("intake", "waiting_refusals_max", Count(|s| &mut s.intake.batch.waiting_refusals_max),
        "Refusals that wait to be kept. Beyond: they are only answered."),
    of("intake", "commit_refusals_max", Count(|s| &mut s.intake.batch.commit_refusals_max),
        "Refusals kept by one commit."),
    of("intake", "retry_after", Duration(|s| &mut s.intake.batch.retry_after),
        "What a client is told to wait when too much waits already."),

    of("keys", "fresh", Duration(|s| &mut s.web.keys.fresh),
        "How long the store's word on a key counts. A revoked key stops working within it."),
    of("keys", "stale", Duration(|s| &mut s.web.keys.stale),
        "How long a good key goes on working while the store cannot be asked."),
    of("keys", "remembered_max", Count(|s| &mut s.web.keys.remembered_max),
        "Keys remembered, unknown ones included. Beyond: the oldest go."),
    of("keys", "lookups_max", Count(|s| &mut s.web.keys.lookups_max),
        "Looks into the store at one time. Beyond: they wait."),

    of("rate", "key_events_per_second", Rate(|s| &mut s.web.rate.key_events_per_second),
        "Events a second of one write key. Beyond: `rate_limited_key`."),
    of("rate", "key_burst_events", Rate(|s| &mut s.web.rate.key_burst_events),
        "Events of one write key at once. Beyond: `rate_limited_key`."),
    of("rate", "address_requests_per_second", Rate(|s| &mut s.web.rate.address_requests_per_second),
        "Requests a second of one address. Beyond: `rate_limited_address`."),
    of("rate", "address_burst_requests", Rate(|s| &mut s.web.rate.address_burst_requests),
        "Requests of one address at once. Beyond: `rate_limited_address`."),
    of("rate", "project_events_per_day", Rate(|s| &mut s.web.rate.project_events_per_day),
        "Events of one project in one day of UTC. Beyond: `quota_exceeded`."),
    of("rate", "remembered_max", Count(|s| &mut s.web.rate.remembered_max),
        "Keys and addresses remembered, of each. Beyond: those that sent longest ago go."),

    of("log", "format", Format(|s| &mut s.observe.log.format),
        "`text` for people or `json` for programs."),
    of("log", "level", Text(|s| &mut s.observe.log.level),
        "The least level that is written, also by module: `info,web=debug`."),

    of("telemetry", "otlp_endpoint", Maybe(|s| &mut s.observe.telemetry.otlp_endpoint),
        "The address of a collector that speaks OTLP over HTTP, such as `http://localhost:4318`."),
    of("telemetry", "sample_ratio", Ratio(|s| &mut s.observe.telemetry.sample_ratio),
        "The share of traces begun here that is sent. A caller's `traceparent` decides for it."),
    of("telemetry", "service_name", Text(|s| &mut s.observe.telemetry.service_name),
        "The `service.name` of the spans."),
    of("telemetry", "headers", Secret(|s| &mut s.observe.telemetry.headers),
        "Sent with each export: `name=value,name=value`."),
    of("telemetry", "headers_file", SecretFile(|s| &mut s.observe.telemetry.headers),
        "A file that holds `headers`."),
    of("telemetry", "root_certificates", Maybe(|s| &mut s.observe.telemetry.root_certificates),
        "A PEM file of the authorities to trust for `https`, in place of those of Mozilla."),

    of("sentry", "dsn", Secret(|s| &mut s.observe.sentry.dsn),
        "The DSN of a Sentry project. Without one nothing is sent."),
    of("sentry", "dsn_file", SecretFile(|s| &mut s.observe.sentry.dsn),
        "A file that holds `dsn`."),
    of("sentry", "environment", Text(|s| &mut s.observe.sentry.environment),
        "The environment that Sentry shows."),
    of("sentry", "root_certificates", Maybe(|s| &mut s.observe.sentry.root_certificates),
        "A PEM file of the authorities to trust for `https`, in place of those of Mozilla."),
];

impl Setting {
    /// `section.key`.
    pub(crate) fn name(&self) -> String {
        format!("{}.{}", self.section, self.key)
    }

    /// The variable of the environment.
    pub(crate) fn variable(&self) -> String {
        format!("{PREFIX}{}_{}", self.section, self.key).to_uppercase()
    }

    /// The settings of a section.
    pub(crate) fn of_section(section: &str) -> impl Iterator<Item = &'static Self> {
        ALL.iter().filter(move |setting| setting.section == section)
    }
}

/// How variables of ours begin.
pub(crate) const PREFIX: &str = "ANALYTICSBOT_";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::settings::Settings;

    #[test]
    fn every_setting_is_in_a_known_section_and_has_a_name_of_its_own() {
        let names: BTreeSet<_> = ALL.iter().map(Setting::name).collect();
        let variables: BTreeSet<_> = ALL.iter().map(Setting::variable).collect();
        assert_eq!((names.len(), variables.len()), (ALL.len(), ALL.len()));
        let used: BTreeSet<_> = ALL.iter().map(|setting| setting.section).collect();
        let known: BTreeSet<_> = SECTIONS.iter().map(|(name, _)| *name).collect();
        assert_eq!(used, known);
    }

    #[test]
    fn every_default_is_read_back_as_it_is_shown() {
        for setting in ALL {
            let mut settings = Settings::default();
            let Some(shown) = setting.field.show(&settings) else {
                continue;
            };
            let text = shown.trim_matches(['[', ']']).replace('"', "");
            let set = setting.field.set(&mut settings, &text);
            assert!(set.is_some(), "{}: {shown}", setting.name());
            assert_eq!(
                setting.field.show(&settings),
                Some(shown),
                "{}",
                setting.name()
            );
        }
    }

    #[test]
    fn no_two_settings_share_a_place() {
        for (index, setting) in ALL.iter().enumerate() {
            let mut settings = Settings::default();
            let before: Vec<_> = ALL
                .iter()
                .map(|other| other.field.show(&settings))
                .collect();
            let other_value = match setting.field {
                Field::Bytes(_)
                | Field::DiskBytes(_)
                | Field::Count(_)
                | Field::MaybeCount(_)
                | Field::Rate(_) => "7",
                Field::Duration(_) => "7 ms",
                Field::Ratio(_) => "0.7",
                Field::Address(_) => "[::1]:7",
                Field::Networks(_) => "10.0.0.0/7",
                Field::Format(_) => "json",
                Field::Text(_) | Field::Maybe(_) => "seven",
                Field::Secret(_) | Field::SecretFile(_) => continue,
            };
            setting.field.set(&mut settings, other_value).unwrap();
            for (at, other) in ALL.iter().enumerate() {
                let changed = other.field.show(&settings) != before[at];
                assert_eq!(
                    changed,
                    at == index,
                    "{} and {}",
                    setting.name(),
                    other.name()
                );
            }
        }
    }
}
