//! An extension in Rust: two tables, a configuration and a logger.

mod files;
mod greetings;
mod notes;

use clap::Parser;
use osquery_rust_ng::plugin::Plugin;
use osquery_rust_ng::Server;
use std::error::Error;
use std::os::unix::net::UnixStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What every extension is told on its command line.
#[derive(Parser)]
struct Arguments {
    /// Socket of the agent
    #[arg(long)]
    socket: String,
    /// How many seconds to wait for the agent
    #[arg(long, default_value_t = 3)]
    timeout: u64,
    /// Taken, but without effect: the SDK asks twice a second whether the agent is still there
    #[arg(long)]
    interval: Option<u64>,
    /// Whether the agent is verbose
    #[arg(long)]
    verbose: bool,
}

/// The SDK connects once, and waits for nothing.
fn wait_for_agent(socket: &str, timeout: Duration) -> std::io::Result<()> {
    let deadline = Instant::now() + timeout;
    loop {
        match UnixStream::connect(socket) {
            Ok(_) => return Ok(()),
            Err(error) if Instant::now() >= deadline => return Err(error),
            Err(_) => sleep(Duration::from_millis(50)),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let Arguments {
        socket, timeout, ..
    } = Arguments::parse();
    wait_for_agent(&socket, Duration::from_secs(timeout))?;
    let mut server = Server::new(Some("example_rust"), &socket)?;
    server.register_plugin(Plugin::readonly_table(greetings::Greetings));
    server.register_plugin(Plugin::table(notes::Notes::default()));
    server.register_plugin(Plugin::config(files::FileConfig));
    server.register_plugin(Plugin::logger(files::FileLogger));
    server.run_with_signal_handling()?;
    Ok(())
}
