//! Ten thousand damaged requests: each gets an answer that is nobody's fault but its sender's.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::rig::{PLANTED, Rig, Tenant, post};

/// No request may take longer. A second is what is promised; the rest is for a build without
/// optimisation on a machine that does something else as well.
const ANSWER_WAIT: Duration = Duration::from_secs(5);

/// Numbers that are the same in every run (Marsaglia's xorshift, 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }
}

fn seeds() -> Vec<Vec<u8>> {
    use std::io::Write as _;
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(&vec![b' '; 16 << 20]).unwrap();
    let deep = [vec![b'['; 5_000], vec![b']'; 5_000]].concat();
    let keys: Vec<_> = (0..2_000).map(|key| format!("\"k{key}\":{key}")).collect();
    let texts = [
        r#"{"event":"a","properties":{"n":1e999,"t":"\ud800","u":"\u0000","d":1,"d":2}}"#,
        r#"{"batch":[{"event":"a"},{"event":"b","timestamp":"2026-11-18T09:46:40Z"}],"sentAt":1}"#,
        "[{\"event\":\"a\",\"messageId\":\"1\"},null,7,\"x\",[],{}]",
        "{\"event\":\"a\"}\n{\"event\":\"b\"}\n{\"event\":\n",
        r#"{"event":"a","context":{"ip":"::1"},"userId":123456789012345678901234567890}"#,
    ];
    let mut seeds: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    seeds.push(format!("{{\"event\":\"a\",\"properties\":{{{}}}}}", keys.join(",")).into_bytes());
    seeds.push([b"{\"event\":\"a\",\"properties\":{\"d\":", &deep[..], b"}}"].concat());
    seeds.push(bomb.finish().unwrap());
    seeds
}

fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, u8::try_from(random.below(256)).unwrap()),
            2 if !bytes.is_empty() => bytes[at] ^= 1 << random.below(8),
            3 => bytes.extend_from_within(at..),
            4 if !bytes.is_empty() => drop(bytes.remove(at)),
            _ => {
                let words: [&[u8]; 6] = [b"\"", b"\\u", b"1e99999", b"\r\n", b"\0", b"{\"a\":"];
                let word = words[random.below(words.len())];
                bytes.splice(at..at, word.iter().copied());
            }
        }
        bytes.truncate(64 << 10);
    }
}

/// A request of which the body is damaged, or the head, or all of it.
fn request(seeds: &[Vec<u8>], tenant: &Tenant, random: &mut Random) -> Vec<u8> {
    let mut body = seeds[random.below(seeds.len())].clone();
    let headers = [
        "",
        "Content-Encoding: gzip\r\n",
        "Content-Encoding: br\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Expect: 100-continue\r\n",
        "Content-Length: 3\r\n",
        "X-Forwarded-For: \u{fffd}\r\n",
        "traceparent: 00-zz\r\n",
    ];
    let header = headers[random.below(headers.len())];
    let headers = format!("X-Write-Key: {}\r\n{header}", tenant.key.as_str());
    if random.below(4) > 0 {
        damage(&mut body, random);
    }
    let mut request = post("/api/events", &headers, &body);
    if random.below(4) == 0 {
        let head = request
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap()
            + 4;
        let body = request.split_off(head);
        damage(&mut request, random);
        request.extend_from_slice(&body);
    }
    request
}

/// What became of a request.
struct Outcome {
    request: Vec<u8>,
    /// None if the connection ended without an answer, or there was none in time.
    status: Option<u16>,
    took: Duration,
}

impl Outcome {
    /// Whether it is nobody's fault but the sender's. The store is well and the buffer has room, so
    /// there is no cause for a 503; a version of HTTP that we do not speak is a 505.
    fn is_fine(&self) -> bool {
        match self.status {
            Some(status) => status < 500 || status == 505,
            // Where nothing was asked, nothing is answered: empty lines are passed over.
            None => self.took < ANSWER_WAIT && self.request.trim_ascii().is_empty(),
        }
    }
}

async fn send(rig: &Rig, request: Vec<u8>) -> Outcome {
    use tokio::io::AsyncWriteExt as _;
    let began = Instant::now();
    let answer = async {
        let mut client = rig.connect().await;
        client.write(&request).await;
        // Nothing more comes: what is not whole never will be.
        let _ = client.stream.shutdown().await;
        client.answer().await.status
    };
    let status = timeout(ANSWER_WAIT, answer).await.ok();
    Outcome {
        status: status.filter(|status| *status > 0),
        took: began.elapsed(),
        request,
    }
}

async fn send_many(
    rig: &Rig,
    tenant: &Tenant,
    seeds: &[Vec<u8>],
    round: (u64, usize),
) -> Vec<Outcome> {
    let (mut random, count) = (Random(round.0), round.1);
    let mut outcomes = Vec::with_capacity(count);
    for _ in 0..count {
        outcomes.push(send(rig, request(seeds, tenant, &mut random)).await);
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread")]
async fn no_damaged_request_is_the_servers_fault() {
    let rig = Rig::start().await;
    let (shop, seeds) = (rig.tenant("shop").await, seeds());
    let round = |seed| send_many(&rig, &shop, &seeds, (seed, 2_500));
    let rounds = tokio::join!(round(0x9e37), round(0x79b9), round(0x7f4a), round(0x7c15));
    let outcomes = [rounds.0, rounds.1, rounds.2, rounds.3];
    let outcomes: Vec<_> = outcomes.into_iter().flatten().collect();
    if let Some(outcome) = outcomes.iter().find(|outcome| !outcome.is_fine()) {
        let (status, took) = (outcome.status, outcome.took);
        panic!("{status:?} {took:?}: {}", outcome.request.escape_ascii());
    }
    let slowest = outcomes.iter().map(|outcome| outcome.took).max().unwrap();
    println!("the slowest of {} took {slowest:?}", outcomes.len());
    // Not all of one kind: the damage reaches every layer.
    for expected in [200, 201, 400, 413, 422] {
        let found = outcomes
            .iter()
            .filter(|outcome| outcome.status == Some(expected))
            .count();
        println!("{found} were answered with {expected}");
        assert!(found > 0, "nothing was answered with {expected}");
    }
    // And the server is as it was.
    assert_eq!(rig.post(&shop, "{\"event\":\"whole\"}").await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_defect_that_the_damage_finds_is_seen_and_the_server_lives_on() {
    let rig = Rig::start().await;
    let shop = rig.tenant("shop").await;
    let mut seeds = seeds();
    let planted = format!("{{\"event\":\"a\",\"timestamp\":\"{}\"}}", PLANTED.0);
    seeds.push(planted.clone().into_bytes());
    let outcomes = send_many(&rig, &shop, &seeds, (0x9e37, 400)).await;
    let found: Vec<_> = outcomes
        .iter()
        .filter(|outcome| !outcome.is_fine())
        .collect();
    assert!(!found.is_empty(), "the rig would not see it");
    for outcome in found {
        assert_eq!(
            outcome.status,
            Some(500),
            "{}",
            outcome.request.escape_ascii()
        );
    }
    assert_eq!(rig.post(&shop, &planted).await.code(), "internal");
    assert_eq!(rig.post(&shop, "{\"event\":\"a\"}").await.status, 201);
}

#[test]
fn an_answer_that_is_missing_late_or_a_503_is_seen() {
    let outcome = |request: &str, status, took_s| Outcome {
        request: request.as_bytes().to_vec(),
        status,
        took: Duration::from_secs(took_s),
    };
    for (outcome, expected) in [
        (outcome("GET / HTTP/1.1\r\n\r\n", Some(400), 0), true),
        (outcome("\r\n", None, 0), true),
        (outcome("\r\n", None, 5), false),
        (outcome("G", None, 0), false),
        (outcome("GET / HTTP/1.1\r\n\r\n", Some(503), 0), false),
        (outcome("GET / HTTP/1.1\r\n\r\n", Some(500), 0), false),
    ] {
        assert_eq!(outcome.is_fine(), expected);
    }
}
