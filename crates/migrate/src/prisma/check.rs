//! Refuses schemas of which the rewriting would be something that Prisma does not accept.

use schema::prisma::{Block, ExpressionKind, Field};
use schema::{Source, Span};

use super::find::{Models, listed};
use super::{Obstacle, obstacle};

/// The providers whose schema can belong to a PostgreSQL database.
const PROVIDERS: [&str; 3] = ["postgresql", "postgres", "prisma+postgres"];

pub(super) fn obstacles(models: &Models<'_>, sources: &[Source]) -> Vec<Obstacle> {
    let mut obstacles: Vec<Obstacle> = provider(models, sources).into_iter().collect();
    for block in models.models() {
        for field in block.fields() {
            obstacles.extend(relation(models, sources, block, field));
        }
    }
    obstacles
}

fn provider(models: &Models<'_>, sources: &[Source]) -> Option<Obstacle> {
    let Some(source) = models.datasource() else {
        let message = "find the datasource: none of the files has one".to_owned();
        let hint = "give all files of the schema: `--schema FOLDER`";
        return Some(obstacle(sources, Span::new(0, 0, 0), message, hint));
    };
    let value = source.property("provider");
    let name = match value.map(|value| &value.kind) {
        Some(ExpressionKind::String(name)) => name.as_str(),
        // Early versions of 4 took a list.
        Some(ExpressionKind::Array(values)) => match values.first().map(|it| &it.kind) {
            Some(ExpressionKind::String(name)) => name.as_str(),
            _ => "",
        },
        _ => "",
    };
    if PROVIDERS.contains(&name) {
        return None;
    }
    let span = value.map_or(source.span, |value| value.span);
    let message = format!("rewrite a schema of the provider `{name}`: the plan is for PostgreSQL");
    Some(obstacle(
        sources,
        span,
        message,
        "name the schema of this database with `--schema`",
    ))
}

/// A relation between columns of which only one moves: Prisma wants both of one type.
fn relation(
    models: &Models<'_>,
    sources: &[Source],
    block: &Block,
    field: &Field,
) -> Option<Obstacle> {
    let attribute = field.attribute("relation")?;
    let target = models.named(&field.data_type.name.text)?;
    let (from, to) = (listed(attribute, "fields"), listed(attribute, "references"));
    let is_moved = |block: &Block, name: &str| {
        block
            .field(name)
            .is_some_and(|field| models.moved(block, field).is_some())
    };
    for (own, theirs) in from.into_iter().zip(to) {
        let ends = [(block, own), (target, theirs)];
        let [one, two] = ends.map(|(block, name)| is_moved(block, name));
        if one == two {
            continue;
        }
        let [moved, stays] = if one { ends } else { [ends[1], ends[0]] };
        let shown = |(block, name): (&Block, &str)| format!("`{}.{name}`", block.name.text);
        let message = format!(
            "rewrite the relation `{}`: {} moves, {} does not",
            field.name.text,
            shown(moved),
            shown(stays)
        );
        let hint = "a reference moves with its key if the database has a FOREIGN KEY for it; add \
                    one and plan again";
        return Some(obstacle(sources, field.span, message, hint));
    }
    None
}
