//! Blanks the parts of a migration that lead back, in tools that keep both ways in one file.

use schema::Source;

/// Comments that begin the way back, lower case, without spaces.
const DOWN: [&str; 6] = [
    "--+goosedown",
    "--migrate:down",
    "--+migratedown",
    "--+micratedown",
    "--ramblerdown",
    "--//@undo",
];

/// Comments that begin the way forwards again.
const UP: [&str; 5] = [
    "--+gooseup",
    "--migrate:up",
    "--+migrateup",
    "--+micrateup",
    "--ramblerup",
];

/// The same script with spaces where it leads back, so that every position stays what it was.
pub(super) fn forwards(source: Source) -> Source {
    let mut down = false;
    let mut blanked = String::new();
    for line in source.text().split_inclusive('\n') {
        if line.trim_start().starts_with("--") {
            let mark: String = line.chars().filter(|c| !c.is_whitespace()).collect();
            let mark = mark.to_ascii_lowercase();
            if DOWN.iter().any(|word| mark.starts_with(word)) {
                down = true;
            } else if UP.iter().any(|word| mark.starts_with(word)) {
                down = false;
            }
        }
        if down {
            blanked.extend(
                line.bytes()
                    .map(|byte| if byte == b'\n' { '\n' } else { ' ' }),
            );
        } else {
            blanked.push_str(line);
        }
    }
    if blanked == source.text() {
        return source;
    }
    let path = source.path().to_owned();
    // As long as the source, which was not too long.
    Source::new(path, blanked).unwrap_or(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_blank_and_positions_stay() {
        let text = "-- +goose Up\nCREATE TABLE a (x int);\n-- +goose Down\nDROP TABLE ä;\n";
        let source = forwards(Source::new("a.sql", text).unwrap());
        assert_eq!(source.text().len(), text.len());
        assert!(
            source
                .text()
                .starts_with("-- +goose Up\nCREATE TABLE a (x int);\n   ")
        );
        assert!(!source.text().contains("DROP"));
        let text = "-- migrate:down\nDROP\n-- migrate:up\nCREATE\n";
        let source = forwards(Source::new("a.sql", text).unwrap());
        assert!(
            source.text().ends_with("-- migrate:up\nCREATE\n"),
            "{:?}",
            source.text()
        );
        assert!(!source.text().contains("DROP"));
    }

    #[test]
    fn other_scripts_stay_as_they_are() {
        let source = Source::new("a.sql", "-- down here\nDROP TABLE a;").unwrap();
        assert_eq!(forwards(source.clone()), source);
    }
}
