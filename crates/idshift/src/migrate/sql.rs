//! `idshift migrate sql`: the steps of a plan as files.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use crate::Outcome;
use crate::console::Console;
use crate::refusal::Refusal;

/// The arguments of `idshift migrate sql`.
#[derive(Args)]
pub(super) struct Arguments {
    /// The plan
    #[arg(value_name = "PLAN")]
    plan: PathBuf,

    /// The folder to write to; it is made if it is not there
    #[arg(long, short, value_name = "FOLDER")]
    output: PathBuf,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let failed = |what: &str, path: &PathBuf| {
        let what = format!("failed to {what} `{}`", path.display());
        move |error: std::io::Error| Refusal::new("failed", format!("{what}: {error}"))
    };
    let text = fs::read_to_string(&arguments.plan).map_err(failed("read", &arguments.plan))?;
    let plan = migrate::Plan::parse(&text)?;
    let folder = &arguments.output;
    fs::create_dir_all(folder).map_err(failed("make", folder))?;
    let files = migrate::sql::files(&plan);
    for file in &files {
        let path = folder.join(&file.name);
        fs::write(&path, &file.text).map_err(failed("write", &path))?;
    }
    if console.json() {
        let names: Vec<&str> = files.iter().map(|file| &*file.name).collect();
        console.write_json(&serde_json::json!({ "files": names }))?;
    } else {
        let count = files.len();
        console.line(format_args!(
            "{count} files in {}; start with the README",
            folder.display()
        ))?;
    }
    Ok(Outcome::Fine)
}
