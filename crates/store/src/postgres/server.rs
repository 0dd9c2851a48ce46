//! Connects to the server, and refuses one that cannot keep the promises.

use std::time::Duration;

use connect::Target;
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::Client;

use super::fault::{self, fault};
use super::watch::{self, Connector};
use crate::{Config, Error};

const DOING: &str = "open the store";

/// The oldest supported: the first with `xid8` and `pg_current_snapshot()`.
const VERSION_MIN: i32 = 130_000;

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[SESSION, SERVER];

/// Reads a connection string.
pub(super) fn target(url: &str, config: &Config) -> Result<Target, Error> {
    let target = Target::parse(url, "analyticsbot", config.postgres.connect_wait);
    target.map_err(|error| fault::not_connected(DOING, error))
}

/// One connection outside the pools.
pub(super) async fn connect(target: &Target, config: &Config) -> Result<Client, Error> {
    let opening = watch::open(&target.settings, &target.tls);
    let opened = tokio::time::timeout(config.postgres.connect_wait, opening).await;
    let opened = opened.map_err(|_| {
        let error = connect::Error::no_answer(&target.place);
        fault::not_connected(DOING, error)
    })?;
    let (client, _driver) =
        opened.map_err(|error| fault::not_opened(DOING, &target.place, &error))?;
    set_up(&client, config, Sorting::Free)
        .await
        .map_err(fault(DOING))?;
    Ok(client)
}

/// Refuses a server that loses what it has committed, or cannot store what it is given.
pub(super) async fn check(client: &Client) -> Result<(), Error> {
    let row = client.query_one(SERVER, &[]).await.map_err(fault(DOING))?;
    let text = |index| row.try_get::<_, String>(index).map_err(fault(DOING));
    let version: i32 = row.try_get(0).map_err(fault(DOING))?;
    let standby: bool = row.try_get(4).map_err(fault(DOING))?;
    let refuse = |why: String, hint: &str| {
        Err(Error::Refused {
            why,
            hint: hint.to_owned(),
        })
    };
    if version < VERSION_MIN {
        let why = format!("PostgreSQL `{}` is too old", version / 10_000);
        return refuse(why, "version 13 or later is needed");
    }
    if text(1)? == "off" {
        let hint = "set `fsync = on` in postgresql.conf and restart the server";
        return refuse(
            "`fsync` is `off`: a crash would destroy the database".to_owned(),
            hint,
        );
    }
    if text(2)? == "off" {
        let why = "`synchronous_commit` is `off`: events would be acknowledged and then lost";
        let hint = "set `synchronous_commit = on`, in postgresql.conf or for this role or database";
        return refuse(why.to_owned(), hint);
    }
    let encoding = text(3)?;
    if encoding != "UTF8" {
        let why = format!("the database's encoding is `{encoding}`");
        return refuse(why, "create it with `ENCODING 'UTF8' TEMPLATE template0`");
    }
    if standby {
        let hint = "connect to the primary, for instance with `target_session_attrs=read-write`";
        return refuse(
            "the server is a standby and cannot be written to".to_owned(),
            hint,
        );
    }
    Ok(())
}

/// Whether the server may sort rows where an index has them in order.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sorting {
    Free,
    /// For pages, which are read in the order of a key. Of a table that was filled just now the
    /// server has no statistics: it takes all of a project's events for a handful, and fetches and
    /// sorts them for every page.
    Avoided,
}

/// A pool of connections with the settings of a session, checked as each is opened.
pub(super) fn pool(
    target: &Target,
    config: &Config,
    (connections_max, sorting): (usize, Sorting),
) -> Result<Pool, Error> {
    // Fast: a connection that is known to be closed is not handed out; others are not asked.
    let manager_config = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let connector = Connector {
        tls: target.tls.clone(),
    };
    let manager = Manager::from_connect(target.settings.clone(), connector, manager_config);
    let for_hook = config.clone();
    let hook = Hook::async_fn(move |client: &mut deadpool_postgres::ClientWrapper, _| {
        let config = for_hook.clone();
        Box::pin(async move {
            let synchronous = set_up(client, &config, sorting)
                .await
                .map_err(HookError::Backend)?;
            if synchronous == "off" {
                return Err(HookError::message("`synchronous_commit` has become `off`"));
            }
            Ok(())
        })
    });
    Pool::builder(manager)
        .max_size(connections_max)
        .wait_timeout(Some(config.postgres.pool_wait))
        .create_timeout(Some(config.postgres.connect_wait))
        .recycle_timeout(Some(config.postgres.connect_wait))
        .runtime(Runtime::Tokio1)
        .post_create(hook)
        .build()
        .map_err(|error| Error::Unavailable {
            doing: DOING,
            why: error.to_string(),
        })
}

/// Sets the session's limits; returns its `synchronous_commit`.
async fn set_up(
    client: &Client,
    config: &Config,
    sorting: Sorting,
) -> Result<String, tokio_postgres::Error> {
    let sort = match sorting {
        Sorting::Free => "on",
        Sorting::Avoided => "off",
    };
    let ms = |time: Duration| time.as_millis().max(1).to_string();
    let row = client
        .query_one(
            SESSION,
            &[
                &ms(config.postgres.statement_time),
                &ms(config.lock_wait),
                &ms(config.postgres.idle_in_transaction),
                &sort,
            ],
        )
        .await?;
    row.try_get(0)
}

const SESSION: &str = "-- server.session
    SELECT
        -- Held for the session: a reload of the server's configuration cannot turn it off.
        set_config('synchronous_commit', current_setting('synchronous_commit'), false),
        set_config('statement_timeout', $1, false),
        set_config('lock_timeout', $2, false),
        set_config('idle_in_transaction_session_timeout', $3, false),
        -- Compiling expressions costs more than any of our statements can gain by it.
        set_config('jit', 'off', false),
        set_config('enable_sort', $4, false)";

const SERVER: &str = "-- server.check
    SELECT
        current_setting('server_version_num')::integer,
        current_setting('fsync'),
        current_setting('synchronous_commit'),
        current_setting('server_encoding'),
        pg_is_in_recovery()";
