//! One census under way: what was found, what is accounted for, and what is left.

use std::collections::{BTreeSet, HashMap, HashSet};

use tokio_postgres::Client;

use super::carry::{Analysis, Carry, Library, Relations, Scope, Why};
use super::graph::{Graph, Object, class};
use super::node::Node;
use super::{Census, Choice, Choices, Dependent, Error, Note, Question, Refusal, Swap};

/// A dependent with the objects of the catalog that it is: a view is its relation, rule and type.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) objects: Vec<Object>,
    pub(super) dependent: Dependent,
}

impl Found {
    /// Whether there is a statement that makes it again.
    pub(super) fn is_made_again(&self) -> bool {
        !self.dependent.drop.is_empty() || !self.dependent.create.is_empty()
    }
}

/// What every kind of dependent reads from and adds to.
pub(super) struct Walk<'a> {
    pub(super) client: &'a Client,
    pub(super) swaps: &'a [Swap],
    pub(super) choices: &'a Choices,
    /// As `server_version_num` has it: 150018 is 15.18.
    pub(super) version: i32,
    pub(super) graph: Graph,
    pub(super) library: Library,
    pub(super) relations: Relations,
    /// Views that are created again, directly or because they stand on one that is.
    pub(super) views: HashSet<u32>,
    pub(super) census: Census,
    pub(super) found: Vec<Found>,
    claimed: HashSet<Object>,
    /// Where each column is among the swaps.
    places: HashMap<(u32, i16), usize>,
}

impl<'a> Walk<'a> {
    pub(super) async fn begin(
        client: &'a Client,
        swaps: &'a [Swap],
        choices: &'a Choices,
    ) -> Result<Self, Error> {
        let mut relations = Relations::default();
        let mut places = HashMap::new();
        for (place, swap) in swaps.iter().enumerate() {
            places.insert((swap.table_oid, swap.attnum), place);
            let array = swap.old_type.ends_with("[]");
            let carry = if array { Carry::Keys } else { Carry::Key };
            relations.set(swap.table_oid, swap.attnum, carry);
        }
        Ok(Self {
            client,
            swaps,
            choices,
            version: version(client).await?,
            graph: Graph::load(client).await?,
            library: Library::load(client).await?,
            relations,
            views: HashSet::new(),
            census: Census::default(),
            found: Vec::new(),
            claimed: HashSet::new(),
            places,
        })
    }

    /// The tables of the columns that move, and the numbers of these, side by side.
    pub(super) fn columns(&self) -> (Vec<u32>, Vec<i16>) {
        self.swaps
            .iter()
            .map(|swap| (swap.table_oid, swap.attnum))
            .unzip()
    }

    /// The swap of a column, if it moves.
    pub(super) fn swap_of(&self, table: u32, attnum: i16) -> Option<&'a Swap> {
        let place = self.places.get(&(table, attnum))?;
        self.swaps.get(*place)
    }

    /// Every object that depends on a column that moves.
    pub(super) fn direct(&self) -> BTreeSet<Object> {
        let mut direct = BTreeSet::new();
        for swap in self.swaps {
            let table = Object::new(class::RELATION, swap.table_oid);
            let users = self.graph.users_of_part((table, i32::from(swap.attnum)));
            // A table depends on its own column if that is part of the partition key, or if it is
            // a generated one of older servers; both have a place of their own.
            direct.extend(
                users
                    .iter()
                    .map(|&(user, _)| user)
                    .filter(|&user| user != table),
            );
        }
        direct
    }

    /// The objects of a class that depend on a column that moves or on a view that is created
    /// again, and that nobody accounted for yet.
    pub(super) fn pending(&self, class: u32) -> Vec<u32> {
        let mut pending: BTreeSet<u32> = self
            .direct()
            .into_iter()
            .filter(|object| object.class == class && !self.claimed.contains(object))
            .map(|object| object.oid)
            .collect();
        for &view in &self.views {
            let view = Object::new(class::RELATION, view);
            let users = self.graph.users_of(view).map(|(user, _)| user);
            pending.extend(
                users
                    .filter(|user| user.class == class && !self.claimed.contains(user))
                    .map(|user| user.oid),
            );
        }
        pending.into_iter().collect()
    }

    /// Says that an object is accounted for.
    pub(super) fn claim(&mut self, object: Object) {
        self.claimed.insert(object);
    }

    pub(super) fn is_claimed(&self, object: Object) -> bool {
        self.claimed.contains(&object)
    }

    /// Adds a dependent, and accounts for its objects.
    pub(super) fn add(&mut self, objects: Vec<Object>, dependent: Dependent) {
        self.claimed.extend(objects.iter().copied());
        self.found.push(Found { objects, dependent });
    }

    pub(super) fn refuse(
        &mut self,
        situation: &'static str,
        object: impl Into<String>,
        reason: impl Into<String>,
        next: &str,
    ) {
        self.census.refusals.push(Refusal {
            situation,
            object: object.into(),
            reason: reason.into(),
            next: next.to_owned(),
        });
    }

    pub(super) fn note(
        &mut self,
        situation: &'static str,
        object: impl Into<String>,
        text: impl Into<String>,
    ) {
        self.census.notes.push(Note {
            situation,
            object: object.into(),
            text: text.into(),
        });
    }

    /// The answer to a question about something by a short name, if there is one that it takes;
    /// else the question is asked.
    pub(super) fn answer(
        &mut self,
        (situation, name): (&'static str, &str),
        object: &str,
        text: String,
        values: Vec<(&'static str, String)>,
    ) -> Option<&'static str> {
        let key = format!("{situation}:{name}");
        let every = format!("{situation}:*");
        let answers = &self.choices.answers;
        let given = answers.get(&key).or_else(|| answers.get(&every));
        let taken = values
            .iter()
            .find(|(value, _)| given.is_some_and(|given| given == value));
        if let Some((value, _)) = taken {
            return Some(value);
        }
        self.census.questions.push(Question {
            situation,
            object: object.to_owned(),
            text,
            choice: Choice { key, values },
        });
        None
    }

    /// How the server describes objects.
    pub(super) async fn describe(
        &self,
        objects: &[Object],
    ) -> Result<HashMap<Object, String>, Error> {
        let sql = "-- census.describe
            SELECT class, oid, pg_describe_object(class, oid, 0)
            FROM unnest($1::oid[], $2::oid[]) AS object(class, oid)";
        let classes: Vec<u32> = objects.iter().map(|object| object.class).collect();
        let oids: Vec<u32> = objects.iter().map(|object| object.oid).collect();
        let rows = self.client.query(sql, &[&classes, &oids]).await?;
        let described = rows.iter().map(|row| {
            let text: Option<String> = row.get(2);
            let object = Object::new(row.get(0), row.get(1));
            (
                object,
                text.unwrap_or_else(|| format!("object {}", object.oid)),
            )
        });
        Ok(described.collect())
    }

    pub(super) fn analysis(&self) -> Analysis<'_> {
        Analysis {
            library: &self.library,
            relations: &self.relations,
        }
    }

    /// Whether expressions of a table's own mean the same with UUIDs, and if not, why.
    pub(super) fn neutral(
        &self,
        object: &str,
        table: u32,
        trees: &[Option<String>],
    ) -> Result<Result<(), Why>, Error> {
        let scope = Scope::of_table(table);
        for tree in trees.iter().flatten() {
            let node = parse(object, tree)?;
            if let Err(why) = self.analysis().expression(&node, &scope) {
                return Ok(Err(why));
            }
        }
        Ok(Ok(()))
    }
}

/// Reads a stored expression of an object.
pub(super) fn parse<'t>(object: &str, tree: &'t str) -> Result<Node<'t>, Error> {
    Node::parse(tree).map_err(|(position, why)| Error::Expression {
        object: object.to_owned(),
        position,
        why,
    })
}

/// The server's version, such as 150018.
pub(super) async fn version(client: &Client) -> Result<i32, Error> {
    let sql = "-- census.version
        SELECT pg_catalog.current_setting('server_version_num')::int4";
    Ok(client.query_one(sql, &[]).await?.get(0))
}
