//! Sixty-four clients that send until they are stopped, and what each of them was told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Answer, Client, Target};
use crate::dice::Dice;
use crate::ledger::{ClientId, Ledger, Outcome};

pub(crate) const CLIENTS: u64 = 64;

/// Events of one request, where it has several.
const BATCH: usize = 5;

/// One in so many requests: has several events; repeats an event; is about an invalid event.
const BATCH_ONCE_IN: u64 = 8;
const REPEAT_ONCE_IN: u64 = 32;
const INVALID_ONCE_IN: u64 = 16;

/// Before the next request after one that was not taken. Far less than the answer asks for: more
/// requests, more that can go wrong.
const PATIENCE: Duration = Duration::from_millis(50);

/// What a client does when its connection is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnLoss {
    /// The server was killed: there is nobody to talk to.
    End,
    /// The server lives: nobody has a reason to close connections, but a client would go on.
    GoOn,
}

/// The running clients.
pub(crate) struct Load {
    threads: Vec<JoinHandle<Vec<(ClientId, Outcome)>>>,
    stop: Arc<AtomicBool>,
    all_gone: Receiver<()>,
}

impl Load {
    /// Starts all clients. `cycle` makes their events different from those of other cycles.
    pub(crate) fn start(target: &Target, seed: u64, cycle: u64, on_loss: OnLoss) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (here, all_gone) = sync_channel(1);
        let threads = (0..CLIENTS).map(|number| {
            let first = (cycle << 32) | (number << 24);
            let sender = Sender {
                client: Client::new(target),
                dice: Dice::new(seed ^ first),
                next: first,
                told: Vec::new(),
                on_loss,
            };
            let (stop, here) = (Arc::clone(&stop), here.clone());
            std::thread::spawn(move || sender.run(&stop, &here))
        });
        Self {
            threads: threads.collect(),
            stop,
            all_gone,
        }
    }

    /// Waits, and tells whether any client is still there: they do not end by themselves.
    pub(crate) fn lives_for(&self, time: Duration) -> bool {
        self.all_gone.recv_timeout(time) == Err(RecvTimeoutError::Timeout)
    }

    /// Ends all clients and notes what they were told.
    pub(crate) fn finish(self, ledger: &mut Ledger) {
        // Relaxed: each client sees it sooner or later; joining orders the rest.
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            for (id, outcome) in thread.join().unwrap() {
                ledger.record(id, outcome);
            }
        }
    }
}

/// One client.
struct Sender {
    client: Client,
    dice: Dice,
    next: ClientId,
    told: Vec<(ClientId, Outcome)>,
    on_loss: OnLoss,
}

impl Sender {
    /// `_here` is dropped with the thread, which is how others know that it is gone.
    fn run(mut self, stop: &AtomicBool, _here: &SyncSender<()>) -> Vec<(ClientId, Outcome)> {
        while !stop.load(Ordering::Relaxed) {
            let (ids, body) = self.request();
            let answer = self.client.post(&body);
            let is_lost = answer.is_err();
            let is_refused = answer.as_ref().is_ok_and(|answer| answer.status == 503);
            let outcomes = outcomes(answer.ok().as_ref(), ids.len());
            self.told.extend(ids.into_iter().zip(outcomes));
            if is_lost && self.on_loss == OnLoss::End {
                break;
            }
            if is_lost || is_refused {
                std::thread::park_timeout(PATIENCE);
            }
        }
        self.told
    }

    fn request(&mut self) -> (Vec<ClientId>, String) {
        if self.dice.once_in(BATCH_ONCE_IN) {
            let ids: Vec<ClientId> = (0..BATCH).map(|_| self.new_id()).collect();
            let bodies: Vec<Value> = ids.iter().map(|&id| self.event(id)).collect();
            return (ids, Value::Array(bodies).to_string());
        }
        if self.dice.once_in(REPEAT_ONCE_IN)
            && let Some(&(id, Outcome::Acked)) = self.told.last()
        {
            return (vec![id], event(id).to_string());
        }
        let id = self.new_id();
        (vec![id], self.event(id).to_string())
    }

    fn new_id(&mut self) -> ClientId {
        self.next += 1;
        self.next
    }

    /// An event; now and then one without a name, which must be refused.
    fn event(&mut self, id: ClientId) -> Value {
        let mut event = event(id);
        if self.dice.once_in(INVALID_ONCE_IN) {
            event["event"] = Value::Null;
        }
        event
    }
}

/// Sends again what nobody knows about, as a client should: by the same ids.
///
/// # Panics
///
/// If the server, which is well, does not take an event.
pub(crate) fn settle(target: &Target, ledger: &mut Ledger) {
    let mut client = Client::new(target);
    for id in ledger.unknown() {
        let answer = client.post(&event(id).to_string()).unwrap();
        let outcome = outcomes(Some(&answer), 1)[0];
        assert_eq!(outcome, Outcome::Acked, "{answer:?}");
        ledger.record(id, outcome);
    }
}

/// The event of a client's id. The id is among the properties as well, where the checker finds it.
pub(crate) fn event(id: ClientId) -> Value {
    let id = format!("{id:x}");
    json!({ "event": "Chaos", "userId": "u1", "messageId": id, "properties": { "n": id } })
}

/// What an answer says of each of the `count` events that were sent.
pub(crate) fn outcomes(answer: Option<&Answer>, count: usize) -> Vec<Outcome> {
    let Some(answer) = answer else {
        return vec![Outcome::Unknown; count];
    };
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    match (answer.status, &body["results"]) {
        (200..300, Value::Array(results)) => results.iter().map(of_result).collect(),
        (200..300, _) => vec![Outcome::Acked; count],
        (400..500, _) => vec![Outcome::Refused; count],
        // The server's own word on whether something may have been stored.
        (503, _) if says_nothing_was_stored(&body) => vec![Outcome::Refused; count],
        _ => vec![Outcome::Unknown; count],
    }
}

fn of_result(result: &Value) -> Outcome {
    match result["status"].as_str() {
        Some("stored" | "duplicate") => Outcome::Acked,
        Some("rejected") => Outcome::Refused,
        _ => Outcome::Unknown,
    }
}

fn says_nothing_was_stored(body: &Value) -> bool {
    let message = body["error"]["message"].as_str().unwrap_or_default();
    message.contains("nothing of this was")
}

#[test]
fn answers_are_read() {
    use Outcome::{Acked, Refused, Unknown};
    let check = |status, body: Value, expected: &[Outcome]| {
        let answer = Answer {
            status,
            retry_after: None,
            body: body.to_string(),
        };
        let outcomes = outcomes(Some(&answer), expected.len());
        assert_eq!(outcomes, expected, "{status} {body}");
    };
    check(201, json!({ "status": "stored" }), &[Acked]);
    check(200, json!({ "status": "duplicate" }), &[Acked]);
    let results = json!([{ "status": "stored" }, { "status": "rejected" }, { "status": "?" }]);
    check(
        200,
        json!({ "results": results }),
        &[Acked, Refused, Unknown],
    );
    check(422, json!({ "error": { "code": "x" } }), &[Refused]);
    check(
        503,
        json!({ "error": { "message": "nothing of this was taken" } }),
        &[Refused],
    );
    check(
        503,
        json!({ "error": { "message": "may be stored" } }),
        &[Unknown; 2],
    );
    check(500, json!({}), &[Unknown]);
    assert_eq!(outcomes(None, 2), [Unknown; 2]);
}
