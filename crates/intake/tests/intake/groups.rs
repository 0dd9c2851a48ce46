//! Group commit: what goes together, who waits for what, what is refused.

use std::time::Duration;

use intake::batch::{Config, Counts};

use crate::fake::{Fake, Running, Step, events, project, settle, stored};

fn small() -> Config {
    Config {
        commit_events_max: 10,
        ..Config::default()
    }
}

#[tokio::test]
async fn what_waits_while_a_commit_runs_is_the_next_commit() {
    let fake = Fake::default();
    let running = Running::over(&fake, small());
    let first = running.append(project(1), events(project(1), "a", 1)).await;
    let mut others = Vec::new();
    for name in ["b", "c", "d"] {
        others.push(
            running
                .append(project(1), events(project(1), name, 1))
                .await,
        );
    }
    assert_eq!(
        fake.begun(),
        [["a0"]],
        "the first does not wait for company"
    );
    fake.let_through(1).await;
    assert_eq!(stored(first).await, Ok(1));
    assert_eq!(fake.sizes(), [1, 3]);
    assert!(
        others.iter().all(|other| !other.is_finished()),
        "answered before the commit"
    );
    fake.let_through(1).await;
    for other in others {
        assert_eq!(stored(other).await, Ok(1));
    }
    let counts = running.buffer.counts();
    assert_eq!(
        (counts.stored, counts.commits, counts.committed_events),
        (4, 2, 4)
    );
    assert_eq!(
        (counts.commits_by_size[0], counts.commits_by_size[2]),
        (1, 1)
    );
    assert_eq!((counts.waiting_events, counts.waiting_bytes), (0, 0));
}

#[tokio::test]
async fn a_project_with_little_waits_for_one_commit_whatever_others_sent() {
    let fake = Fake::default();
    let running = Running::over(&fake, small());
    let big = running
        .append(project(1), events(project(1), "big", 100))
        .await;
    let also_big = running
        .append(project(2), events(project(2), "also", 100))
        .await;
    let small = running
        .append(project(3), events(project(3), "small", 2))
        .await;
    assert_eq!(fake.sizes(), [10]);
    fake.let_through(1).await;
    let second = fake.begun()[1].clone();
    let of = |name: &str| {
        second
            .iter()
            .filter(|event| event.starts_with(name))
            .count()
    };
    assert_eq!(
        (of("big"), of("also"), of("small")),
        (4, 4, 2),
        "{second:?}"
    );
    fake.let_through(1).await;
    assert_eq!(stored(small).await, Ok(2));
    assert!(!big.is_finished() && !also_big.is_finished());
    fake.let_through(30).await;
    assert_eq!(
        (stored(big).await, stored(also_big).await),
        (Ok(100), Ok(100))
    );
    assert!(fake.sizes().iter().all(|size| *size <= 10));
}

#[tokio::test]
async fn more_projects_than_places_take_turns() {
    let fake = Fake::default();
    let running = Running::over(&fake, small());
    let mut waiting = Vec::new();
    for number in 0..25 {
        waiting.push(
            running
                .append(project(number), events(project(number), "x", 3))
                .await,
        );
    }
    fake.let_through(1000).await;
    for answered in waiting {
        assert_eq!(stored(answered).await, Ok(3));
    }
    // All have had an event before anyone has the second; the first came alone.
    let order: Vec<_> = fake.begun().concat();
    let first_second = order.iter().skip(3).position(|name| name == "x1").unwrap();
    assert_eq!(first_second, 24, "{order:?}");
    assert_eq!(fake.stored().len(), 75);
}

#[tokio::test]
async fn events_of_a_project_are_committed_in_their_order() {
    let fake = Fake::open();
    let running = Running::over(&fake, small());
    let answered = running.append(project(1), events(project(1), "", 35)).await;
    let ids: Vec<_> = answered.await.unwrap().unwrap().unwrap();
    let stored = fake.stored();
    let names: Vec<_> = stored
        .iter()
        .map(|event| event.name.as_str().to_owned())
        .collect();
    assert_eq!(
        names,
        (0..35).map(|number| number.to_string()).collect::<Vec<_>>()
    );
    let expected: Vec<_> = stored
        .iter()
        .map(|e| store::Outcome::Stored(e.id))
        .collect();
    assert_eq!(ids, expected, "everyone has the outcome of its own event");
    assert_eq!(fake.sizes(), [10, 10, 10, 5]);
}

#[tokio::test]
async fn a_failed_commit_is_the_error_of_its_group_only() {
    let fake = Fake::default();
    fake.script([Step::Succeed, Step::Fail, Step::Succeed]);
    let running = Running::over(
        &fake,
        Config {
            commit_events_max: 2,
            ..small()
        },
    );
    let mut waiting = Vec::new();
    for name in ["a", "b", "c", "d"] {
        waiting.push(
            running
                .append(project(1), events(project(1), name, 1))
                .await,
        );
    }
    fake.let_through(3).await;
    let mut results = Vec::new();
    for answered in waiting {
        results.push(stored(answered).await.is_ok());
    }
    assert_eq!(fake.sizes(), [1, 2, 1]);
    assert_eq!(results, [true, false, false, true]);
    let counts = running.buffer.counts();
    assert_eq!(
        (counts.commits_failed, counts.failed, counts.waiting_events),
        (1, 2, 0)
    );
}

#[tokio::test]
async fn a_request_of_several_commits_fails_with_any_and_is_not_gone_on_with() {
    let fake = Fake::default();
    fake.script([Step::Succeed, Step::Fail]);
    let running = Running::over(&fake, small());
    let big = running
        .append(project(1), events(project(1), "big", 40))
        .await;
    let next = running
        .append(project(1), events(project(1), "next", 1))
        .await;
    fake.let_through(10).await;
    assert_eq!(
        stored(big).await,
        Err("append events: the disk is full".to_owned())
    );
    assert_eq!(stored(next).await, Ok(1));
    assert_eq!(
        fake.sizes(),
        [10, 10, 1],
        "what was queued of it is forgotten"
    );
    assert_eq!(running.buffer.counts().waiting_events, 0);
}

#[tokio::test]
async fn a_journal_that_loses_count_is_not_believed() {
    let fake = Fake::open();
    fake.script([Step::Miscount]);
    let running = Running::over(&fake, small());
    let answered = running.append(project(1), events(project(1), "a", 2)).await;
    let error = stored(answered).await.unwrap_err();
    assert_eq!(
        error,
        "append events: the journal told of `0` events, it was given `2`"
    );
}

#[tokio::test]
async fn a_full_buffer_refuses_at_once_and_takes_again_when_there_is_room() {
    let fake = Fake::default();
    let config = Config {
        waiting_events_max: 20,
        project_events_max: 15,
        retry_after: Duration::from_secs(3),
        ..small()
    };
    let running = Running::over(&fake, config);
    let busy = Err("take events: too many are waiting; try again in `3` s".to_owned());
    let first = running
        .append(project(1), events(project(1), "a", 15))
        .await;
    let more = running.append(project(1), events(project(1), "b", 1)).await;
    assert_eq!(stored(more).await, busy, "beyond the project's share");
    let other = running.append(project(2), events(project(2), "c", 5)).await;
    assert!(!other.is_finished(), "others have room");
    let third = running.append(project(3), events(project(3), "d", 1)).await;
    assert_eq!(stored(third).await, busy, "beyond the whole");
    fake.let_through(10).await;
    assert_eq!((stored(first).await, stored(other).await), (Ok(15), Ok(5)));
    let large = running
        .append(project(3), events(project(3), "e", 30))
        .await;
    assert_eq!(
        stored(large).await,
        Ok(30),
        "an empty buffer takes any request"
    );
    assert_eq!(running.buffer.counts().refused_busy, 2);
}

#[tokio::test]
async fn the_size_of_events_counts_as_well() {
    let fake = Fake::default();
    let running = Running::over(
        &fake,
        Config {
            waiting_bytes_max: 2_000,
            ..small()
        },
    );
    let first = running.append(project(1), events(project(1), "a", 4)).await;
    assert!(running.buffer.counts().waiting_bytes > 1_000);
    let refused = running.append(project(2), events(project(2), "b", 4)).await;
    assert!(stored(refused).await.is_err());
    fake.let_through(1).await;
    assert_eq!(stored(first).await, Ok(4));
    assert_eq!(running.buffer.counts().waiting_bytes, 0);
}

#[tokio::test]
async fn a_waiter_that_went_away_disturbs_nobody() {
    let fake = Fake::default();
    let running = Running::over(&fake, small());
    let first = running.append(project(1), events(project(1), "a", 1)).await;
    let gone = running
        .append(project(1), events(project(1), "gone", 1))
        .await;
    let stays = running
        .append(project(1), events(project(1), "stays", 1))
        .await;
    first.abort();
    gone.abort();
    settle().await;
    fake.let_through(2).await;
    assert_eq!(stored(stays).await, Ok(1));
    assert_eq!(fake.stored().len(), 3, "what was taken is stored");
    assert_eq!(running.buffer.counts().waiting_events, 0);
}

#[tokio::test]
async fn closing_finishes_what_was_taken_and_ends() {
    for committers in [1, 2] {
        let fake = Fake::default();
        let running = Running::over(
            &fake,
            Config {
                committers,
                ..small()
            },
        );
        let taken = running
            .append(project(1), events(project(1), "a", 35))
            .await;
        running.buffer.close();
        let late = running.append(project(1), events(project(1), "b", 1)).await;
        let refused = stored(late).await;
        assert_eq!(
            refused,
            Err("take events: the server is stopping".to_owned())
        );
        assert!(!running.buffer.is_open());
        fake.let_through(10).await;
        assert_eq!(stored(taken).await, Ok(35));
        for committer in running.committers {
            assert!(committer.is_finished(), "with {committers} committers");
        }
    }
}

#[tokio::test]
async fn dropping_the_buffer_closes_it() {
    let Running { buffer, committers } = Running::over(&Fake::open(), small());
    settle().await;
    drop(buffer);
    settle().await;
    assert!(committers.iter().all(tokio::task::JoinHandle::is_finished));
}

#[tokio::test]
async fn two_committers_commit_at_the_same_time() {
    let fake = Fake::default();
    let running = Running::over(
        &fake,
        Config {
            committers: 2,
            ..small()
        },
    );
    let big = running
        .append(project(1), events(project(1), "a", 25))
        .await;
    assert_eq!(fake.sizes(), [10, 10]);
    fake.let_through(3).await;
    let outcomes = big.await.unwrap().unwrap().unwrap();
    let mut stored = fake.stored();
    stored.sort_by_key(|event| event.name.as_str()[1..].parse::<usize>().unwrap());
    let ids: Vec<_> = stored
        .iter()
        .map(|event| store::Outcome::Stored(event.id))
        .collect();
    assert_eq!(
        outcomes, ids,
        "in the order of the request, whichever commit came first"
    );
}

#[tokio::test]
async fn a_committer_that_dies_leaves_nobody_waiting() {
    let fake = Fake::default();
    fake.script([Step::Panic]);
    let running = Running::over(&fake, small());
    let in_hand = running
        .append(project(1), events(project(1), "a", 15))
        .await;
    let queued = running.append(project(2), events(project(2), "b", 1)).await;
    fake.let_through(1).await;
    let ended = Err("append events: the task that commits has ended".to_owned());
    assert_eq!(
        (stored(in_hand).await, stored(queued).await),
        (ended.clone(), ended)
    );
    assert!(!running.buffer.is_open());
    let Counts {
        waiting_events,
        waiting_bytes,
        ..
    } = running.buffer.counts();
    assert_eq!((waiting_events, waiting_bytes), (0, 0));
}
