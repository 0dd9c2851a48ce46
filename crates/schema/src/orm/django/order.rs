//! Finds the migrations among the files, and puts them into the order in which Django runs them.

use std::collections::{HashMap, HashSet};

use super::super::code::Code;
use super::state::State;
use crate::sql::natural;
use crate::{ProblemKind, Source};

/// A migration: its application, its name, and where its parts are.
pub(super) struct Migration<'a> {
    pub(super) app: String,
    name: String,
    path: &'a str,
    pub(super) code: &'a Code<'a>,
    dependencies: Vec<Id>,
    replaces: Vec<Id>,
    /// The tokens of the list of operations.
    pub(super) operations: Option<usize>,
}

/// Application and name.
type Id = (String, String);

impl<'a> Migration<'a> {
    /// The migration of a file, if it is one: a class with operations, in a folder `migrations`.
    pub(super) fn find(source: &'a Source, code: &'a Code<'a>) -> Option<Self> {
        let mut parts = source.path().rsplit(['/', '\\']);
        let name = parts.next()?.strip_suffix(".py")?;
        if name == "__init__" {
            return None;
        }
        // The folder above `migrations` is named like the application.
        let class = (0..code.len()).find(|at| code.are(*at, &["class", "Migration"]))?;
        parts.next();
        let app = parts.next().unwrap_or_default().to_owned();
        let list = |word: &str| {
            let mut places = class..code.len();
            let at = places.find(|at| code.is(*at, word) && code.is(at + 1, "="))?;
            let open = at + 2;
            (code.is(open, "[") && code.close(open).is_some()).then_some(open)
        };
        let ids = |word| list(word).map(|open| ids(code, open)).unwrap_or_default();
        Some(Self {
            app,
            name: name.to_owned(),
            path: source.path(),
            code,
            dependencies: ids("dependencies"),
            replaces: ids("replaces"),
            operations: list("operations"),
        })
    }

    fn id(&self) -> Id {
        (self.app.clone(), self.name.clone())
    }
}

/// The pairs of a list.
fn ids(code: &Code<'_>, open: usize) -> Vec<Id> {
    let items = code.arguments(open).0;
    let pairs = items.iter().filter_map(|item| {
        let [app, name] = <[String; 2]>::try_from(code.strings(&item.value)?).ok()?;
        Some((app, name))
    });
    pairs.collect()
}

/// Each after what it depends on; otherwise by application and number. A squashed migration stands
/// for those that it replaces.
pub(super) fn in_order<'a>(
    mut migrations: Vec<Migration<'a>>,
    state: &mut State,
) -> Vec<Migration<'a>> {
    migrations.sort_by(|a, b| natural(a.path, b.path));
    let replaced = migrations
        .iter()
        .flat_map(|it| it.replaces.iter().map(|old| (old.clone(), it.id())));
    let replaced: HashMap<Id, Id> = replaced.collect();
    migrations.retain(|it| !replaced.contains_key(&it.id()));
    let places = migrations.iter().enumerate();
    let places: HashMap<Id, usize> = places.map(|(at, it)| (it.id(), at)).collect();
    let place = |id: &Id| {
        let id = replaced.get(id).unwrap_or(id);
        places.get(id).copied()
    };
    let dependencies = migrations
        .iter()
        .map(|it| it.dependencies.iter().filter_map(place).collect());
    let dependencies: Vec<Vec<usize>> = dependencies.collect();
    let (order, circle) = visit(&dependencies);
    if let Some(at) = circle {
        let migration = &migrations[at];
        let span = migration.code.span_of(0);
        let message = format!("order `{}`: it depends on itself", migration.path);
        state.note(span, ProblemKind::Unresolved, message);
    }
    let mut migrations: Vec<Option<Migration<'_>>> = migrations.into_iter().map(Some).collect();
    let taken = order.into_iter().filter_map(|at| migrations[at].take());
    taken.collect()
}

/// Depth first with a stack of its own: a chain of migrations may be long. Also one that depends on
/// itself, if any does.
fn visit(dependencies: &[Vec<usize>]) -> (Vec<usize>, Option<usize>) {
    let mut order = Vec::new();
    let mut done = HashSet::new();
    let mut circle = None;
    for start in 0..dependencies.len() {
        let mut open = HashSet::new();
        let mut stack = vec![(start, false)];
        while let Some((at, is_leaving)) = stack.pop() {
            if is_leaving {
                open.remove(&at);
                if done.insert(at) {
                    order.push(at);
                }
                continue;
            }
            if done.contains(&at) {
                continue;
            }
            if !open.insert(at) {
                circle = circle.or(Some(at));
                continue;
            }
            stack.push((at, true));
            stack.extend(dependencies[at].iter().rev().map(|it| (*it, false)));
        }
    }
    (order, circle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_come_first_and_circles_end() {
        assert_eq!(visit(&[vec![1], vec![2], vec![]]), (vec![2, 1, 0], None));
        let (order, circle) = visit(&[vec![1], vec![0]]);
        assert_eq!((order.len(), circle.is_some()), (2, true));
    }
}
