//! Whether a stored expression means the same once the keys in it are UUIDs.
//!
//! A key is followed through the expression from the column it comes from. It may be compared with
//! other keys, counted, collected, cast to text, passed to functions that take any type; whatever
//! else happens to it (arithmetic, a constant, a parameter) would fail to parse or change its
//! meaning, and is named. A node that is not listed here must not be reached by a key.

mod query;
mod scope;

use std::collections::HashMap;

pub(super) use scope::{Relations, Scope};
use tokio_postgres::Client;

use super::Error;
use super::node::{Node, Struct};

/// What of a key an expression's value holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Carry {
    /// Nothing of it.
    #[default]
    Free,
    /// A key.
    Key,
    /// An array of keys.
    Keys,
    /// A row with a key among its values.
    Row,
}

use Carry::{Free, Key, Keys, Row};

/// Why an expression would not mean the same.
pub(super) type Why = String;

/// What the analysis knows of a function.
#[derive(Debug)]
struct Function {
    name: String,
    takes: Vec<u32>,
    gives: u32,
}

/// Operators and functions of the database by their row.
#[derive(Debug, Default)]
pub(super) struct Library {
    operators: HashMap<u32, String>,
    functions: HashMap<u32, Function>,
}

impl Library {
    /// Reads all of them: some four thousand rows.
    pub(super) async fn load(client: &Client) -> Result<Self, Error> {
        let operators = "-- census.operators
            SELECT oid, oprname FROM pg_operator";
        let functions = "-- census.functions
            SELECT oid, proname, proargtypes::oid[], prorettype FROM pg_proc";
        let mut library = Self::default();
        for row in client.query(operators, &[]).await? {
            library.operators.insert(row.get(0), row.get(1));
        }
        for row in client.query(functions, &[]).await? {
            let function = Function {
                name: row.get(1),
                takes: row.get(2),
                gives: row.get(3),
            };
            library.functions.insert(row.get(0), function);
        }
        Ok(library)
    }
}

/// Pseudo types that stand for one type wherever they occur in a signature.
const ELEMENT: [u32; 6] = [2283, 2776, 3500, 5077, 5079, 5080];
const ARRAY: [u32; 2] = [2277, 5078];
/// `"any"` and `record`: each argument on its own.
const ANYTHING: [u32; 2] = [2276, 2249];
/// `text`, `varchar` and `character`.
const TEXTS: [u32; 3] = [25, 1043, 1042];
/// Operators that every type with an order has.
const COMPARISONS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];
/// Operators between two arrays of one type.
const BETWEEN_ARRAYS: [&str; 6] = ["=", "<>", "@>", "<@", "&&", "||"];

/// Walks expressions.
pub(super) struct Analysis<'a> {
    pub(super) library: &'a Library,
    pub(super) relations: &'a Relations,
}

impl Analysis<'_> {
    /// What an expression holds of a key.
    ///
    /// # Errors
    ///
    /// What happens to a key in it that cannot happen to a UUID.
    pub(super) fn expression(&self, node: &Node<'_>, scope: &Scope<'_>) -> Result<Carry, Why> {
        match node {
            Node::Nothing | Node::Word(_) => Ok(Free),
            Node::List(items) => {
                for item in items {
                    self.expression(item, scope)?;
                }
                Ok(Free)
            }
            Node::Struct(node) => self.node(node, scope),
        }
    }

    fn node(&self, node: &Struct<'_>, scope: &Scope<'_>) -> Result<Carry, Why> {
        match node.name {
            "VAR" => scope.variable(self, node),
            "PARAM" => Ok(scope.parameter(node)),
            "TARGETENTRY" => self.expression(node.field("expr"), scope),
            "OPEXPR" | "DISTINCTEXPR" | "NULLIFEXPR" => self.operator(node, scope),
            "SCALARARRAYOPEXPR" => self.any_of(node, scope),
            "FUNCEXPR" => self.call(node, "funcid", scope),
            "AGGREF" => self.call(node, "aggfnoid", scope),
            "WINDOWFUNC" => self.call(node, "winfnoid", scope),
            "RELABELTYPE" | "COERCEVIAIO" => self.cast(node, scope),
            "COALESCEEXPR" | "MINMAXEXPR" => self.alike(node.field("args"), scope),
            "CASEEXPR" => self.case(node, scope),
            "ARRAYEXPR" | "ARRAY" => match self.alike(node.field("elements"), scope)? {
                Free => Ok(Free),
                Key => Ok(Keys),
                Keys | Row => Err("is put into an array of arrays or rows".to_owned()),
            },
            "ROWEXPR" => self.row(node, scope),
            "ROWCOMPAREEXPR" => self.rows(node, scope),
            "SUBSCRIPTINGREF" | "ARRAYREF" => self.subscript(node, scope),
            "SUBLINK" => self.sublink(node, scope),
            "NULLTEST"
            | "BOOLEXPR"
            | "BOOLEANTEST"
            | "XMLEXPR"
            | "JSONCONSTRUCTOREXPR"
            | "JSONVALUEEXPR" => self.harmless(node, scope),
            name => self.unknown(name, node, scope),
        }
    }

    /// Nodes that take any type and pass nothing on.
    fn harmless(&self, node: &Struct<'_>, scope: &Scope<'_>) -> Result<Carry, Why> {
        for value in node.values() {
            self.expression(value, scope)?;
        }
        Ok(Free)
    }

    fn unknown(&self, name: &str, node: &Struct<'_>, scope: &Scope<'_>) -> Result<Carry, Why> {
        for value in node.values() {
            let reached = match value {
                Node::List(items) => self.carries(items, scope)?.iter().any(|&c| c != Free),
                value => self.expression(value, scope)? != Free,
            };
            if reached {
                return Err(format!("is used in an expression of the kind `{name}`"));
            }
        }
        Ok(Free)
    }

    fn carries(&self, items: &[Node<'_>], scope: &Scope<'_>) -> Result<Vec<Carry>, Why> {
        items
            .iter()
            .map(|item| self.expression(item, scope))
            .collect()
    }

    /// Values that become one: all are keys, or none is.
    fn alike(&self, items: &Node<'_>, scope: &Scope<'_>) -> Result<Carry, Why> {
        let carries = self.carries(items.items(), scope)?;
        let first = carries.first().copied().unwrap_or_default();
        if carries.iter().all(|&carry| carry == first) {
            Ok(first)
        } else {
            Err("is mixed with values that stay as they are".to_owned())
        }
    }

    fn operator(&self, node: &Struct<'_>, scope: &Scope<'_>) -> Result<Carry, Why> {
        let args = self.carries(node.field("args").items(), scope)?;
        let opno: u32 = node.number("opno");
        let name = self
            .library
            .operators
            .get(&opno)
            .map_or("?", String::as_str);
        match args.as_slice() {
            args if args.iter().all(|&carry| carry == Free) => Ok(Free),
            [Key, Key] if COMPARISONS.contains(&name) => {
                Ok(if node.name == "NULLIFEXPR" { Key } else { Free })
            }
            [Keys, Keys] if BETWEEN_ARRAYS.contains(&name) => {
                Ok(if name == "||" { Keys } else { Free })
            }
            [Key, Free] | [Free, Key] if COMPARISONS.contains(&name) => Err(format!(
                "is compared by `{name}` with a value that stays as it is"
            )),
            args => self
                .function(node.number("opfuncid"), args)
                .map_err(|_| format!("is an operand of `{name}`")),
        }
    }

    fn any_of(&self, node: &Struct<'_>, scope: &Scope<'_>) -> Result<Carry, Why> {
        match self.carries(node.field("args").items(), scope)?.as_slice() {
            [Free, Free] | [Key, Keys] => Ok(Free),
            _ => Err("is compared with a list of values that stay as they are".to_owned()),
        }
    }

    fn call(&self, node: &Struct<'_>, id: &str, scope: &Scope<'_>) -> Result<Carry, Why> {
        let args = self.carries(node.field("args").items(), scope)?;
        for other in ["aggdirectargs", "aggfilter"] {
            self.expression(node.field(other), scope)?;
        }
        self.function(node.number(id), &args)
    }

    /// A function of any type takes keys as well, if all arguments of that type are keys.
    fn function(&self, oid: u32, args: &[Carry]) -> Result<Carry, Why> {
        if args.iter().all(|&carry| carry == Free) {
            return Ok(Free);
        }
        let Some(function) = self.library.functions.get(&oid) else {
            return Err("is passed to an unknown function".to_owned());
        };
        let refuse = || Err(format!("is passed to the function `{}`", function.name));
        for (at, &carry) in args.iter().enumerate() {
            let last = function.takes.last();
            let taken = function.takes.get(at).or(last).copied().unwrap_or_default();
            let fits = if ELEMENT.contains(&taken) {
                carry == Key
            } else if ARRAY.contains(&taken) {
                carry == Keys
            } else {
                carry == Free || ANYTHING.contains(&taken)
            };
            if !fits {
                return refuse();
            }
        }
        Ok(if ELEMENT.contains(&function.gives) {
            Key
        } else if ARRAY.contains(&function.gives) {
            Keys
        } else {
            Free
        })
    }

    /// Text is what every type can be cast to.
    fn cast(&self, node: &Struct<'_>, scope: &Scope<'_>) -> Result<Carry, Why> {
        match self.expression(node.field("arg"), scope)? {
            Free => Ok(Free),
            Key if TEXTS.contains(&node.number("resulttype")) => Ok(Free),
            _ => Err("is cast to a type that a UUID cannot be cast to".to_owned()),
        }
    }

    fn case(&self, node: &Struct<'_>, scope: &Scope<'_>) -> Result<Carry, Why> {
        if self.expression(node.field("arg"), scope)? != Free {
            return Err("is compared with the constants of a CASE".to_owned());
        }
        let mut results = vec![self.expression(node.field("defresult"), scope)?];
        for when in node.field("args").items() {
            if let Some(when) = when.as_struct() {
                self.expression(when.field("expr"), scope)?;
                results.push(self.expression(when.field("result"), scope)?);
            }
        }
        if results.iter().all(|&carry| carry == results[0]) {
            Ok(results[0])
        } else {
            Err("is one result of a CASE whose other results stay as they are".to_owned())
        }
    }

    fn row(&self, node: &Struct<'_>, scope: &Scope<'_>) -> Result<Carry, Why> {
        let carries = self.carries(node.field("args").items(), scope)?;
        Ok(if carries.iter().all(|&carry| carry == Free) {
            Free
        } else {
            Row
        })
    }

    fn rows(&self, node: &Struct<'_>, scope: &Scope<'_>) -> Result<Carry, Why> {
        let left = self.carries(node.field("largs").items(), scope)?;
        let right = self.carries(node.field("rargs").items(), scope)?;
        if left == right {
            Ok(Free)
        } else {
            Err("is compared in a row with a value that stays as it is".to_owned())
        }
    }

    fn subscript(&self, node: &Struct<'_>, scope: &Scope<'_>) -> Result<Carry, Why> {
        for at in ["refupperindexpr", "reflowerindexpr"] {
            if self.alike(node.field(at), scope)? != Free {
                return Err("is used as the index of an array".to_owned());
            }
        }
        match self.expression(node.field("refexpr"), scope)? {
            Keys if node.field("reflowerindexpr").items().is_empty() => Ok(Key),
            carry => Ok(carry),
        }
    }
}
