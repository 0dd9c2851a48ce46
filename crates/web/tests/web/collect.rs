//! Events that are sent are stored, and answered as they are documented.

use crate::rig::{Rig, post};

async fn one_event_is_stored_and_a_repeat_is_not(rig: &Rig) {
    let shop = rig.tenant("shop").await;
    let body = r#"{"event":"Signed Up","messageId":"m1"}"#;
    let first = rig.post(&shop, body).await;
    assert_eq!(
        (first.status, first.json()["status"].as_str()),
        (201, Some("stored"))
    );
    let again = rig.post(&shop, body).await;
    assert_eq!(
        (again.status, again.json()["status"].as_str()),
        (200, Some("duplicate"))
    );
    assert_eq!(first.json()["id"], again.json()["id"]);
    assert_eq!(rig.stored(shop.id).await, ["Signed Up"]);
}

async fn several_are_answered_one_by_one(rig: &Rig) {
    let shop = rig.tenant("many").await;
    let body = r#"{"batch":[{"event":"a","messageId":"1"},{"event":""},{"event":"b"},
        {"event":"a","messageId":"1"}]}"#;
    let answer = rig.post(&shop, body).await;
    let json = answer.json();
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(json["stored"], 2);
    assert_eq!(
        (&json["duplicates"], &json["rejected"]),
        (&1.into(), &1.into())
    );
    let statuses: Vec<_> = json["results"].as_array().unwrap().iter().collect();
    assert_eq!(statuses[1]["code"], "missing_name");
    assert_eq!(
        (&statuses[1]["index"], &statuses[1]["field"]),
        (&1.into(), &"event".into())
    );
    assert_eq!(statuses[3]["status"], "duplicate");
    assert_eq!(statuses[3]["id"], statuses[0]["id"]);
    assert_eq!(rig.stored(shop.id).await, ["a", "b"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    let rig = Rig::start().await;
    one_event_is_stored_and_a_repeat_is_not(&rig).await;
    several_are_answered_one_by_one(&rig).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    let Some(rig) = Rig::postgres("web_collect").await else {
        return;
    };
    one_event_is_stored_and_a_repeat_is_not(&rig).await;
    several_are_answered_one_by_one(&rig).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_event_says_why_and_where() {
    let rig = Rig::start().await;
    let shop = rig.tenant("shop").await;
    for (body, status, code) in [
        ("{\"event\":\"\"}", 422, "missing_name"),
        ("{\"event\":\"a\",\"properties\":7}", 400, "not_an_object"),
        ("{\"event\":\"a\"", 400, "invalid_json"),
        ("", 400, "invalid_json"),
        ("hello", 400, "invalid_json"),
        ("\u{1f}\u{8b}xx", 400, "invalid_json"),
    ] {
        let answer = rig.post(&shop, body).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{body:?}"
        );
        let json = answer.json();
        assert_eq!(
            json["error"]["request_id"].as_str(),
            answer.header("x-request-id")
        );
        assert!(
            json["error"]["message"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
    }
    let long = "x".repeat(40_000);
    let body = format!("{{\"event\":\"a\",\"properties\":{{\"b\":[\"{long}\"]}}}}");
    let answer = rig.post(&shop, body).await;
    assert_eq!(
        answer.json()["error"]["field"],
        "properties/b/0",
        "{answer:?}"
    );
    assert!(rig.stored(shop.id).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_comes_in_chunks_compressed_or_when_it_is_asked_for() {
    use std::io::Write as _;
    let rig = Rig::start().await;
    let shop = rig.tenant("shop").await;
    let key = format!("X-Write-Key: {}\r\n", shop.key.as_str());
    let head = format!("POST /api/events HTTP/1.1\r\nHost: a\r\n{key}");
    let mut client = rig.connect().await;
    client.write(head.as_bytes()).await;
    let chunks =
        b"Transfer-Encoding: chunked\r\n\r\n5\r\n{\"eve\r\nA\r\nnt\":\"one\"}\r\n0\r\n\r\n";
    client.write(chunks).await;
    assert_eq!(client.answer().await.status, 201);
    // The connection is good for another one.
    client.write(head.as_bytes()).await;
    client
        .write(b"Expect: 100-continue\r\nContent-Length: 15\r\n\r\n")
        .await;
    client.write(b"{\"event\":\"two\"}").await;
    assert_eq!(client.answer().await.status, 201);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(b"{\"event\":\"three\"}").unwrap();
    client
        .write(&post("/api/events", &key, &gzip.finish().unwrap()))
        .await;
    assert_eq!(client.answer().await.status, 201);
    // Two at once.
    let one = post("/api/events", &key, b"{\"event\":\"four\"}");
    client.write(&[one.clone(), one].concat()).await;
    assert_eq!(
        (client.answer().await.status, client.answer().await.status),
        (201, 201)
    );
    let stored = rig.stored(shop.id).await;
    assert_eq!(stored.len(), 5, "{stored:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_beyond_the_limit_is_refused_and_the_client_can_read_so() {
    let rig = Rig::start().await;
    let shop = rig.tenant("shop").await;
    // Told beforehand, twice the limit and all of it sent.
    let answer = rig.post(&shop, vec![b' '; 2 << 20]).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (413, "body_too_large")
    );
    assert_eq!(answer.header("connection"), Some("close"));
    // Not told: in chunks.
    let mut client = rig.connect().await;
    let key = shop.key.as_str();
    let head = format!(
        "POST /api/events?write_key={key} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    client.write(head.as_bytes()).await;
    let chunk = [&b"10000\r\n"[..], &vec![b' '; 0x10000], b"\r\n"].concat();
    for _ in 0..24 {
        client.write(&chunk).await;
    }
    let answer = client.answer().await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (413, "body_too_large")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_there_is_not_is_told_in_the_same_shape() {
    let rig = Rig::start().await;
    for (method, path, status, allow) in [
        ("GET", "/", 404, None),
        ("GET", "/api/events/", 404, None),
        ("POST", "/api", 404, None),
        ("GET", "/api/events", 405, Some("post, options")),
        ("DELETE", "/api/events", 405, Some("post, options")),
        ("POST", "/healthz", 405, Some("get,head")),
        ("BREW", "/metrics", 405, Some("get,head")),
    ] {
        let request = format!("{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        let answer = rig.send(request.as_bytes()).await;
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
        let request_id = answer.json()["error"]["request_id"]
            .as_str()
            .map(str::to_owned);
        assert_eq!(request_id.as_deref(), answer.header("x-request-id"));
    }
    assert_eq!(rig.get("/healthz").await.body, "ok\n");
    assert_eq!(rig.get("/readyz").await.body, "ready\n");
}
