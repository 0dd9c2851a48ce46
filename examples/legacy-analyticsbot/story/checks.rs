//! What was compared, and whether it held.

use std::io;

use crate::narrator::Narrator;

/// One comparison.
pub(crate) struct Check {
    /// What for, in two or three words.
    pub(crate) name: &'static str,
    /// What was compared with what, with the numbers.
    pub(crate) compared: String,
    pub(crate) held: bool,
}

/// All comparisons so far, and what was measured beside them.
#[derive(Default)]
pub(crate) struct Checks {
    pub(crate) all: Vec<Check>,
    figures: Vec<(&'static str, String)>,
    skipped: Vec<String>,
}

impl Checks {
    /// Tells a comparison and keeps it.
    pub(crate) fn add(
        &mut self,
        name: &'static str,
        held: bool,
        compared: String,
        narrator: &mut Narrator,
    ) -> io::Result<()> {
        narrator.check(held, &compared)?;
        self.all.push(Check {
            name,
            compared,
            held,
        });
        Ok(())
    }

    /// Keeps a number for the end.
    pub(crate) fn figure(&mut self, name: &'static str, value: String) {
        self.figures.push((name, value));
    }

    /// Tells what is not checked, and keeps that too.
    pub(crate) fn skip(&mut self, why: String, narrator: &mut Narrator) -> io::Result<()> {
        narrator.skipped(&why)?;
        self.skipped.push(why);
        Ok(())
    }

    /// Shows everything once more; whether all of it held.
    pub(crate) fn table(&self, narrator: &mut Narrator) -> anyhow::Result<bool> {
        narrator.heading("Summary")?;
        let mut rows = vec![vec!["check".to_owned(), "held".to_owned()]];
        for check in &self.all {
            let held = if check.held { "yes" } else { "NO" };
            rows.push(vec![check.name.to_owned(), held.to_owned()]);
        }
        narrator.table(&rows, false)?;
        let mut rows = vec![vec!["measured".to_owned(), String::new()]];
        for (name, value) in &self.figures {
            rows.push(vec![(*name).to_owned(), value.clone()]);
        }
        narrator.table(&rows, false)?;
        for why in &self.skipped {
            narrator.skipped(why)?;
        }
        let failed = self.all.iter().filter(|check| !check.held);
        let failed: Vec<&Check> = failed.collect();
        for check in &failed {
            narrator.check(false, &format!("{}: {}", check.name, check.compared))?;
        }
        let (count, all) = (failed.len(), self.all.len());
        if failed.is_empty() {
            narrator.check(true, &format!("All {all} checks held."))?;
        } else {
            narrator.check(false, &format!("{count} of {all} checks failed."))?;
        }
        Ok(failed.is_empty())
    }
}
