/** Statements of test/golden/contexts.jsonl that go another way here, and why. */
export interface ContextDifference {
  readonly sql: RegExp;
  readonly reason: string;
  /** What is different: the statement fails with a sentence that begins like this; or it gives all of its rows; or the table is told more. */
  readonly differs: { readonly error: RegExp } | 'rows' | 'calls';
}

/** Each stands for at least one record, and none for a record that agrees: the replay checks both. */
export const contextDifferences: readonly ContextDifference[] = [
  {
    sql: /from (req|reqidx|req2|file|hash|curl)\b(?!.* where (path|p|q)\b).*limit/,
    reason:
      "a LIMIT is no constraint on the first column: the required column is asked for, where osquery's query passes for a success",
    differs: { error: /^Table \w+ was queried without a required column in the WHERE clause: .*Example: / },
  },
  {
    sql: /from hon where id .* or name|from hon (order by id desc|where n > 15) limit 1/,
    reason: 'no row is lost: rows of two scans are told apart, and a table is told a LIMIT only when it may obey it',
    differs: 'rows',
  },
  {
    sql: /from aliased where old_name/,
    reason: 'a constraint on an alias of a column reaches the table as one on the column',
    differs: 'calls',
  },
  {
    sql: /where e = 'a' \|\| char\(0\)/,
    reason: 'a text with a NUL in it is not told, since cut off there it would ask for other rows',
    differs: 'calls',
  },
  {
    sql: /from t where a (= 'x' collate (nocase|rtrim)|collate nocase = 'X')$/,
    reason:
      'a comparison by another collation than that of the column is not told, since the table would compare in its own way',
    differs: 'calls',
  },
];
