//! The folder of the database: created with permissions for its owner alone.

use std::fs::DirBuilder;
use std::path::Path;

use crate::refusal::Refusal;

/// Owner only: what clients sent is nobody else's business.
#[cfg(unix)]
const MODE: u32 = 0o700;

/// Creates the folder of the database file if it is not there.
///
/// # Errors
/// When it cannot be created, with what to do.
pub(crate) fn prepare(file: &Path) -> Result<(), Refusal> {
    let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    else {
        return Ok(());
    };
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, MODE);
    builder.create(folder).map_err(|error| {
        let message = format!(
            "failed to create the folder `{}`: {error}",
            folder.display()
        );
        Refusal::new("folder", message)
            .hint("name a file in a folder that you may write to with --database")
    })
}
