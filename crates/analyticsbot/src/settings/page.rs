//! The settings as text: the file that `init` writes, and the page of reference.

use super::Settings;
use super::field::Field;
use super::table::{SECTIONS, Setting};

/// Columns of a comment in the file.
const COMMENT_COLUMNS: usize = 80;

/// The file with every setting, each behind a comment sign at its default.
pub(crate) fn file() -> String {
    let defaults = Settings::default();
    let mut text = String::from(
        "# The configuration of AnalyticsBot: every setting at its default. Take the `#` off a\n\
         # line to change it. The environment counts more than this file (each setting has a\n\
         # variable, ANALYTICSBOT_SERVER_LISTEN for listen in [server]), flags count most.\n",
    );
    for (section, about) in SECTIONS {
        text.extend([format!("\n# {about}\n[{section}]\n")]);
        for setting in Setting::of_section(section) {
            text.push_str(&wrapped(setting.doc));
            let value = value(setting, &defaults);
            text.extend([format!("#{} = {value}\n\n", setting.key)]);
        }
        // One empty line between sections, not two.
        text.pop();
    }
    text
}

/// The default, or an example where there is none.
fn value(setting: &Setting, defaults: &Settings) -> String {
    let shown = setting.field.show(defaults);
    shown.unwrap_or_else(|| match (setting.section, setting.key) {
        ("database", "url") => format!("{:?}", defaults.database.shown()),
        (_, key) if matches!(setting.field, Field::SecretFile(_)) => {
            format!("\"/run/secrets/{}\"", key.trim_end_matches("_file"))
        }
        _ if matches!(setting.field, Field::MaybeCount(_)) => "1".to_owned(),
        _ => "\"\"".to_owned(),
    })
}

fn wrapped(doc: &str) -> String {
    let mut lines = vec![String::from("#")];
    for word in doc.split(' ') {
        let line = lines.last_mut().expect("it begins with one");
        if line.chars().count() + 1 + word.chars().count() > COMMENT_COLUMNS {
            lines.push(format!("# {word}"));
        } else {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

/// The page of reference: a table for each section.
#[cfg(test)]
pub(crate) fn reference() -> String {
    let defaults = Settings::default();
    let mut text = String::new();
    for (section, about) in SECTIONS {
        text.extend([format!("## [{section}]\n\n{about}\n\n")]);
        text.push_str("| key | default | what it does |\n|---|---|---|\n");
        for setting in Setting::of_section(section) {
            let default = match setting.field {
                Field::Secret(_) if setting.section == "database" => value(setting, &defaults),
                field => field.show(&defaults).unwrap_or_default(),
            };
            let default = match default.trim_matches('"') {
                "" => "none".to_owned(),
                default => format!("`{default}`"),
            };
            text.extend([format!(
                "| `{}` | {default} | {} |\n",
                setting.key, setting.doc
            )]);
        }
        text.push('\n');
    }
    text.trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::settings::load::apply_file;
    use crate::settings::table::ALL;

    /// The page, from this package.
    const PAGE: &str = "../../docs/analyticsbot/configuration.md";

    /// What stands above and below the generated part.
    const MARKS: [&str; 2] = ["<!-- settings: begin -->\n", "<!-- settings: end -->\n"];

    #[test]
    fn the_page_of_reference_says_what_the_table_says() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
        let page = std::fs::read_to_string(path).unwrap();
        let (_, rest) = page
            .split_once(MARKS[0])
            .expect("the mark of the beginning");
        let (generated, _) = rest.split_once(MARKS[1]).expect("the mark of the end");
        let expected = format!("\n{}\n", reference());
        assert!(generated == expected, "the page should have:\n{expected}");
    }

    #[test]
    fn the_file_is_the_defaults_with_and_without_its_comment_signs() {
        let text = file();
        assert!(
            text.lines().all(|line| line.chars().count() <= 100),
            "{text}"
        );
        let mut settings = Settings::default();
        apply_file(&mut settings, "as it is", &text).unwrap();
        assert!(settings.origins.is_empty());
        let is_example = |line: &str| {
            ["_file = ", "workers = "]
                .iter()
                .any(|name| line.contains(name))
                || line.ends_with("= \"\"")
        };
        let with = text
            .lines()
            .filter_map(|line| match line.strip_prefix('#') {
                Some(line) if line.starts_with(' ') || is_example(line) => None,
                Some(line) => Some(line),
                None => Some(line),
            });
        let with: Vec<&str> = with.collect();
        let mut settings = Settings::default();
        apply_file(&mut settings, "with all of it", &with.join("\n")).unwrap();
        let defaults = Settings::default();
        for setting in ALL {
            let shown = |settings| setting.field.show(settings);
            assert_eq!(shown(&settings), shown(&defaults), "{}", setting.name());
        }
        assert_eq!(settings.database.url, defaults.database.url);
        assert!(
            settings.origins.len() > 50,
            "only {}",
            settings.origins.len()
        );
    }
}
