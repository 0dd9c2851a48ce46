//! Which columns move with the chosen keys: everything that refers to them, and so on.

use std::collections::BTreeMap;

use tokio_postgres::Client;

use super::{At, Options, place, text};
use crate::Error;
use crate::catalog::Catalog;
use crate::census::Refusal;
use crate::mint::Order;

/// Where the new values of a column come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Mint(Order),
    Cast,
    /// By the foreign key of this number in the catalog's list.
    Reference(usize),
}

/// All columns that move.
pub(super) async fn closure(
    client: &Client,
    catalog: &Catalog,
    chosen: &[At],
    options: &Options,
) -> Result<(BTreeMap<At, Source>, Vec<Refusal>), Error> {
    let mut sources = BTreeMap::new();
    let mut refusals = Vec::new();
    for &at in chosen {
        match source(client, catalog, at, options).await? {
            Ok(source) => _ = sources.insert(at, source),
            Err(refusal) => refusals.push(refusal),
        }
    }
    let mut waiting: Vec<At> = sources.keys().copied().collect();
    while let Some(parent) = waiting.pop() {
        for (number, child) in children(catalog, parent) {
            let cast = sources.get(&parent) == Some(&Source::Cast);
            let new = if cast {
                Source::Cast
            } else {
                Source::Reference(number)
            };
            // A key that is itself a reference takes the value that it refers to.
            let known = sources.get(&child);
            if matches!(known, None | Some(Source::Mint(_))) && child != parent {
                sources.insert(child, new);
                waiting.push(child);
            }
        }
    }
    refusals.extend(
        sources
            .keys()
            .filter_map(|&at| stranded(catalog, &sources, at)),
    );
    Ok((sources, refusals))
}

/// The columns that refer to `parent`, with the number of the foreign key.
fn children(catalog: &Catalog, parent: At) -> Vec<(usize, At)> {
    let mut found = Vec::new();
    for (number, key) in catalog.foreign_keys.iter().enumerate() {
        let pairs = key.columns.iter().zip(&key.target_columns);
        let referring = pairs.filter(|(_, target)| (key.target, **target) == parent);
        found.extend(referring.map(|(column, _)| (number, (key.table, *column))));
    }
    found
}

/// Why a column that moves cannot: it refers to one that stays.
fn stranded(catalog: &Catalog, sources: &BTreeMap<At, Source>, at: At) -> Option<Refusal> {
    for key in catalog.foreign_keys.iter().filter(|key| key.table == at.0) {
        let mut pairs = key.columns.iter().zip(&key.target_columns);
        let target = pairs
            .find(|(column, _)| **column == at.1)
            .map(|(_, target)| *target);
        let target = target.map(|target| (key.target, target));
        if let Some(target) = target.filter(|target| !sources.contains_key(target)) {
            return Some(Refusal {
                situation: "reference-to-a-column-that-stays",
                object: place(catalog, at),
                reason: format!(
                    "it refers to `{}`, which does not move",
                    place(catalog, target)
                ),
                next: format!("add `--table {}`", place(catalog, target)),
            });
        }
    }
    None
}

/// What a chosen key's values are made of.
async fn source(
    client: &Client,
    catalog: &Catalog,
    at: At,
    options: &Options,
) -> Result<Result<Source, Refusal>, Error> {
    let table = &catalog.tables[&at.0];
    let column = &table.columns[&at.1];
    let refused = |situation, reason: &str, next: &str| Refusal {
        situation,
        object: place(catalog, at),
        reason: reason.to_owned(),
        next: next.to_owned(),
    };
    if column.generated {
        let why = "its values are computed from other columns";
        return Ok(Err(refused(
            "generated-key",
            why,
            "make it an ordinary column first",
        )));
    }
    if column.is_integer() {
        return Ok(Ok(Source::Mint(options.order.unwrap_or(Order::Id))));
    }
    if column.base == "uuid" {
        return Ok(Ok(Source::Mint(Order::Time)));
    }
    if column.is_text() {
        let cast = text::all_uuids(client, &table.name, &column.name).await?;
        return Ok(Ok(if cast {
            Source::Cast
        } else {
            Source::Mint(Order::Time)
        }));
    }
    let why = format!("keys of type `{}` are not known", column.type_name);
    let next = "move keys of the types integer, bigint, smallint, uuid, text, varchar or char";
    Ok(Err(refused("key-type", &why, next)))
}
