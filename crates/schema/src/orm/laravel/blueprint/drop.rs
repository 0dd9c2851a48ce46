//! Applies the lines of a blueprint that drop.

use std::ops::Range;

use super::super::super::code::Arguments;
use super::{Blueprint, WITHOUT_EFFECT};
use crate::sql::change::TableChange;

impl Blueprint<'_> {
    pub(super) fn drop(&mut self, word: &str, items: &Arguments, line: &Range<usize>) {
        let code = self.code;
        let span = code.span(line);
        let table = self.draft.name.clone();
        let strings = || {
            let lists = items.0.iter().filter_map(|it| code.strings(&it.value));
            lists.flatten().collect::<Vec<String>>()
        };
        let usual: &[&str] = match word {
            "dropTimestamps" | "dropTimestampsTz" => &["created_at", "updated_at"],
            "dropSoftDeletes" | "dropSoftDeletesTz" => &["deleted_at"],
            "dropRememberToken" => &["remember_token"],
            _ => &[],
        };
        for name in usual {
            self.stage.drop_column(&table, name, false, span);
        }
        match word {
            "dropColumn" | "removeColumn" | "dropConstrainedForeignId" => {
                for name in strings() {
                    self.stage.drop_column(&table, &name, false, span);
                }
            }
            "dropMorphs" => {
                for name in strings() {
                    self.stage
                        .drop_column(&table, &format!("{name}_id"), false, span);
                    self.stage
                        .drop_column(&table, &format!("{name}_type"), false, span);
                }
            }
            "dropPrimary" => self.stage.alter(&table, TableChange::DropPrimaryKey, span),
            "dropForeign" => self.drop_foreign(items),
            "drop" | "dropIfExists" => self.stage.drop_table(table, word == "dropIfExists", span),
            "dropUnique" | "dropIndex" => self.drop_group(items),
            _ if !usual.is_empty() || WITHOUT_EFFECT.contains(&word) => {}
            _ => self
                .stage
                .unknown(code, line, "it is no line that is known"),
        }
    }

    /// By the columns, or by the name that Laravel makes of them.
    fn drop_foreign(&mut self, items: &Arguments) {
        let name = self.draft.name.clone();
        let code = self.code;
        let Some(item) = items.positional(0) else {
            return;
        };
        let strings = code.strings(&item.value).unwrap_or_default();
        let is_list = code.string(&item.value).is_none();
        if let Some(table) = self
            .stage
            .so_far()
            .tables
            .iter_mut()
            .find(|it| it.name == name)
        {
            let made = |columns: &[String]| format!("{}_{}_foreign", name.name, columns.join("_"));
            table.references.retain(|it| {
                let own = || it.name.clone().unwrap_or_else(|| made(&it.columns));
                let goes = if is_list {
                    it.columns == strings
                } else {
                    strings.contains(&own())
                };
                !goes
            });
        }
    }

    fn drop_group(&mut self, items: &Arguments) {
        let name = self.draft.name.clone();
        let code = self.code;
        let Some(item) = items.positional(0) else {
            return;
        };
        let strings = code.strings(&item.value).unwrap_or_default();
        let is_list = code.string(&item.value).is_none();
        if let Some(table) = self
            .stage
            .so_far()
            .tables
            .iter_mut()
            .find(|it| it.name == name)
        {
            let stem = |columns: &[String]| format!("{}_{}_", name.name, columns.join("_"));
            let goes = |own: &Option<String>, columns: &[String]| {
                let is_it = |it: &String| {
                    own.as_ref() == Some(it) || own.is_none() && it.starts_with(&stem(columns))
                };
                if is_list {
                    columns == strings
                } else {
                    strings.iter().any(is_it)
                }
            };
            table.uniques.retain(|it| !goes(&it.name, &it.columns));
            table.indexes.retain(|it| {
                let columns: Vec<String> = it.columns().map(str::to_owned).collect();
                !goes(&it.name, &columns)
            });
        }
    }
}
