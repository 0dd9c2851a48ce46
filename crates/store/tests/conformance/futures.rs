//! The doors' futures can be awaited by any task of a runtime with several threads.

use crate::rig::at;
use event::ProjectId;
use store::{Config, Cursor, Cut, EventFilter, Journal, Location, Registry, Scope, Store};

fn sent<T: Send>(future: T) {
    drop(future);
}

/// Compiled, never run: the compiler is the check.
#[expect(dead_code, reason = "the compiler is the check")]
fn every_future_is_sent(
    (journal, registry, store): (&Journal, &Registry, &Store),
    (location, config): (&Location, &Config),
    path: &std::path::Path,
    id: ProjectId,
) {
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
    sent(journal.scan(id, EventFilter::default(), None, 1));
    sent(journal.refusals(id, cut));
    sent(journal.ready());
    sent(store.backup(path, at(0), drop));
    let target = (location, config);
    sent(Store::restore(path, target, at(0), drop));
    sent(Store::check_backup(path, config, drop));
    sent(registry.project(id));
    sent(registry.projects(None, 1));
    sent(registry.keys(id));
    sent(registry.key_of([0; 32]));
    sent(registry.census());
    sent(registry.count_usage(store::Day::of(at(0)), Vec::new()));
}
