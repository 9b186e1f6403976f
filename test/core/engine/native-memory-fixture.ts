// A thread of its own, so that better-sqlite3 is unloaded with it and loaded anew by the next one.
import { parentPort } from 'node:worker_threads';
import { beginRun, type NativeError, takeRefusal } from '../../../core/src/engine/native.ts';
import { openTables } from './native-harness.ts';

const mebibyte = 1 << 20;
const large = `select length(printf('%.*c', ${8 * mebibyte}, 'x'))`;

using connection = openTables({});
/** What comes of a large value under a limit: its length, or the code of the error; and whether memory was refused. */
const ask = (limit: number): readonly [outcome: unknown, refused: boolean, again: boolean] => {
  beginRun(connection.handle, 1, limit);
  let outcome: unknown;
  try {
    outcome = connection.query(large)[0]?.[0];
  } catch (error) {
    outcome = `code ${(error as NativeError).sqliteCode}`;
  }
  return [outcome, takeRefusal(), takeRefusal()];
};

parentPort?.postMessage([mebibyte, 0, 64 * mebibyte, mebibyte, 2 ** 62, Number.POSITIVE_INFINITY].map(ask));
