//! The doors' futures can be awaited by any task of a runtime with several threads.

use event::ProjectId;
use store::{Cursor, Cut, EventFilter, Journal, Registry, Scope};

fn sent<T: Send>(future: T) {
    drop(future);
}

/// Compiled, never run: the compiler is the check.
#[expect(dead_code, reason = "the compiler is the check")]
fn every_future_is_sent(journal: &Journal, registry: &Registry, id: ProjectId) {
    let cut = Cut {
        before: None,
        limit: 1,
    };
    sent(journal.append(Vec::new()));
    sent(journal.reject(Vec::new()));
    sent(journal.head());
    sent(journal.follow(Scope::Everything, Cursor::START, 1));
    sent(journal.event(id, id.uuid()));
    sent(journal.events(id, EventFilter::default(), cut));
    sent(journal.refusals(id, cut));
    sent(journal.ready());
    sent(registry.project(id));
    sent(registry.projects(None, 1));
    sent(registry.keys(id));
    sent(registry.key_of([0; 32]));
    sent(registry.census());
}
