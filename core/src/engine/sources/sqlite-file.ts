import { readRows } from '@outpost/protocol';
import {
  adopt,
  authorize,
  encodings,
  finalize,
  type Handle,
  type NativeConnection,
  openConnection,
  prepare,
  type Statement,
  step,
  type TableCallbacks,
  takeDenial,
} from '../native.ts';
import { checkCancelled, type Run } from './source.ts';
import { copyDatabase } from './sqlite-copy.ts';

/** About how many bytes of rows are read at a time, and how many rows at most. */
const blockBytes = 64 * 1024;
const blockRows = 1024;

/** A database of somebody else's has none of our tables. */
const noTables: TableCallbacks = {
  connect: name => `no such table: ${name}`,
  open: () => null,
  next: () => null,
  close: () => undefined,
  update: () => undefined,
};

/** For whom a file is read. */
export interface FileReader {
  /** The connection of the query: what interrupts it interrupts the reading. */
  readonly handle: Handle;
  readonly run: Run;
}

/** The copy is open from here on, so that nothing of it stays on the disk, however the process ends. */
const openCopy = (path: string, { handle, run }: FileReader): NativeConnection => {
  const copy = copyDatabase(path, run);
  try {
    const connection = openConnection(noTables, new Int32Array(4), copy.path);
    connection.database.pragma('trusted_schema = off');
    connection.database.pragma('query_only = on');
    authorize(connection.handle, true);
    adopt(handle, connection.handle);
    return connection;
  } finally {
    copy.remove();
  }
};

/** Prepares, and has what the authorizer refuses say so. */
const prepared = (connection: NativeConnection, sql: string): Statement => {
  let statement: Statement | null;
  try {
    statement = prepare(connection.handle, sql);
  } catch (error) {
    const denial = takeDenial(connection.handle);
    throw denial === null ? error : new Error(`${(error as Error).message} (${denial})`, { cause: error });
  }
  if (statement === null) throw new Error('there is no statement in the query');
  if (statement.readonly) return statement;
  finalize(statement);
  throw new Error('the query writes');
};

/**
 * The query around which a text of each wanted value is made, in SQLite's own words: of a BLOB its bytes.
 * @param columns by their positions in the query's result
 */
const asTexts = (sql: string, count: number, columns: readonly number[]): string => {
  const names = Array.from({ length: count }, (_, index) => `c${index}`).join(', ');
  const casts = columns.map(column => `cast(c${column} as text)`).join(', ');
  return `with q(${names}) as (${sql}\n) select ${casts} from q`;
};

/** The text of the first statement, without the semicolon that ends it. */
const firstStatement = (sql: string, { tail }: Statement): string =>
  Buffer.from(sql).subarray(0, tail).toString().trimEnd().replace(/;$/, '');

/** The position of a column of the result by its name; one that differs in the case of letters counts when there is no better. */
const positionOf = ({ columns }: Statement, name: string): number => {
  const exact = columns.findIndex(column => column.name === name);
  return exact >= 0 ? exact : columns.findIndex(column => column.name.toLowerCase() === name.toLowerCase());
};

function* rowsOf(statement: Statement, run: Run): Generator<readonly unknown[]> {
  for (;;) {
    checkCancelled(run);
    const { block, done } = step(statement, encodings.messagepack, blockBytes, blockRows);
    yield* readRows(block);
    if (done) return;
  }
}

/** Up to its first NUL, as osquery cuts it; of NULL nothing. */
const cut = (value: unknown): string => {
  const text = typeof value === 'string' ? value : '';
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
};

/**
 * Runs a query on a SQLite file as it was at one moment. The file may be in use; nothing is left beside it, and no lock is taken.
 * @param wanted names of columns of the query; what has no such column is left out of the rows
 * @throws UnreadableDatabase; NativeError; the error of a system call; as {@link checkCancelled}
 */
export function* rowsOfFile(
  path: string,
  sql: string,
  wanted: readonly string[],
  reader: FileReader,
): Generator<Record<string, string>> {
  using connection = openCopy(path, reader);
  const query = prepared(connection, sql);
  const found = wanted.flatMap(name => {
    const position = positionOf(query, name);
    return position < 0 ? [] : [{ name, position }];
  });
  const count = query.columns.length;
  const text = firstStatement(sql, query);
  finalize(query);
  const positions = found.map(({ position }) => position);
  const statement = prepared(connection, asTexts(text, count, positions.length === 0 ? [0] : positions));
  try {
    for (const values of rowsOf(statement, reader.run))
      yield Object.fromEntries(found.map(({ name }, index) => [name, cut(values[index])]));
  } finally {
    finalize(statement);
  }
}
