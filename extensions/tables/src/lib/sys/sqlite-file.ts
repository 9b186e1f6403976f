import { createRequire } from 'node:module';
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { FileView } from '@outpost/sdk';
import { placeOf } from './open-file.ts';

/** How long to wait for a writer, in milliseconds. */
const busyTimeout = 1000;

/**
 * Opens without leaving a trace. A database in WAL mode is read through its log, for which SQLite makes a file beside it; so while
 * the log is empty, the database is opened as one that does not change.
 */
function open(files: FileView, path: string): DatabaseSync | undefined {
  const place = placeOf(files, path);
  if (place === undefined || !files.stat(path)?.isFile()) return undefined;
  const { DatabaseSync }: typeof import('node:sqlite') = createRequire(import.meta.url)('node:sqlite');
  const url = pathToFileURL(place);
  url.searchParams.set('mode', 'ro');
  if ((files.stat(`${path}-wal`)?.size ?? 0) === 0) url.searchParams.set('immutable', '1');
  return new DatabaseSync(url, { readOnly: true, timeout: busyTimeout });
}

/** The rows of a statement on the SQLite database in a file; none where there is no such file. @throws as `node:sqlite` does. */
export function* sqliteRows(
  files: FileView,
  path: string,
  sql: string,
  ...values: readonly SQLInputValue[]
): Generator<Record<string, SQLOutputValue>> {
  using database = open(files, path);
  if (database !== undefined) yield* database.prepare(sql).iterate(...values);
}
