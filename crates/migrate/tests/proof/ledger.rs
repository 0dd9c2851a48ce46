//! What the writers know to be committed: rows by their tags, and the tags that they refer to.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::Client;

/// Customers with their boss, orders with their customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    pub(crate) customers: BTreeMap<String, Option<String>>,
    pub(crate) orders: BTreeMap<String, Option<String>>,
    /// Customers whose key was changed: their place in the order is not the old one.
    pub(crate) rekeyed: BTreeSet<String>,
}

impl Ledger {
    /// Takes a customer out, as the database does: its orders go, others lose their boss.
    pub(crate) fn delete_customer(&mut self, tag: &str) {
        self.customers.remove(tag);
        self.orders
            .retain(|_, customer| customer.as_deref() != Some(tag));
        for boss in self.customers.values_mut() {
            if boss.as_deref() == Some(tag) {
                *boss = None;
            }
        }
    }

    /// What is in a database.
    pub(crate) async fn read(client: &Client) -> Self {
        let sql = "SELECT c.tag, b.tag FROM customers c LEFT JOIN customers b ON b.id = c.boss_id";
        let customers = pairs(client, sql).await;
        let sql = "SELECT o.tag, c.tag FROM orders o LEFT JOIN customers c ON c.id = o.customer_id";
        Self {
            customers,
            orders: pairs(client, sql).await,
            rekeyed: BTreeSet::new(),
        }
    }

    /// Takes in what another writer knows.
    pub(crate) fn join(&mut self, other: Self) {
        self.customers.extend(other.customers);
        self.orders.extend(other.orders);
        self.rekeyed.extend(other.rekeyed);
    }

    /// Rows of which two ledgers disagree.
    pub(crate) fn difference(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for (one, two) in [
            (&self.customers, &other.customers),
            (&self.orders, &other.orders),
        ] {
            for (tag, reference) in one {
                if two.get(tag) != Some(reference) {
                    found.push(format!("{tag}: {reference:?}, but {:?}", two.get(tag)));
                }
            }
            let more = two.iter().filter(|(tag, _)| !one.contains_key(*tag));
            found.extend(more.map(|(tag, reference)| format!("{tag}: nothing, but {reference:?}")));
        }
        found
    }
}

async fn pairs(client: &Client, sql: &str) -> BTreeMap<String, Option<String>> {
    let rows = client.query(sql, &[]).await.expect("rows");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}
