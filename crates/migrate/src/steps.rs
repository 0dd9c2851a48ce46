//! The statements of a plan: the same plan always gives the same steps.

mod bound;
mod contract;
mod expand;
mod fill;
mod settle;
mod shape;
mod swap;
mod undo;

use crate::plan::Plan;
use crate::step::{Action, Lock, Phase, Step};

pub(crate) use contract::{Contract, contract};
pub(crate) use fill::passes_of;
pub(crate) use shape::check_names;
pub(crate) use undo::{revert, undo};

/// All steps up to the cut-over, the cut-over and what follows it, in order.
#[must_use]
pub fn steps(plan: &Plan) -> Vec<Step> {
    let mut list = List {
        plan,
        steps: Vec::new(),
    };
    expand::steps(&mut list);
    fill::steps(&mut list);
    settle::prepare(&mut list);
    swap::step(&mut list);
    settle::steps(&mut list);
    list.steps
}

/// The steps in the making.
struct List<'a> {
    plan: &'a Plan,
    steps: Vec<Step>,
}

impl List<'_> {
    fn push(&mut self, phase: Phase, lock: Lock, name: String, action: Action) {
        let number = u32::try_from(self.steps.len() + 1).expect("a plan has some thousand steps");
        self.steps.push(Step {
            number,
            name,
            phase,
            lock,
            action,
        });
    }

    fn transaction(&mut self, phase: Phase, lock: Lock, name: String, statements: Vec<String>) {
        self.push(phase, lock, name, Action::Transaction(statements));
    }
}
