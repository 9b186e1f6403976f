//! A configuration from one file, and a logger that appends to another.

use osquery_rust_ng::plugin::{ConfigPlugin, LoggerPlugin};
use std::collections::HashMap;
use std::fs::{read_to_string, OpenOptions};
use std::io::Write;

fn path(variable: &str, otherwise: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| otherwise.into())
}

/// Is chosen with --config_plugin=rust_file.
pub struct FileConfig;

impl ConfigPlugin for FileConfig {
    fn name(&self) -> String {
        "rust_file".into()
    }

    fn gen_config(&self) -> Result<HashMap<String, String>, String> {
        let file = path("CONFIG_FILE", "/etc/outpost/outpost.conf");
        let text = read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
        Ok(HashMap::from([(file, text)]))
    }
}

/// Is chosen with --logger_plugin=rust_file. An error makes the agent keep the line and send it again.
pub struct FileLogger;

impl LoggerPlugin for FileLogger {
    fn name(&self) -> String {
        "rust_file".into()
    }

    fn log_string(&self, line: &str) -> Result<(), String> {
        let file = path("LOGGER_FILE", "/var/log/outpost-rust.log");
        let mut options = OpenOptions::new();
        let opened = options.append(true).create(true).open(&file);
        opened
            .and_then(|mut file| writeln!(file, "{line}"))
            .map_err(|error| format!("{file}: {error}"))
    }
}
