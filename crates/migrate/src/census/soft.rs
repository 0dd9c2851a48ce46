//! References that no constraint declares: columns with the name of a key, holding its values.

use super::walk::Walk;
use super::{Error, guess};
use crate::name::quoted;

const SITUATION: &str = "soft-reference";

/// Asks about each column that looks like a reference to a key that moves.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let columns = guess::unbound(walk).await?;
    let candidates = guess::candidates(walk.swaps, &columns, |column| {
        Some((column.column.as_str(), column.type_name.as_str()))
    });
    for candidate in candidates {
        let swap = &walk.swaps[candidate.swap];
        let (from, value) = (candidate.table.to_string(), quoted(&candidate.column));
        let sample = guess::sample(walk, &from, &value, swap).await?;
        let target = format!("{}.{}", swap.table.plain(), swap.column);
        let text = match sample {
            Some(sample) if sample.values > 0 && sample.keys == 0 => continue,
            Some(sample) => format!(
                "by its name it refers to {target}; {} of the {} values read are keys there",
                sample.keys, sample.values
            ),
            None => format!("by its name it refers to {target}"),
        };
        let values = vec![
            ("reference", "it moves with the key".to_owned()),
            ("leave", "it is no reference, or stays as it is".to_owned()),
        ];
        let (name, object) = (candidate.name(), candidate.object());
        if walk.answer((SITUATION, &name), &object, text, values) == Some("reference") {
            let reason = format!("it was said to refer to {target}, but does not move with it");
            walk.refuse(
                SITUATION,
                object,
                reason,
                "declare it among the references that move",
            );
        }
    }
    Ok(())
}
