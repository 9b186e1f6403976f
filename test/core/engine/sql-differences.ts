/** Statements of test/golden/sql.jsonl that answer something else here, and why. */
export interface SqlDifference {
  readonly reason: string;
  readonly sql: RegExp;
}

/** Each stands for at least one record, and none for a record that agrees: the replay checks both. */
export const sqlDifferences: readonly SqlDifference[] = [
  {
    reason: 'SQLite as better-sqlite3 builds it has more mathematical functions, and we keep what it has',
    sql: /^select (pow|ceiling|log2|ln|atan2|sinh|mod|trunc|median)\(|^select log\(10,100\)/,
  },
  {
    reason: 'full-text search and R-trees are built in; their own tables are not authorized',
    sql: /^select (fts5|fts3_tokenizer)\(|^create virtual table f using (fts5|fts4|rtree)\(/,
  },
  {
    reason: 'the list of functions is that of a newer SQLite with more of them',
    sql: /^pragma function_list$|from \(select distinct name, narg from pragma_function_list/,
  },
  { reason: 'a debugging aid of osquery’s shell, which nobody calls', sql: /^select shellstatic\(/ },
  {
    reason: 'better-sqlite3 builds SQLite with SQLITE_LIKE_DOESNT_MATCH_BLOBS',
    sql: /^select x'61' like 'a'/,
  },
  {
    reason: 'better-sqlite3 builds SQLite without SQLITE_ENABLE_EXPLAIN_COMMENTS',
    sql: /^explain select 1$/,
  },
  {
    reason: 'the journal of a database in memory stays in memory, so that a transaction can be rolled back',
    sql: /^pragma journal_mode/,
  },
  {
    reason:
      'the rows of all statements make one result, whose columns every row has; osquery’s shell prints each row with its own',
    sql: /^select 1 as a; select (2|'x') as b$/,
  },
  { reason: 'the shell takes a text with a leading dash for a flag; here it is a comment', sql: /^-- c$/ },
  {
    reason: 'a table exists without an entry in the schema, and only the aliases of tables that are here are views',
    sql: /from (main\.sqlite_master|sqlite_temp_master)(?! where type)/,
  },
  {
    reason: 'a table of the agent cannot be dropped or renamed',
    sql: /^drop table (temp\.)?time|^alter table time /,
  },
  {
    reason: 'a table of the agent is in no schema, so a temporary one may hide it',
    sql: /^create temp table time\(/,
  },
  {
    reason: 'another value each time',
    sql: /^select (random\(\)|unixepoch\('now'\)|unix_time|iso_8601) as r from time$/,
  },
];
