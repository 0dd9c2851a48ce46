//! Finds, in migrations that people write, the part that leads forwards and the calls in it.

use std::ops::Range;

use super::code::{Arguments, Code};
use crate::Source;
use crate::sql::natural;

/// The files of these endings, in the order in which migrations run: by the name of the file.
pub(super) fn in_order<'a>(files: &'a [Source], endings: &[&str]) -> Vec<(u32, &'a Source)> {
    let name = |source: &'a Source| source.path().rsplit(['/', '\\']).next().unwrap_or_default();
    let mut found: Vec<(u32, &Source)> = (0..)
        .zip(files)
        .filter(|(_, source)| endings.iter().any(|end| source.path().ends_with(end)))
        .collect();
    found.sort_by(|(_, a), (_, b)| {
        natural(name(a), name(b)).then_with(|| natural(a.path(), b.path()))
    });
    found
}

/// A call: the token of its method's name, and of the parenthesis that opens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub(super) method: usize,
    pub(super) open: usize,
}

/// A function of one migration.
pub(super) struct Function {
    /// Its first parameter.
    pub(super) receiver: String,
    pub(super) body: Range<usize>,
}

/// The function `up` of JavaScript, however it is written: a method, a member, an arrow.
pub(super) fn up(code: &Code<'_>) -> Option<Function> {
    let is_up = |at: &usize| code.is(*at, "up") && matches!(code.text(at + 1), "(" | ":" | "=");
    let at = (0..code.len()).find(is_up)?;
    let open = (at + 1..at + HEAD_TOKENS_MAX).find(|at| code.is(*at, "("))?;
    let close = code.close(open)?;
    let receiver = code.text(open + 1).to_owned();
    let mut start = close + 1;
    let mut is_arrow = false;
    while start < close + HEAD_TOKENS_MAX {
        match code.text(start) {
            "{" => {
                return Some(Function {
                    receiver,
                    body: start + 1..code.close(start)?,
                });
            }
            "=>" => is_arrow = true,
            ":" | "Promise" | "<" | "void" | ">" | "any" => {}
            _ if is_arrow => break,
            _ => return None,
        }
        start += 1;
    }
    // An arrow to one expression.
    let mut end = start;
    while end < code.len() && !matches!(code.text(end), "," | ";" | "}") {
        end = code.after(end);
    }
    Some(Function {
        receiver,
        body: start..end,
    })
}

/// The most tokens between the name of a function, its parameters and its body.
const HEAD_TOKENS_MAX: usize = 12;

/// The calls of methods in a range, in order; calls within the arguments of one that is `taken` are
/// not among them.
pub(super) fn calls(
    code: &Code<'_>,
    body: Range<usize>,
    taken: impl Fn(&str) -> bool,
) -> Vec<Call> {
    let mut found = Vec::new();
    let mut at = body.start;
    while at < body.end {
        let name = code.text(at);
        let is_call = code.is_word(at) && code.is(at + 1, "(") && at > 0;
        let is_method = is_call && matches!(code.text(at - 1), "." | "->" | "::" | "?->" | "?.");
        match code.close(at + 1).filter(|_| is_method) {
            Some(close) => {
                found.push(Call {
                    method: at,
                    open: at + 1,
                });
                at = if taken(name) { close + 1 } else { at + 2 };
            }
            None => at += 1,
        }
    }
    found
}

/// Whether a method is called on this variable itself.
pub(super) fn is_on(code: &Code<'_>, call: Call, receiver: &str) -> bool {
    call.method >= 2 && code.is(call.method - 2, receiver)
}

/// All of a call, from its receiver.
pub(super) fn whole(code: &Code<'_>, call: Call) -> Range<usize> {
    call.method..code.close(call.open).unwrap_or(call.open) + 1
}

/// The texts of an item that names one table: `'users'`, or an object with name and namespace.
pub(super) fn table_name(code: &Code<'_>, range: &Range<usize>) -> Option<crate::Name> {
    if let Some(text) = code.string(range) {
        return Some(dotted(&text));
    }
    let members = code.list(range)?;
    let text = |members: &Arguments, name: &str| code.string(&members.named(name)?.value);
    let name = text(&members, "tableName").or_else(|| text(&members, "name"))?;
    let schema = text(&members, "schema").filter(|it| it != "public");
    Some(crate::Name::within(schema, name))
}

/// `schema.table` names both.
pub(super) fn dotted(text: &str) -> crate::Name {
    match text.split_once('.') {
        Some(("public", name)) => crate::Name::new(name),
        Some((schema, name)) => crate::Name::within(Some(schema.to_owned()), name),
        None => crate::Name::new(text),
    }
}
