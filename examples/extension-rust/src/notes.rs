//! A table that can be written.

use osquery_rust_ng::plugin::{
    ColumnDef, ColumnOptions, ColumnType, DeleteResult, InsertResult, Table, UpdateResult,
};
use osquery_rust_ng::{ExtensionPluginRequest, ExtensionResponse, ExtensionStatus};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Notes {
    rows: BTreeMap<u64, (String, i64)>,
    last: u64,
}

impl Notes {
    fn is_taken(&self, title: &str, by_other_than: u64) -> bool {
        self.rows
            .iter()
            .any(|(id, row)| row.0 == title && *id != by_other_than)
    }
}

fn parse(row: &Value) -> (String, i64) {
    let title = row[0].as_str().unwrap_or_default();
    (title.into(), row[1].as_i64().unwrap_or_default())
}

impl Table for Notes {
    fn name(&self) -> String {
        "rust_notes".into()
    }

    fn columns(&self) -> Vec<ColumnDef> {
        vec![
            ColumnDef::new("title", ColumnType::Text, ColumnOptions::DEFAULT),
            ColumnDef::new("stars", ColumnType::Integer, ColumnOptions::DEFAULT),
        ]
    }

    /// Gives each row its `rowid`, by which the agent names it in `update` and `delete`.
    fn generate(&self, _: ExtensionPluginRequest) -> ExtensionResponse {
        let rows = self.rows.iter().map(|(id, (title, stars))| {
            BTreeMap::from([
                ("rowid".into(), id.to_string()),
                ("title".into(), title.clone()),
                ("stars".into(), stars.to_string()),
            ])
        });
        ExtensionResponse::new(
            ExtensionStatus::new(0, None, None),
            rows.collect::<Vec<_>>(),
        )
    }

    /// The SDK does not tell which rowid a statement gave, so the table always chooses one.
    fn insert(&mut self, _auto_rowid: bool, row: &Value) -> InsertResult {
        let (title, stars) = parse(row);
        if self.is_taken(&title, 0) {
            return InsertResult::Constraint;
        }
        self.last += 1;
        self.rows.insert(self.last, (title, stars));
        InsertResult::Success(self.last)
    }

    fn update(&mut self, rowid: u64, row: &Value) -> UpdateResult {
        let (title, stars) = parse(row);
        if self.is_taken(&title, rowid) {
            return UpdateResult::Constraint;
        }
        self.rows.insert(rowid, (title, stars));
        UpdateResult::Success
    }

    fn delete(&mut self, rowid: u64) -> DeleteResult {
        self.rows.remove(&rowid);
        DeleteResult::Success
    }

    fn shutdown(&self) {}
}
