//! Group commit: what goes together, who waits for what, what is refused.

use std::time::Duration;

use intake::batch::{COMMIT_TIMES, Config, Counts};
use store::Outcome;
use tokio::time::advance;

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
    assert_eq!(counts.commit_seconds.counts.iter().sum::<u64>(), 2);
    assert_eq!(
        (counts.commits_by_size[0], counts.commits_by_size[2]),
        (1, 1)
    );
    assert_eq!((counts.waiting_events, counts.waiting_bytes), (0, 0));
}

#[tokio::test]
async fn a_request_is_never_split() {
    let fake = Fake::open();
    let running = Running::over(&fake, small());
    let answered = running.append(project(1), events(project(1), "", 35)).await;
    let outcomes = answered.await.unwrap().unwrap().result.unwrap();
    let stored = fake.stored();
    let names: Vec<_> = stored.iter().map(|e| e.name.as_str().to_owned()).collect();
    let expected: Vec<_> = (0..35).map(|number| number.to_string()).collect();
    assert_eq!(names, expected);
    let own: Vec<_> = stored.iter().map(|e| Outcome::Stored(e.id)).collect();
    assert_eq!(outcomes, own, "everyone has the outcome of its own event");
    assert_eq!(fake.sizes(), [35], "by itself, larger than a group");
}

/// What waits as requests of (project, events), and the groups that are made of it, each with its
/// requests by their place in the list. The first request of all is committed alone.
async fn check_groups(requests: &[(u128, usize)], expected: &[&[usize]]) {
    let fake = Fake::default();
    let running = Running::over(&fake, small());
    let mut waiting = Vec::new();
    for (place, (number, count)) in requests.iter().enumerate() {
        let name = format!("{place}/");
        let events = events(project(*number), &name, *count);
        waiting.push((running.append(project(*number), events).await, *count));
    }
    fake.let_through(100).await;
    for (answered, count) in waiting {
        assert_eq!(stored(answered).await, Ok(count));
    }
    let place_of = |name: &String| name.split_once('/').unwrap().0.parse().unwrap();
    let requests_of = |group: Vec<String>| {
        let mut places: Vec<usize> = group.iter().map(place_of).collect();
        places.dedup();
        places
    };
    let found: Vec<_> = fake.begun().into_iter().map(requests_of).collect();
    assert_eq!(found, expected, "{requests:?}");
}

#[tokio::test]
async fn whole_requests_go_together_up_to_the_size_of_a_group() {
    check_groups(
        &[(1, 1), (1, 4), (1, 6), (1, 5), (1, 5)],
        &[&[0], &[1, 2], &[3, 4]],
    )
    .await;
    check_groups(&[(1, 1), (1, 4), (1, 7), (1, 5)], &[&[0], &[1], &[2], &[3]]).await;
    // Larger than a group: by itself, wherever it stands.
    check_groups(
        &[(1, 1), (1, 2), (1, 30), (1, 2)],
        &[&[0], &[1], &[2], &[3]],
    )
    .await;
}

#[tokio::test]
async fn a_project_with_little_is_in_the_next_commit_whatever_others_sent() {
    // Others have as much as a group holds, or more, and were there first.
    for size in [10, 100] {
        let requests = [(1, size), (1, size), (2, size), (2, size), (3, 2)];
        check_groups(&requests, &[&[0], &[4], &[1], &[2], &[3]]).await;
    }
    // What is left of the group goes to them.
    let requests = [(1, 6), (1, 6), (2, 6), (2, 6), (3, 2)];
    check_groups(&requests, &[&[0], &[4, 1], &[2], &[3]]).await;
}

#[tokio::test]
async fn a_large_request_is_passed_over_only_once() {
    for size in [10, 100] {
        let fake = Fake::default();
        let running = Running::over(&fake, small());
        let mut answers = vec![running.append(project(2), events(project(2), "a", 1)).await];
        let large = running
            .append(project(1), events(project(1), "l", size))
            .await;
        // Something small comes again and again.
        for _ in 0..3 {
            answers.push(running.append(project(2), events(project(2), "a", 1)).await);
            fake.let_through(1).await;
        }
        assert_eq!(
            fake.sizes()[..3],
            [1, 1, size],
            "in the commit after the next"
        );
        fake.let_through(10).await;
        assert_eq!(stored(large).await, Ok(size));
        for answer in answers {
            assert_eq!(stored(answer).await, Ok(1));
        }
    }
}

#[tokio::test]
async fn more_projects_than_places_take_turns() {
    let fake = Fake::default();
    let running = Running::over(&fake, small());
    let mut waiting = Vec::new();
    for _ in 0..3 {
        for number in 0..25 {
            let events = events(project(number), &format!("{number}/"), 1);
            waiting.push(running.append(project(number), events).await);
        }
    }
    fake.let_through(1000).await;
    for answered in waiting {
        assert_eq!(stored(answered).await, Ok(1));
    }
    // All have been committed once before anyone is the second time; the first came alone.
    let order: Vec<_> = fake.begun().concat();
    let mut first: Vec<_> = order[..25].to_vec();
    first.sort();
    first.dedup();
    assert_eq!(first.len(), 25, "{order:?}");
    assert_eq!(fake.stored().len(), 75);
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
async fn a_request_larger_than_a_group_fails_wholly() {
    let fake = Fake::default();
    fake.script([Step::Fail]);
    let running = Running::over(&fake, small());
    let big = running
        .append(project(1), events(project(1), "big", 40))
        .await;
    let next = running
        .append(project(1), events(project(1), "next", 1))
        .await;
    fake.let_through(10).await;
    let full = Err("append events: the disk is full".to_owned());
    assert_eq!((stored(big).await, stored(next).await), (full, Ok(1)));
    assert_eq!(fake.sizes(), [40, 1]);
    assert_eq!(fake.stored().len(), 1, "nothing of it is stored");
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
    let first = running.append(project(1), events(project(1), "a", 1)).await;
    let second = running
        .append(project(1), events(project(1), "b", 25))
        .await;
    assert_eq!(fake.sizes(), [1, 25]);
    fake.let_through(2).await;
    assert_eq!((stored(first).await, stored(second).await), (Ok(1), Ok(25)));
}

#[tokio::test(start_paused = true)]
async fn the_answer_tells_how_long_it_waited_and_how_long_its_commit_took() {
    let fake = Fake::default();
    fake.script([Step::Succeed, Step::Fail]);
    let running = Running::over(&fake, small());
    let first = running.append(project(1), events(project(1), "a", 1)).await;
    advance(Duration::from_millis(3)).await;
    let second = running.append(project(1), events(project(1), "b", 1)).await;
    advance(Duration::from_millis(4)).await;
    fake.let_through(1).await;
    advance(Duration::from_millis(30)).await;
    fake.let_through(1).await;
    let (first, second) = (
        first.await.unwrap().unwrap(),
        second.await.unwrap().unwrap(),
    );
    let ms = |took: Duration| took.as_millis();
    assert_eq!((ms(first.wait), ms(first.commit)), (0, 7));
    assert_eq!(
        (ms(second.wait), ms(second.commit)),
        (4, 30),
        "on failure too"
    );
    assert!(first.result.is_ok() && second.result.is_err());
    let took = running.buffer.counts().commit_seconds;
    assert_eq!(ms(took.sum), 37);
    let classes =
        |ms: u64| COMMIT_TIMES.partition_point(|bound| *bound < Duration::from_millis(ms));
    assert_eq!((took.counts[classes(7)], took.counts[classes(30)]), (1, 1));
    assert_eq!(took.counts.iter().sum::<u64>(), 2);
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
