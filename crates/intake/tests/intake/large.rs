//! Large requests: decoded aside, a few at a time, with the same answers as small ones.

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use event::{Code, Limits};
use flate2::Compression;
use flate2::write::GzEncoder;
use ids::Uuid;
use intake::{Body, Config, Intake, MakeId, Refused, SMALL_BODY_BYTES_MAX};

use crate::fake::{Fake, NOW, make_id, project, received, settle};

fn start(config: Config, make_id: MakeId) -> Arc<Intake> {
    let (intake, committers) = Intake::new(Fake::open(), config, make_id);
    for committer in committers {
        tokio::spawn(committer.run());
    }
    Arc::new(intake)
}

/// So many events and one bad input, as an array.
fn array(events: usize) -> Vec<u8> {
    let event = |number| format!("{{\"event\":\"Viewed\",\"properties\":{{\"n\":{number}}}}}");
    let inputs: Vec<_> = (0..events).map(event).chain(["7".to_owned()]).collect();
    format!("[{}]", inputs.join(",")).into_bytes()
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_large_request_has_the_answer_of_a_small_one() {
    let intake = start(Config::default(), make_id());
    for events in [10, 9_000] {
        let plain = array(events);
        assert_eq!(plain.len() > SMALL_BODY_BYTES_MAX, events > 10);
        for bytes in [gzip(&plain), plain] {
            let (bytes, claimed) = (bytes.as_slice(), None);
            let body = Body { bytes, claimed };
            let answer = intake.accept(project(1), &body, &received()).await.unwrap();
            let totals = answer.totals();
            assert_eq!((totals.stored, totals.rejected), (events, 1));
        }
    }
}

#[tokio::test]
async fn the_limit_of_a_large_body_is_its_own() {
    let limits = Limits {
        body_bytes_max: 3 * SMALL_BODY_BYTES_MAX,
        ..Limits::DEFAULT
    };
    let config = Config {
        limits,
        ..Config::default()
    };
    let intake = start(config, make_id());
    let spaces = |count| gzip(&[b"[]".as_slice(), &vec![b' '; count - 2]].concat());
    let expand = async |bytes: Vec<u8>| {
        let (bytes, claimed) = (bytes.as_slice(), None);
        let plain = intake.expand(&Body { bytes, claimed }).await.unwrap();
        plain
            .map(|plain| plain.len())
            .map_err(|refusal| refusal.code)
    };
    for count in [
        SMALL_BODY_BYTES_MAX,
        SMALL_BODY_BYTES_MAX + 1,
        3 * SMALL_BODY_BYTES_MAX,
    ] {
        assert_eq!(expand(spaces(count)).await, Ok(count));
    }
    let beyond = expand(spaces(3 * SMALL_BODY_BYTES_MAX + 1)).await;
    assert_eq!(beyond, Err(Code::BodyTooLarge));
    let (bytes, claimed) = (&spaces(4 * SMALL_BODY_BYTES_MAX)[..], None);
    let refused = intake
        .accept(project(1), &Body { bytes, claimed }, &received())
        .await;
    assert!(matches!(refused, Err(Refused::Body(_))), "{refused:?}");
}

#[tokio::test]
async fn others_run_while_large_requests_are_decoded_two_at_a_time() {
    let (permit, permits) = mpsc::sync_channel::<()>(4);
    let (permits, begun) = (Mutex::new(permits), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&begun);
    // Each id waits for this test: were it made on the test's only thread, the test would not end.
    let make_id: MakeId = Box::new(move |time| {
        counted.fetch_add(1, Ordering::SeqCst);
        permits.lock().unwrap().recv().unwrap();
        Uuid::at(time.unwrap_or(NOW))
    });
    let intake = start(Config::default(), make_id);
    let large = [
        b"[{\"event\":\"a\"}".as_slice(),
        &vec![b' '; SMALL_BODY_BYTES_MAX],
        b"]",
    ]
    .concat();
    let requests = (0..4).map(|_| {
        let (intake, bytes) = (Arc::clone(&intake), large.clone());
        tokio::spawn(async move {
            let (bytes, claimed) = (bytes.as_slice(), None);
            let body = Body { bytes, claimed };
            intake
                .accept(project(1), &body, &received())
                .await
                .unwrap()
                .totals()
                .stored
        })
    });
    let requests: Vec<_> = requests.collect();
    while begun.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    settle().await;
    assert_eq!(
        begun.load(Ordering::SeqCst),
        2,
        "the others wait for their turn"
    );
    for _ in &requests {
        permit.send(()).unwrap();
    }
    for request in requests {
        assert_eq!(request.await.unwrap(), 1);
    }
}
