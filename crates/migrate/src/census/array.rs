//! Arrays of keys: columns whose name is the plural of a reference.

use super::walk::Walk;
use super::{Error, guess};
use crate::name::quoted;

const SITUATION: &str = "array";

/// Asks about each array that looks like one of keys that move.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let columns = guess::unbound(walk).await?;
    let candidates = guess::candidates(walk.swaps, &columns, |column| {
        let element = column.type_name.strip_suffix("[]")?;
        Some((column.column.strip_suffix('s')?, element))
    });
    for candidate in candidates {
        let swap = &walk.swaps[candidate.swap];
        let from = candidate.table.to_string();
        let value = format!("unnest({})", quoted(&candidate.column));
        let sample = guess::sample(walk, &from, &value, swap).await?;
        let target = format!("{}.{}", swap.table.plain(), swap.column);
        let text = match sample {
            Some(sample) if sample.values > 0 && sample.keys == 0 => continue,
            Some(sample) => format!(
                "by its name it holds keys of {target}; {} of the {} elements read are",
                sample.keys, sample.values
            ),
            None => format!("by its name it holds keys of {target}"),
        };
        let values = vec![(
            "leave",
            "its elements stay as they are: the old keys remain to be looked up".to_owned(),
        )];
        walk.answer(
            (SITUATION, &candidate.name()),
            &candidate.object(),
            text,
            values,
        );
    }
    Ok(())
}
