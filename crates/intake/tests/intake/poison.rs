//! Whole requests: one bad input never harms its neighbours, and every refusal can be looked up.

use std::io::Write as _;

use event::{Code, Limits, ProjectId};
use flate2::Compression;
use flate2::write::GzEncoder;
use intake::batch::Unaccepted;
use intake::{Answer, Body, Config, Intake, Refused, Shape, Totals, Verdict};
use proptest::prelude::*;
use tokio::task::JoinHandle;

use crate::fake::{Fake, Step, make_id, project, received, settle};

/// What no store may be given, and what the client is told of it. None: it is mended and stored.
const POISONS: [(&[u8], Option<Code>); 20] = [
    (b"oops", Some(Code::NotAnObject)),
    (b"5", Some(Code::NotAnObject)),
    (b"[]", Some(Code::NotAnObject)),
    (b"{}", Some(Code::MissingName)),
    (b"{\"event\":}", Some(Code::InvalidType)),
    (b"{\"event\":7}", Some(Code::InvalidType)),
    (b"{\"event\":\"a\x01b\"}", Some(Code::InvalidJson)),
    (b"{\"event\":\"\xff\"}", Some(Code::InvalidUtf8)),
    (
        b"{\"event\":\"x\",\"properties\":[1]}",
        Some(Code::NotAnObject),
    ),
    (
        b"{\"event\":\"x\",\"properties\":{\"a\":01}}",
        Some(Code::InvalidJson),
    ),
    (
        b"{\"event\":\"x\",\"properties\":{\"a\":tru}}",
        Some(Code::InvalidJson),
    ),
    (
        b"{\"event\":\"x\",\"properties\":{\"a\":1]}",
        Some(Code::InvalidJson),
    ),
    (
        b"{\"event\":\"x\",\"timestamp\":\"yesterday\"}",
        Some(Code::InvalidTimestamp),
    ),
    (b"{\"event\":\"x\",\"user_id\":{}}", Some(Code::InvalidType)),
    (
        b"{\"event\":\"x\",\"properties\":{\"a\":\"\\u0000\"}}",
        None,
    ),
    (
        b"{\"event\":\"x\",\"properties\":{\"a\":\"\\ud800\"}}",
        None,
    ),
    (b"{\"event\":\"x\",\"properties\":{\"a\":1e400}}", None),
    (b"{\"event\":\"x\",\"properties\":{\"a\":-0}}", None),
    (b"{\"event\":\"x\",\"properties\":{\"a\":1,\"a\":2}}", None),
    (
        b"{\"event\":\"x\",\"properties\":{\"n\":12345678901234567890123}}",
        None,
    ),
];

fn start(fake: &Fake, config: Config) -> (Intake, Vec<JoinHandle<()>>) {
    let (intake, committers) = Intake::new(fake.clone(), config, make_id());
    (
        intake,
        committers
            .into_iter()
            .map(|each| tokio::spawn(each.run()))
            .collect(),
    )
}

async fn accept(intake: &Intake, project: ProjectId, bytes: &[u8]) -> Result<Answer, Refused> {
    intake
        .accept(
            project,
            &Body {
                bytes,
                claimed: None,
            },
            &received(),
        )
        .await
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// The inputs as a body of each shape.
fn bodies(inputs: &[Vec<u8>]) -> [Vec<u8>; 4] {
    let list = inputs.join(b",".as_slice());
    let batch = [b"{\"batch\":[", list.as_slice(), b"],\"sentAt\":1}"].concat();
    let array = [b"[".as_slice(), &list, b"]"].concat();
    [gzip(&batch), array, batch, inputs.join(b"\n".as_slice())]
}

async fn check(inputs: &[(Vec<u8>, Option<Code>)]) {
    let bytes: Vec<_> = inputs.iter().map(|(bytes, _)| bytes.clone()).collect();
    for body in bodies(&bytes) {
        let fake = Fake::open();
        let (intake, _committers) = start(&fake, Config::default());
        let answer = accept(&intake, project(1), &body).await.unwrap();
        settle().await;
        assert_eq!(answer.shape, Shape::Several);
        let found: Vec<_> = answer.verdicts.iter().map(code).collect();
        let expected: Vec<_> = inputs.iter().map(|(_, code)| *code).collect();
        assert_eq!(found, expected, "{}", body.escape_ascii());
        let bad: Vec<_> = (0..inputs.len())
            .filter(|at| inputs[*at].1.is_some())
            .collect();
        let kept: Vec<_> = fake
            .refusals()
            .iter()
            .map(|kept| kept.rejection.index)
            .collect();
        assert_eq!(
            (kept, fake.stored().len()),
            (bad.clone(), inputs.len() - bad.len())
        );
        let expected = Totals {
            stored: inputs.len() - bad.len(),
            duplicates: 0,
            rejected: bad.len(),
        };
        assert_eq!(answer.totals(), expected);
        let counted: u64 = intake.counts().rejected.values().sum();
        assert_eq!(usize::try_from(counted), Ok(bad.len()));
    }
}

fn code(verdict: &Verdict) -> Option<Code> {
    match verdict {
        Verdict::Rejected(reason) => Some(reason.code),
        Verdict::Stored(_) | Verdict::Duplicate(_) => None,
    }
}

#[tokio::test]
async fn every_poison_is_refused_or_mended_alone() {
    for (poison, code) in POISONS {
        let good = |name: &str| (format!("{{\"event\":\"{name}\"}}").into_bytes(), None);
        check(&[good("before"), (poison.to_vec(), code), good("after")]).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn good_neighbours_of_any_poisons_are_stored(
        picks in prop::collection::vec(0..2 * POISONS.len(), 1..40),
    ) {
        let mut inputs: Vec<_> = picks
            .iter()
            .map(|pick| match POISONS.get(*pick) {
                Some((poison, code)) => (poison.to_vec(), *code),
                None => (format!("{{\"event\":\"good {pick}\"}}").into_bytes(), None),
            })
            .collect();
        // So that lines are known as such, and are more than one.
        for good in ["{\"event\":\"a\"}", "{\"event\":\"b\"}"] {
            inputs.push((good.as_bytes().to_vec(), None));
        }
        inputs.rotate_right(1);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(&inputs));
    }
}

#[tokio::test]
async fn one_object_is_told_apart_and_a_repeat_is_a_duplicate() {
    let fake = Fake::open();
    let (intake, _committers) = start(&fake, Config::default());
    let event = br#"{"event":"a","messageId":"m1"}"#;
    let first = accept(&intake, project(1), event).await.unwrap();
    let id = fake.stored()[0].id;
    assert_eq!(
        (first.shape, first.verdicts),
        (Shape::One, vec![Verdict::Stored(id)])
    );
    let again = accept(&intake, project(1), event).await.unwrap();
    assert_eq!(
        (again.shape, again.verdicts),
        (Shape::One, vec![Verdict::Duplicate(id)])
    );
    let both = [b"[".as_slice(), event, b",{\"event\":\"c\"},5]"].concat();
    let mixed = accept(&intake, project(1), &both).await.unwrap();
    assert_eq!(
        mixed.totals(),
        Totals {
            stored: 1,
            duplicates: 1,
            rejected: 1
        }
    );
    assert_eq!(mixed.verdicts[0], Verdict::Duplicate(id));
    let elsewhere = accept(&intake, project(2), event).await.unwrap();
    assert_eq!(
        elsewhere.totals().stored,
        1,
        "another project has its own names"
    );
    let none = accept(&intake, project(1), b"[]").await.unwrap();
    assert_eq!((none.shape, none.verdicts), (Shape::Several, Vec::new()));
}

#[tokio::test]
async fn a_request_refused_as_a_whole_is_kept_once() {
    let fake = Fake::open();
    let config = Config {
        limits: Limits {
            body_bytes_max: 1_000,
            batch_events_max: 3,
            ..Limits::DEFAULT
        },
        ..Config::default()
    };
    let (intake, _committers) = start(&fake, config);
    let cases: [(&[u8], Code); 4] = [
        (b"[1,2", Code::InvalidJson),
        (b"[1,2,3,4]", Code::BatchTooLarge),
        (&gzip(&[b' '; 2_000]), Code::BodyTooLarge),
        (b"", Code::InvalidJson),
    ];
    for (body, code) in cases {
        match accept(&intake, project(1), body).await {
            Err(Refused::Body(rejection)) => assert_eq!(rejection.code, code),
            other => panic!("{other:?}"),
        }
    }
    settle().await;
    let kept: Vec<_> = fake
        .refusals()
        .iter()
        .map(|refusal| refusal.rejection.code)
        .collect();
    assert_eq!(kept, cases.map(|(_, code)| code));
    assert_eq!(fake.stored(), []);
}

#[tokio::test]
async fn refusals_are_bounded_in_each_request_and_in_waiting() {
    let fake = Fake::default();
    let mut config = Config {
        request_refusals_max: 3,
        ..Config::default()
    };
    config.batch.waiting_refusals_max = 5;
    let (intake, _committers) = start(&fake, config);
    // Holds the committer, so that refusals wait.
    let held = accept(&intake, project(1), br#"{"event":"a"}"#);
    let four = accept_and_count(&intake, 4);
    let (_, ()) = tokio::join!(held, async {
        settle().await;
        four.await;
        let counts = intake.counts();
        assert_eq!(
            counts.rejected[&Code::MissingName],
            16,
            "each is told and counted"
        );
        assert_eq!(
            (counts.batch.waiting_refusals, counts.batch.refusals_lost),
            (5, 11)
        );
        fake.let_through(1).await;
    });
    settle().await;
    assert_eq!(fake.refusals().len(), 5);
    assert_eq!(intake.counts().batch.refusals_kept, 5);
}

/// Makes requests of four bad inputs each; they need no commit.
async fn accept_and_count(intake: &Intake, requests: usize) {
    for _ in 0..requests {
        let answer = accept(intake, project(1), b"[{},{},{},{}]").await.unwrap();
        assert_eq!(answer.totals().rejected, 4);
    }
}

#[tokio::test]
async fn who_is_told_to_come_again_leaves_no_refusals() {
    let fake = Fake::open();
    fake.script([Step::Fail]);
    let (intake, committers) = start(&fake, Config::default());
    let body = br#"[{"event":"a"},{}]"#;
    let failed = accept(&intake, project(1), body).await;
    assert!(matches!(failed, Err(Refused::Failed { .. })), "{failed:?}");
    assert_eq!(intake.counts().rejected.len(), 0);
    assert_eq!(
        accept(&intake, project(1), body)
            .await
            .unwrap()
            .totals()
            .stored,
        1
    );
    intake.close();
    let closed = accept(&intake, project(1), body).await;
    assert!(
        matches!(closed, Err(Refused::Unaccepted(Unaccepted::Closed))),
        "{closed:?}"
    );
    settle().await;
    assert!(committers.iter().all(JoinHandle::is_finished));
    assert_eq!(fake.refusals().len(), 1);
    let late = accept(&intake, project(1), b"").await;
    assert!(matches!(late, Err(Refused::Body(_))), "{late:?}");
    let counts = intake.counts().batch;
    assert_eq!((counts.waiting_refusals, counts.refusals_lost), (0, 1));
}
