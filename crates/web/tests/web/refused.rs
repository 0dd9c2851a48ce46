//! Requests that two readers may understand differently are refused; clean ones beside them pass.

use crate::rig::Rig;

/// A request whose head begins with the request line, `Host` and the key, and then goes on as the
/// case says.
fn with(rest: &str, key: &str) -> String {
    format!("POST /api/events HTTP/1.1\r\nHost: a\r\nX-Write-Key: {key}\r\n{rest}")
}

const BODY: &str = "{\"event\":\"a\"}";

/// What follows the head's beginning, and the status and code that it gets.
fn ambiguous() -> Vec<(String, u16, &'static str)> {
    let length = format!("Content-Length: {}\r\n", BODY.len());
    let chunked = "Transfer-Encoding: chunked\r\n";
    let chunks = format!("\r\nd\r\n{BODY}\r\n0\r\n\r\n");
    let plain = format!("\r\n{BODY}");
    let many = "X-A: b\r\n".repeat(101);
    let large = format!("X-A: {}\r\n", "b".repeat(17 << 10));
    let case = |text: String| (text, 400, "ambiguous_request");
    let odd = |text: String| (text, 400, "malformed_request");
    vec![
        case(format!("{length}{chunked}{chunks}")),
        case(format!("{chunked}{length}{chunks}")),
        case(format!("{length}{length}{plain}")),
        case(format!("{length}Content-Length: 5\r\n{plain}")),
        case(format!("Content-Length: 13, 13\r\n{plain}")),
        case(format!("Content-Length: +13\r\n{plain}")),
        case(format!("Content-Length: -1\r\n{plain}")),
        case(format!("Content-Length: 0x0d\r\n{plain}")),
        case(format!("Content-Length: \r\n{plain}")),
        case(format!("Content-Length: 99999999999999999999\r\n{plain}")),
        case(format!("Transfer-Encoding: gzip, chunked\r\n{chunks}")),
        case(format!("Transfer-Encoding: chunked, identity\r\n{chunks}")),
        case(format!("Transfer-Encoding: xchunked\r\n{chunks}")),
        case(format!("Transfer-Encoding: identity\r\n{plain}")),
        case(format!("{chunked}{chunked}{chunks}")),
        case(format!("Host: b\r\n{length}{plain}")),
        case(format!("Host: a\r\n{length}{plain}")),
        odd(format!("Transfer-Encoding : chunked\r\n{chunks}")),
        odd(format!("Transfer-Encoding\u{b}: chunked\r\n{chunks}")),
        odd(format!("Content-Length: 1\u{b2}\r\n{plain}")),
        odd(format!("X-A: b\r\n c\r\n{length}{plain}")),
        odd(format!("X-A: b\r\n\tc\r\n{length}{plain}")),
        odd(format!("X-A: b\0c\r\n{length}{plain}")),
        odd(format!("X-A: b\rc\r\n{length}{plain}")),
        odd(format!("X-A: b\n{length}{plain}")),
        odd(format!("X-A\r\n{length}{plain}")),
        odd(format!(": b\r\n{length}{plain}")),
        odd(format!("X A: b\r\n{length}{plain}")),
        odd(format!("X-Write-Key: gr\u{f6}\u{df}e\r\n{length}{plain}")),
        (format!("{many}{length}{plain}"), 431, "too_many_headers"),
        (format!("{large}{length}{plain}"), 431, "head_too_large"),
        (
            format!("{chunked}\r\nd;a=b\r\n{BODY}\r\n0\r\n\r\n"),
            400,
            "incomplete_body",
        ),
        (
            format!("{chunked}\r\nd\n{BODY}\r\n0\r\n\r\n"),
            400,
            "incomplete_body",
        ),
        (
            format!("{chunked}\r\nd\r\n{BODY}\r\n0\r\nA: b\r\n\r\n"),
            400,
            "incomplete_body",
        ),
        (
            format!("{chunked}\r\nzz\r\n{BODY}\r\n0\r\n\r\n"),
            400,
            "incomplete_body",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_read_in_two_ways_is_refused_and_the_connection_closed() {
    let rig = Rig::start().await;
    let shop = rig.tenant("shop").await;
    let key = shop.key.as_str();
    let clean = with(
        &format!("Content-Length: {}\r\n\r\n{BODY}", BODY.len()),
        key,
    );
    let mut passed = 0;
    for (rest, status, code) in ambiguous() {
        let mut client = rig.connect().await;
        // The connection is good before.
        client.write(clean.as_bytes()).await;
        assert_eq!(client.answer().await.status, 201, "{rest:?}");
        passed += 1;
        // And whatever follows the refused request is never read as one.
        client
            .write(format!("{}{clean}", with(&rest, key)).as_bytes())
            .await;
        let answer = client.answer().await;
        assert_eq!(answer.status, status, "{rest:?} {answer:?}");
        assert_eq!(answer.code(), code, "{rest:?}");
        assert_eq!(answer.header("connection"), Some("close"), "{rest:?}");
        assert!(client.is_closed().await, "{rest:?}");
    }
    assert_eq!(rig.stored(shop.id).await.len(), passed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_line_is_read_strictly() {
    let rig = Rig::start().await;
    let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(9_000));
    let endless = format!("GET /{}", "a".repeat(40_000));
    for (request, status) in [
        ("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        ("\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        ("GET http://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        (
            "GET /healthz HTTP/1.1\r\nHost: [::1]:80\r\nUser-Agent: gr\u{f6}\u{df}e\r\n\r\n",
            200,
        ),
        ("GET /healthz HTTP/1.0\r\n\r\n", 200),
        ("GET /healthz HTTP/1.1\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a@b\r\n\r\n", 400),
        (
            "GET /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        ("GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
        ("GET /healthz\r\nHost: a\r\n\r\n", 400),
        ("GET /heal\u{1}thz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("G\u{e9}T /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\nHost: a\n\n", 400),
        ("GET healthz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /healthz HTTP/9.9\r\nHost: a\r\n\r\n", 505),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (&long, 414),
        (&endless, 414),
    ] {
        let shown = &request[..request.len().min(60)];
        let answer = rig.send(request.as_bytes()).await;
        assert_eq!(answer.status, status, "{shown:?} {answer:?}");
        assert!(
            answer
                .header("date")
                .is_some_and(|date| date.ends_with(" gmt")),
            "{answer:?}"
        );
        if status != 200 {
            assert!(!answer.code().is_empty(), "{shown:?}");
        }
    }
}
