//! A handler that reads the body and answers 201: what the server's HTTP stack costs by itself.

use std::io::{BufRead as _, BufReader, Write as _, stdin, stdout};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::post;
use tokio::net::TcpListener;

use crate::{Result, machine};

/// The first argument that makes a program of this package the bare server.
pub const ARGUMENT: &str = "bare-server";

const ANSWER: &str = r#"{"id":"01993b2e-7c1a-7d52-9f3e-5b8a6c4d2e10","status":"stored"}"#;

async fn take(body: Bytes) -> impl IntoResponse {
    debug_assert!(!body.is_empty(), "every request of the load has a body");
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (StatusCode::CREATED, kind, ANSWER)
}

/// Serves on a free port, prints the address, ends when standard input does.
///
/// # Errors
///
/// If there is no free port, or the runtime cannot start.
pub fn serve() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_io()
        .build()?;
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
    println!("{}", listener.local_addr()?);
    stdout().flush()?;
    let routes = Router::new()
        .route("/api/events", post(take))
        .layer(DefaultBodyLimit::disable());
    runtime.spawn(async move { axum::serve(listener, routes).await });
    stdin().lock().read_line(&mut String::new())?;
    runtime.shutdown_background();
    Ok(())
}

/// The bare server as a process of its own, as the product is one. Ends with this value.
pub struct Bare {
    process: Child,
    pub address: SocketAddr,
}

impl Bare {
    /// Starts this very program again.
    ///
    /// # Errors
    ///
    /// If it does not start.
    pub fn start() -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("the bare server is mute")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().parse();
        let address = address.map_err(|_| format!("the bare server said `{}`", line.trim()))?;
        Ok(Self { process, address })
    }

    /// Processor time so far.
    ///
    /// # Errors
    ///
    /// If the process is gone.
    pub fn cpu(&self) -> Result<Duration> {
        machine::cpu_of(self.process.id())
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        if let Err(error) = self.process.wait() {
            eprintln!("warning: failed to wait for the bare server: {error}");
        }
    }
}
