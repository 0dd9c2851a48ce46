//! One session of an application that writes while its keys move, and what it knows of it.

use connect::Target;
use tokio_postgres::Client;

use crate::dice::Dice;
use crate::ledger::Ledger;

/// A writer has rows of its own: those of the data with its remainder, and those that it makes.
pub(crate) struct Writer {
    client: Client,
    number: u64,
    dice: Dice,
    made: u64,
    pub(crate) ledger: Ledger,
}

/// What was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    ParentAndChildInOneStatement,
    Retarget,
    Savepoint,
    Delete,
    KeyUpdate,
    Copy,
    Serializable,
    RolledBack,
    ChildBeforeParent,
}

pub(crate) const OPERATIONS: [Operation; 9] = [
    Operation::ParentAndChildInOneStatement,
    Operation::Retarget,
    Operation::Savepoint,
    Operation::Delete,
    Operation::KeyUpdate,
    Operation::Copy,
    Operation::Serializable,
    Operation::RolledBack,
    Operation::ChildBeforeParent,
];

/// What an application must live with anyway: serialization failures and deadlocks.
const EXPECTED: [&str; 2] = ["40001", "40P01"];

impl Writer {
    /// The writer of a number among `writers`, with its part of what is there.
    pub(crate) async fn new(target: &Target, number: u64, writers: u64, seed: u64) -> Self {
        let (client, _task) = target.open().await.expect("a connection");
        let mut ledger = Ledger::read(&client).await;
        let own = |tag: &str| tag[1..].parse::<u64>().is_ok_and(|n| n % writers == number);
        ledger.customers.retain(|tag, _| own(tag));
        ledger.orders.retain(|tag, _| own(tag));
        let dice = Dice::new(seed.wrapping_mul(31).wrapping_add(number));
        Self {
            client,
            number,
            dice,
            made: 0,
            ledger,
        }
    }

    fn tag(&mut self) -> String {
        self.made += 1;
        format!("w{}-{}", self.number, self.made)
    }

    fn customer(&mut self) -> String {
        let place = self.dice.place(self.ledger.customers.len());
        let mut tags = self.ledger.customers.keys();
        tags.nth(place)
            .expect("a writer keeps some customers")
            .clone()
    }

    fn order(&mut self) -> Option<String> {
        let place = self.dice.place(self.ledger.orders.len());
        self.ledger.orders.keys().nth(place).cloned()
    }

    /// One transaction; what it did, if it was committed.
    ///
    /// # Errors
    /// What no application expects.
    pub(crate) async fn round(&mut self, next: Operation) -> Result<Option<Operation>, String> {
        let mut after = self.ledger.clone();
        let sql = self.sql(next, &mut after);
        match self.client.batch_execute(&sql).await {
            Ok(()) => {
                self.ledger = after;
                Ok(Some(next))
            }
            Err(error) => {
                let code = error
                    .code()
                    .map(|code| code.code().to_owned())
                    .unwrap_or_default();
                let back = self.client.batch_execute("ROLLBACK").await;
                back.map_err(|error| format!("{error:?}"))?;
                if EXPECTED.contains(&&*code) {
                    Ok(None)
                } else {
                    Err(format!("{sql}\n{error:?}"))
                }
            }
        }
    }

    /// The statements of an operation, with what is true once they are committed. They say nothing
    /// of the type of keys, so that they mean the same before the cut-over and after it.
    fn sql(&mut self, next: Operation, after: &mut Ledger) -> String {
        let (tag, customer) = (self.tag(), self.customer());
        let of = |tag: &str| format!("(SELECT id FROM customers WHERE tag = '{tag}')");
        match next {
            Operation::ParentAndChildInOneStatement => {
                after.customers.insert(tag.clone(), None);
                after.orders.insert(tag.clone(), Some(tag.clone()));
                format!(
                    "WITH c AS (INSERT INTO customers (tag) VALUES ('{tag}') RETURNING id, tag)
                     INSERT INTO orders (tag, customer_id) SELECT tag, id FROM c"
                )
            }
            Operation::Retarget | Operation::Serializable => {
                let Some(order) = self.order() else {
                    return "SELECT".to_owned();
                };
                let boss = self.customer();
                after.orders.insert(order.clone(), Some(customer.clone()));
                after.customers.insert(boss.clone(), Some(customer.clone()));
                let level = match next {
                    Operation::Serializable => "SERIALIZABLE",
                    _ => "READ COMMITTED",
                };
                format!(
                    "BEGIN ISOLATION LEVEL {level};
                     SELECT count(*) FROM orders WHERE customer_id = {0};
                     UPDATE orders SET customer_id = {0} WHERE tag = '{order}';
                     UPDATE customers SET boss_id = {0} WHERE tag = '{boss}'; COMMIT",
                    of(&customer)
                )
            }
            Operation::Savepoint => {
                after.customers.insert(tag.clone(), Some(customer.clone()));
                after.orders.insert(tag.clone(), Some(tag.clone()));
                format!(
                    "BEGIN; SAVEPOINT a; INSERT INTO customers (tag) VALUES ('{tag}');
                     INSERT INTO orders (tag, customer_id) VALUES ('{tag}', {});
                     ROLLBACK TO a; DELETE FROM orders WHERE tag = '{tag}'; SAVEPOINT b;
                     INSERT INTO customers (tag, boss_id) VALUES ('{tag}', {});
                     RELEASE b; INSERT INTO orders (tag, customer_id) VALUES ('{tag}', {}); COMMIT",
                    of(&tag),
                    of(&customer),
                    of(&tag)
                )
            }
            _ => self.rest(next, (&tag, &customer), after),
        }
    }

    fn rest(&self, next: Operation, (tag, customer): (&str, &str), after: &mut Ledger) -> String {
        match next {
            Operation::Delete if after.customers.len() > CUSTOMERS_MIN => {
                after.delete_customer(customer);
                format!("DELETE FROM customers WHERE tag = '{customer}'")
            }
            Operation::KeyUpdate => {
                after.rekeyed.insert(customer.to_owned());
                format!(
                    "DO $do$ BEGIN
                    IF (SELECT pg_typeof(id) FROM customers LIMIT 1) = 'uuid'::regtype THEN
                        UPDATE customers SET id = ({NEW_KEY})::uuid WHERE tag = '{customer}';
                    ELSE
                        EXECUTE 'UPDATE customers SET id = id + 100000 WHERE tag = ''{customer}''';
                    END IF; END $do$"
                )
            }
            Operation::Copy => {
                after
                    .orders
                    .insert(tag.to_owned(), Some(customer.to_owned()));
                format!(
                    "DO $do$ BEGIN EXECUTE format(
                        'COPY orders (tag, customer_id) FROM PROGRAM %L',
                        (SELECT 'echo \"{tag},' || id || '\" | tr , \"\\011\"' FROM customers
                            WHERE tag = '{customer}')); END $do$"
                )
            }
            Operation::ChildBeforeParent => {
                after.customers.insert(tag.to_owned(), None);
                after.orders.insert(tag.to_owned(), Some(tag.to_owned()));
                format!(
                    "DO $do$ DECLARE key text; BEGIN
                    IF (SELECT pg_typeof(id) FROM customers LIMIT 1) = 'uuid'::regtype THEN
                        SELECT {NEW_KEY} INTO key FROM customers LIMIT 1;
                    ELSE
                        key := nextval('customers_id_seq');
                    END IF;
                    EXECUTE format(
                        'INSERT INTO orders (tag, customer_id) VALUES (''{tag}'', %L)', key);
                    EXECUTE format('INSERT INTO customers (tag, id) VALUES (''{tag}'', %L)', key);
                    END $do$"
                )
            }
            _ => format!(
                "BEGIN; INSERT INTO customers (tag) VALUES ('{tag}');
                 UPDATE orders SET customer_id = NULL WHERE tag LIKE 'w{0}-%';
                 DELETE FROM customers WHERE tag LIKE 'w{0}-%'; ROLLBACK",
                self.number
            ),
        }
    }
}

/// A version 7 id with the time of a customer's.
const NEW_KEY: &str = "overlay(overlay(gen_random_uuid()::text PLACING left(id::text, 13) FROM 1)
    PLACING '-7' FROM 14)";

/// So many customers a writer keeps.
const CUSTOMERS_MIN: usize = 20;
