//! Makes a plan from a live database; only reads.

mod keys;
mod orphans;
mod silence;
mod swaps;
mod tables;
mod text;
mod time;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use tokio_postgres::Client;

use super::{FORMAT, Plan, Settings};
use crate::Error;
use crate::catalog::{self, Catalog};
use crate::census::{self, Choices, Note, Question, Refusal, Swap};
use crate::mint::Order;
use swaps::Source;

/// What a plan is asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Tables whose primary key moves: `events`, `sales.events`, or `sales.events.id` where the
    /// key has several columns.
    pub tables: Vec<String>,
    /// All tables whose primary key counts up by itself.
    pub all_auto_increment: bool,
    /// Whose order new ids follow, where the old order can be kept.
    pub order: Option<Order>,
    /// The zone that times without one are taken to be of; UTC if none is given.
    pub zone: Option<String>,
    /// How fast and how careful.
    pub settings: Settings,
    /// What a person decided about situations that need it.
    pub choices: Choices,
}

/// A plan, and what is to be said beside it.
#[derive(Clone, Debug)]
pub struct Made {
    /// The plan.
    pub plan: Plan,
    /// What somebody must decide before it can be applied.
    pub questions: Vec<Question>,
    /// What somebody should know.
    pub notes: Vec<Note>,
}

/// Makes a plan; writes nothing. The client must not be in a transaction.
///
/// # Errors
/// [`Error::Refused`] with everything that stands in the way; what the server said.
pub async fn make(client: &Client, options: &Options) -> Result<Made, Error> {
    let mut refusals = census::environment(client).await?;
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    let catalog = catalog::read(client).await?;
    let chosen = keys::chosen(&catalog, options)?;
    let (sources, refused) = swaps::closure(client, &catalog, &chosen, options).await?;
    refusals.extend(refused);
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    let given = RefCell::default();
    let mut maker = Maker {
        catalog: &catalog,
        sources: &sources,
        options,
        refusals,
        given,
    };
    let mut plan = maker.plan();
    plan.settings.silent &= silence::is_allowed(client).await?;
    maker
        .refusals
        .extend(orphans::refusals(client, &plan).await?);
    plan.choices = options.choices.clone();
    let taken = census::census(client, &swaps_of(&plan, &catalog), &options.choices).await?;
    maker.refusals.extend(taken.refusals);
    if !maker.refusals.is_empty() {
        return Err(Error::Refused(maker.refusals));
    }
    let dependents = kept(taken.dependents);
    Ok(Made {
        plan: Plan { dependents, ..plan },
        questions: taken.questions,
        notes: taken.notes,
    })
}

/// The dependents that a plan has to do something about.
pub(crate) fn kept(dependents: Vec<census::Dependent>) -> Vec<census::Dependent> {
    dependents.into_iter().filter(has_statements).collect()
}

/// Those without statements are known to the census and belong to the steps for keys and indexes.
fn has_statements(dependent: &census::Dependent) -> bool {
    let lists = [
        &dependent.drop,
        &dependent.create,
        &dependent.after,
        &dependent.undo_create,
    ];
    !dependent.before.is_empty() || lists.iter().any(|list| !list.is_empty())
}

/// The columns of a plan as the census wants them.
pub(crate) fn swaps_of(plan: &Plan, catalog: &Catalog) -> Vec<Swap> {
    let mut swaps = Vec::new();
    for table in &plan.tables {
        let found = catalog
            .tables
            .iter()
            .find(|(_, found)| found.name == table.name);
        let Some((oid, found)) = found else { continue };
        for column in &table.columns {
            let Some((attnum, _)) = found.column_named(&column.name) else {
                continue;
            };
            swaps.push(Swap {
                table_oid: *oid,
                table: table.name.clone(),
                column: column.name.clone(),
                attnum,
                old_type: column.from.clone(),
                new_type: "uuid".to_owned(),
                new_column: column.new.clone(),
            });
        }
    }
    swaps
}

/// A column by its table's `oid` and its number.
pub(crate) type At = (u32, i16);

/// What all parts of the making need.
struct Maker<'a> {
    catalog: &'a Catalog,
    sources: &'a BTreeMap<At, Source>,
    options: &'a Options,
    refusals: Vec<Refusal>,
    /// Names of indexes and constraints that this plan gives out.
    given: RefCell<BTreeSet<String>>,
}

impl Maker<'_> {
    fn plan(&mut self) -> Plan {
        let tables = self.tables();
        let mut plan = Plan {
            format: FORMAT,
            server: self.catalog.server,
            fingerprint: String::new(),
            made_at: self.catalog.now.clone(),
            settings: self.options.settings.clone(),
            foreign_keys: self.foreign_keys(),
            tables,
            choices: Choices::default(),
            dependents: Vec::new(),
        };
        plan.fingerprint = fingerprint(&plan, self.catalog);
        plan
    }

    fn refuse(&mut self, situation: &'static str, object: String, reason: &str, next: &str) {
        self.refusals.push(Refusal {
            situation,
            object,
            reason: reason.to_owned(),
            next: next.to_owned(),
        });
    }

    /// `schema.table.column`, for messages.
    fn place(&self, (table, column): At) -> String {
        place(self.catalog, (table, column))
    }
}

fn place(catalog: &Catalog, (table, column): At) -> String {
    let table = &catalog.tables[&table];
    let column = &table.columns[&column].name;
    format!("{}.{}.{column}", table.name.schema, table.name.name)
}

/// A digest of everything in the catalog that the statements of a plan are built from.
pub(crate) fn fingerprint(plan: &Plan, catalog: &Catalog) -> String {
    let mut facts = String::new();
    for (oid, table) in &catalog.tables {
        if plan.tables.iter().all(|planned| planned.name != table.name) {
            continue;
        }
        let keys: Vec<_> = catalog
            .foreign_keys
            .iter()
            .filter(|key| key.table == *oid || key.target == *oid)
            .collect();
        let parts = (&table.name, &table.columns, &table.indexes, keys);
        writeln!(facts, "{parts:?}").expect("a string takes every text");
    }
    let namespace = ids::Namespace::new(ids::namespaces::OID);
    namespace.v8(facts.as_bytes()).to_string()
}
