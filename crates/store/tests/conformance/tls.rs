//! TLS to PostgreSQL: each mode of libpq takes the servers that it promises to take, and no other.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use store::{Config, Error, Location, Store};
use testkit::{Authority, Postgres};

use crate::rig::{self, at, client, event_at, store_all};

/// Looks for a reload to be done; each is a session of its own.
const LOOKS_MAX: usize = 5_000;

/// What is expected of an attempt to open the store.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// It opens, encrypted.
    Tls,
    /// It opens, as plain text.
    Plain,
    /// It is refused with this in the text, and with a hint.
    Refused(&'static str),
}

struct Rig {
    server: Postgres,
    right: Authority,
    wrong: Authority,
}

impl Rig {
    /// A server without TLS.
    fn start() -> Option<Self> {
        testkit::postgres_or_skip()?;
        Some(Self {
            right: testkit::authority_or_skip()?,
            wrong: testkit::authority_or_skip()?,
            server: Postgres::start().unwrap(),
        })
    }

    /// Opens the store; `ROOT` and `OTHER` in the parameters are the authorities' certificates.
    async fn open(&self, host: &str, parameters: &str) -> Result<Store, Error> {
        let path = |authority: &Authority| authority.root().display().to_string();
        let parameters = parameters
            .replace("ROOT", &path(&self.right))
            .replace("OTHER", &path(&self.wrong));
        let user = if parameters.contains("channel_binding") {
            "scram:secret"
        } else {
            "postgres"
        };
        let port = self.server.port();
        let url = format!("postgres://{user}@{host}:{port}/postgres?{parameters}");
        Store::open(&Location::parse(&url), &Config::default(), at(0)).await
    }

    async fn check(&self, host: &str, parameters: &str, expected: Expected) {
        let opened = self.open(host, parameters).await;
        let case = format!("{host} {parameters}");
        match expected {
            Expected::Tls | Expected::Plain => {
                let store = opened.unwrap_or_else(|error| panic!("{case}: {error}"));
                store.journal().ready().await.unwrap();
                let encrypted = matches!(expected, Expected::Tls);
                assert_eq!(self.encrypted().await, encrypted, "{case}");
            }
            Expected::Refused(said) => {
                let error = opened.expect_err(&case);
                let text = error.to_string();
                assert!(text.contains(said), "{case}: {text}");
                assert!(!text.contains("secret"), "{case}: {text}");
                if !parameters.contains("channel_binding") {
                    assert!(error.hint().is_some(), "{case}: {text}");
                }
            }
        }
    }

    /// Whether the newest session of a store is.
    async fn encrypted(&self) -> bool {
        let statement = "SELECT s.ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
            WHERE a.application_name = 'analyticsbot' ORDER BY a.backend_start DESC LIMIT 1";
        let session = client(&self.server.url()).await;
        session.query_one(statement, &[]).await.unwrap().get(0)
    }

    /// Gives the server a certificate for `localhost`, and a role that logs in by password.
    async fn speak_tls(&self) {
        let issued = self.right.issue("DNS:localhost").unwrap();
        let folder = issued.key.parent().unwrap();
        // The server, which is another user, makes copies that are its own.
        for path in [folder, &issued.key, &issued.certificate] {
            open_to_all(path);
        }
        let folder = folder.display();
        let session = client(&self.server.url()).await;
        let rules = "hostssl all scram all scram-sha-256\nhost all scram all scram-sha-256\n\
                     host all all all trust";
        for statement in [
            format!(
                "COPY (SELECT 1) TO PROGRAM 'umask 077; cp {folder}/server.key server.key; \
                 cp {folder}/server.pem server.crt'"
            ),
            format!("COPY (SELECT 1) TO PROGRAM 'printf \"{rules}\\n\" > pg_hba.conf'"),
            "CREATE ROLE scram LOGIN SUPERUSER PASSWORD 'secret'".to_owned(),
            "ALTER SYSTEM SET ssl = on".to_owned(),
            "SELECT pg_reload_conf()".to_owned(),
        ] {
            session.batch_execute(&statement).await.unwrap();
        }
        for _ in 0..LOOKS_MAX {
            let session = client(&self.server.url()).await;
            let row = session.query_one("SHOW ssl", &[]).await.unwrap();
            if row.get::<_, &str>(0) == "on" {
                return;
            }
        }
        panic!("the server did not take its certificate");
    }
}

fn open_to_all(path: &Path) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mode_takes_the_servers_that_it_promises() {
    use Expected::{Plain, Refused, Tls};
    let Some(rig) = Rig::start() else { return };
    for (parameters, expected) in [
        ("", Plain),
        ("sslmode=prefer", Plain),
        ("sslmode=require", Refused("server does not support TLS")),
        (
            "sslmode=verify-full",
            Refused("server does not support TLS"),
        ),
        ("sslmode=allow", Refused("`sslmode=allow`")),
        (
            "sslrootcert=/nowhere.pem",
            Refused("`/nowhere.pem` cannot be read"),
        ),
        (
            "sslmode=verify-ca&sslrootcert=/etc/passwd",
            Refused("hold no certificate"),
        ),
    ] {
        rig.check("127.0.0.1", parameters, expected).await;
    }
    rig.speak_tls().await;
    let (unknown, name) = (
        Refused("no trusted authority"),
        Refused("not valid for name"),
    );
    for (host, parameters, expected) in [
        ("127.0.0.1", "", Tls),
        ("127.0.0.1", "sslmode=prefer", Tls),
        ("127.0.0.1", "sslmode=disable", Plain),
        ("127.0.0.1", "sslmode=require", Tls),
        ("127.0.0.1", "sslmode=require&sslrootcert=ROOT", Tls),
        ("127.0.0.1", "sslmode=verify-ca&sslrootcert=ROOT", Tls),
        ("localhost", "sslmode=verify-full&sslrootcert=ROOT", Tls),
        // The controls: another name, an authority that only has the same name, or no file.
        ("127.0.0.1", "sslmode=verify-full&sslrootcert=ROOT", name),
        (
            "localhost",
            "sslmode=verify-full&sslrootcert=OTHER",
            unknown,
        ),
        ("localhost", "sslmode=verify-ca&sslrootcert=OTHER", unknown),
        ("localhost", "sslmode=require&sslrootcert=OTHER", unknown),
        ("localhost", "sslmode=prefer&sslrootcert=OTHER", unknown),
        ("localhost", "sslmode=verify-full", unknown),
        ("localhost", "sslmode=verify-ca", unknown),
        ("localhost", "sslrootcert=system", Refused("")),
        // A login that is tied to the session, and one that cannot be.
        ("127.0.0.1", "sslmode=require&channel_binding=require", Tls),
        (
            "127.0.0.1",
            "sslmode=disable&channel_binding=require",
            Refused("channel binding"),
        ),
    ] {
        rig.check(host, parameters, expected).await;
    }
    let store = rig
        .open("localhost", "sslmode=verify-full&sslrootcert=ROOT")
        .await;
    let store = store.unwrap();
    let project_id = rig::project(&store, "a").await;
    let events: Vec<_> = (0..2_000).map(|us| event_at(project_id, us)).collect();
    store_all(&store, &events).await;
}

/// Whose server it is that cannot be reached, without the password.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_named() {
    let location = Location::parse("postgres://u:secret@127.0.0.1:1,localhost:2/x");
    let opened = Store::open(&location, &Config::default(), at(0)).await;
    let text = opened.unwrap_err().to_string();
    assert!(text.contains("`127.0.0.1:1, localhost:2`"), "{text}");
    assert!(text.contains("refused"), "{text}");
    assert!(!text.contains("secret"), "{text}");
}
