//! Reads a live database, and says where it is without saying how one gets in.

use std::time::Duration;

use schema::Schema;

use crate::refusal::Refusal;

/// How long a server may take to let us in.
const CONNECT_WAIT: Duration = Duration::from_secs(10);

/// The schema of a database, and its hosts with their ports.
pub(super) fn read(url: &str, sample_rows: u32) -> anyhow::Result<(String, Schema)> {
    let target = connect::Target::parse(url, "idshift audit", CONNECT_WAIT)
        .map_err(|error| refused(&error))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (mut client, driver) = target.open().await.map_err(|error| refused(&error))?;
        let options = schema::live::Options {
            sample_rows,
            ..schema::live::Options::default()
        };
        let read = schema::live::read(&mut client, &options).await;
        drop(client);
        // The task ends with its client; what it could still say is that the line went down.
        driver.await.ok();
        let schema = read.map_err(|error| {
            let refusal = Refusal::unread(format!("failed to {error}"));
            match error {
                schema::live::Error::Refused { hint, .. } => refusal.hint(hint),
                _ => refusal,
            }
        })?;
        Ok((target.place, schema))
    })
}

fn refused(error: &connect::Error) -> Refusal {
    let text = format!("failed to {error}");
    let refusal = match error.kind {
        connect::ErrorKind::Settings => Refusal::usage(text),
        _ => Refusal::unread(text),
    };
    match &error.hint {
        Some(hint) => refusal.hint(hint.clone()),
        None => refusal,
    }
}
