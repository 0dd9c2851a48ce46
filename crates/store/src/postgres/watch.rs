//! Opens a connection, and watches it for a commit that its standby never confirmed.

use std::future::{Future, poll_fn};
use std::pin::Pin;

use connect::{Stream, Tls};
use tokio::task::JoinHandle;
use tokio_postgres::error::DbError;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Socket};

/// For a pool.
pub(super) struct Connector {
    pub(super) tls: Tls,
}

type Opened = Result<(Client, JoinHandle<()>), tokio_postgres::Error>;

impl deadpool_postgres::Connect for Connector {
    fn connect(&self, settings: &Config) -> Pin<Box<dyn Future<Output = Opened> + Send + '_>> {
        let settings = settings.clone();
        Box::pin(async move { open(&settings, &self.tls).await })
    }
}

/// A client, and the task that moves its bytes, which ends with it.
pub(super) async fn open(settings: &Config, tls: &Tls) -> Opened {
    let (client, connection) = settings.connect(tls.clone()).await?;
    Ok((client, tokio::spawn(drive(connection))))
}

/// An error, if any, is what the client's calls fail with.
///
/// A server with a synchronous standby commits on its own disk, then waits for the standby. If
/// somebody cancels the wait, it answers like a commit that succeeded and sends a warning before:
/// a failover would lose what was acknowledged. So the connection ends at the warning, and whoever
/// waits for the answer is told that the outcome is unknown.
async fn drive(mut connection: Connection<Socket, Stream>) {
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if matches!(&message, AsyncMessage::Notice(notice) if is_unconfirmed_commit(notice)) {
            return;
        }
    }
}

/// By the server's function that sends it: its text is translated, and its code is that of every
/// warning.
fn is_unconfirmed_commit(notice: &DbError) -> bool {
    notice.routine() == Some("SyncRepWaitForLSN")
}
