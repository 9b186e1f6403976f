/** The entry of a query thread: one SQLite connection, one query at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { QueryConnection } from './connection.ts';
import { BlockingExchange } from './exchange.ts';
import { failureOf } from './failure.ts';
import type { FromThread, Outcome, QueryMessage, ThreadData, ToThread } from './messages.ts';
import { takeDenial } from './native.ts';
import { runQuery } from './run-query.ts';

const data = workerData as ThreadData;
const post = (message: FromThread, transfer: ArrayBuffer[] = []): void => parentPort?.postMessage(message, transfer);

let hostNeeded = false;
const connection = new QueryConnection({
  settings: data.settings,
  exchanges: { main: new BlockingExchange(data.main), host: new BlockingExchange(data.host) },
  onHostNeeded: () => {
    if (!hostNeeded) post({ type: 'host' });
    hostNeeded = true;
  },
  warn: (table, message) => post({ type: 'warning', table, message }),
});
connection.apply(data.tables);

/** The buffers that may go over without a copy: those that hold one block and nothing else. */
const transferable = ({ blocks }: Outcome): ArrayBuffer[] =>
  blocks.flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [],
  );

const answer = async (query: QueryMessage): Promise<void> => {
  const { run } = query;
  try {
    const outcome = await runQuery(connection, query, data.settings.nullText);
    post({ type: 'done', run, outcome, denial: takeDenial(connection.handle) }, transferable(outcome));
  } catch (error) {
    post({ type: 'failed', run, failure: failureOf(error), denial: takeDenial(connection.handle) });
  }
};

let work: Promise<void> = Promise.resolve();
parentPort?.on('message', (message: ToThread) => {
  work = work.then(() => (message.type === 'catalog' ? connection.apply(message.change) : answer(message)));
});
post({ type: 'ready', handle: connection.handle });
