//! Opens connections to a real server, and to places where there is none.

use std::time::Duration;

use connect::{ErrorKind, Target};

const WAIT: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_server_is_connected_to_under_the_given_name() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let pairs = format!(
        "host=127.0.0.1 port={} user=postgres dbname=postgres",
        server.port()
    );
    for url in [server.url(), pairs] {
        let target = Target::parse(&url, "a test", WAIT).unwrap();
        let (client, driver) = target.open().await.unwrap();
        let row = client
            .query_one("SELECT current_setting('application_name')", &[])
            .await
            .unwrap();
        assert_eq!(row.get::<_, String>(0), "a test", "{url}");
        drop(client);
        driver.await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_opened_says_where_and_why() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let port = server.port();
    for (url, kind, said) in [
        // Port 1 belongs to nobody on a test machine.
        (
            "postgres://u:secret@127.0.0.1:1/d".to_owned(),
            ErrorKind::Unavailable,
            "connect to `127.0.0.1:1`",
        ),
        (
            format!("postgres://nobody_here:secret@127.0.0.1:{port}/postgres"),
            ErrorKind::Unavailable,
            "nobody_here",
        ),
        (
            format!("host=127.0.0.1 port={port} user=postgres sslmode=require"),
            ErrorKind::Tls,
            "does not support TLS",
        ),
    ] {
        let target = Target::parse(&url, "a test", WAIT).unwrap();
        let error = target.open().await.expect_err(&url);
        let text = error.to_string();
        assert_eq!(error.kind, kind, "{url}: {text}");
        assert!(text.contains(said) && !text.contains("secret"), "{text}");
    }
}

#[test]
fn what_is_not_understood_is_refused_with_a_hint() {
    for url in ["postgres://h:port/d", "host=h sslmode=allow", "nonsense"] {
        let Err(error) = Target::parse(url, "a test", WAIT) else {
            panic!("{url} was taken");
        };
        assert_eq!(error.kind, ErrorKind::Settings, "{url}");
        assert!(error.hint.is_some(), "{url}");
        assert!(error.to_string().starts_with("connect to PostgreSQL: "));
    }
}
