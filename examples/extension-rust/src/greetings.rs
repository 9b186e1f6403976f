//! Answers `select * from rust_greetings where name in ('you', 'me')`.

use osquery_rust_ng::plugin::{ColumnDef, ColumnOptions, ColumnType, ReadOnlyTable};
use osquery_rust_ng::{ExtensionPluginRequest, ExtensionResponse, ExtensionStatus};
use serde_json::Value;
use std::collections::BTreeMap;

const EQUALS: i64 = 2;

pub struct Greetings;

impl ReadOnlyTable for Greetings {
    fn name(&self) -> String {
        "rust_greetings".into()
    }

    fn columns(&self) -> Vec<ColumnDef> {
        vec![
            ColumnDef::new("name", ColumnType::Text, ColumnOptions::INDEX),
            ColumnDef::new("greeting", ColumnType::Text, ColumnOptions::DEFAULT),
            ColumnDef::new("length", ColumnType::Integer, ColumnOptions::DEFAULT),
        ]
    }

    fn generate(&self, request: ExtensionPluginRequest) -> ExtensionResponse {
        let rows = equal_to(&request, "name", "world").into_iter().map(|name| {
            let greeting = format!("Hello, {name}!");
            let length = greeting.len().to_string();
            BTreeMap::from([
                ("name".into(), name),
                ("greeting".into(), greeting),
                ("length".into(), length),
            ])
        });
        ExtensionResponse::new(
            ExtensionStatus::new(0, None, None),
            rows.collect::<Vec<_>>(),
        )
    }

    fn shutdown(&self) {}
}

/// The values that the query asks for in a column. The agent checks every row again, so a table may ignore what is
/// asked; but it can spare itself work.
fn equal_to(request: &ExtensionPluginRequest, column: &str, otherwise: &str) -> Vec<String> {
    let context = request.get("context").map_or("{}", String::as_str);
    let context: Value = serde_json::from_str(context).unwrap_or_default();
    let asked = context["constraints"].as_array().into_iter().flatten();
    let values: Vec<String> = asked
        .filter(|asked| asked["name"] == column)
        .flat_map(|asked| asked["list"].as_array().into_iter().flatten())
        .filter(|constraint| constraint["op"] == EQUALS)
        .filter_map(|constraint| constraint["expr"].as_str().map(String::from))
        .collect();
    if values.is_empty() {
        vec![otherwise.into()]
    } else {
        values
    }
}
