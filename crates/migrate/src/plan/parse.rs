//! Reads a plan's file.

use super::{FORMAT, Plan};
use crate::Error;

impl Plan {
    /// Reads the file that [`Plan::render`] wrote, as a person may have changed it.
    ///
    /// # Errors
    /// [`Error::Plan`] with line and column, for an unknown word as well as for a missing one.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let plan: Self =
            toml::from_str(text).map_err(|error| Error::Plan(error.to_string().trim().into()))?;
        if plan.format != FORMAT {
            let form = plan.format;
            return Err(Error::Plan(format!(
                "its form is `{form}`, expected `{FORMAT}`"
            )));
        }
        Ok(plan)
    }
}
