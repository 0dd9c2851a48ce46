//! A page of any origin may send, without credentials.

use crate::rig::{Rig, post};

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_any_origin_may_ask_and_send() {
    let rig = Rig::start().await;
    let shop = rig.tenant("shop").await;
    let ask = b"OPTIONS /api/events HTTP/1.1\r\nHost: a\r\nOrigin: https://shop.example\r\n\
        Access-Control-Request-Method: POST\r\n\
        Access-Control-Request-Headers: authorization, x-client-version\r\n\r\n";
    let leave = rig.send(ask).await;
    assert_eq!(leave.status, 204);
    for (name, expected) in [
        ("access-control-allow-origin", Some("*")),
        ("access-control-allow-methods", Some("post, options")),
        (
            "access-control-allow-headers",
            Some("authorization, x-client-version"),
        ),
        ("access-control-max-age", Some("86400")),
        // With it, a browser would send cookies.
        ("access-control-allow-credentials", None),
    ] {
        assert_eq!(leave.header(name), expected, "{name}");
    }
    // What `sendBeacon` sends: no leave asked, a text, the key in the address or in the body.
    let key = shop.key.as_str();
    let headers = "Origin: https://shop.example\r\nContent-Type: text/plain;charset=UTF-8\r\n";
    let target = format!("/api/events?write_key={key}");
    let in_body = format!("{{\"event\":\"b\",\"write_key\":\"{key}\"}}");
    for (request, status) in [
        (post(&target, headers, b"{\"event\":\"a\"}"), 201),
        (post("/api/events", headers, in_body.as_bytes()), 201),
        // A page can also read why something was refused.
        (post("/api/events", headers, b"{\"event\":\"a\"}"), 401),
        (post(&target, headers, b"{"), 400),
        (b"GET /api/events HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(), 405),
    ] {
        let answer = rig.send(&request).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("*"),
            "{answer:?}"
        );
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
    assert_eq!(rig.stored(shop.id).await.len(), 2);
}
