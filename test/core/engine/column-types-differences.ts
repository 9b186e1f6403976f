/** A record of test/golden/sql.jsonl whose columns are others here, and why. */
export interface ColumnsDifference {
  readonly sql: RegExp;
  readonly reason: string;
}

/** Each stands for at least one record, and none for a record that agrees: the replay checks both. */
export const columnsDifferences: readonly ColumnsDifference[] = [
  {
    sql: /^select (pow|ceiling|log2|ln|atan2|sinh|mod|trunc|median|octet_length|string_agg|jsonb|json_pretty|timediff|fts5)\(/,
    reason: 'a function that SQLite has since 3.42',
  },
  { sql: /^select log\(10,100\)/, reason: "the logarithm to a base, which SQLite's own log() takes" },
  { sql: /^select 1_000 /, reason: 'digits may be grouped since SQLite 3.46' },
  { sql: /^select load_extension\(/, reason: 'refused when it is prepared, not when it runs' },
  {
    sql: /^select (NULL=NULL|NULL is NULL|\(1,2\)=\(1,2\)|1 is not distinct from 1|1 == 1|1 <> 1) as r, typeof/,
    reason:
      'typeof() gives a text; INTEGER was what the register of SQLite 3.42 had held before, and 3.54 takes another',
  },
  {
    sql: /^select \(select 1 union select 2\)/,
    reason:
      'SQLite 3.54 computes the subquery in registers, where 3.42 took an index of its own; the value is an integer',
  },
  {
    sql: /^select 1 as a; /,
    reason: 'the columns of the first statement, where osquery fails on the second one (map::at) or forgets the type',
  },
  {
    sql: /^select rowid from users/,
    reason:
      'tables are declared without a key, on whose strength SQLite would leave out rows, and so each row has an id',
  },
];
