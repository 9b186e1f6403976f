/** The entry of a query thread: one SQLite connection, one query at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CatalogChange } from './catalog.ts';
import { QueryConnection } from './connection.ts';
import { BlockingExchange } from './exchange.ts';
import { failureOf } from './failure.ts';
import type { FromThread, Outcome, QueryMessage, ThreadData, ToThread } from './messages.ts';
import { takeChanged, takeDenial } from './native.ts';
import { runQuery } from './run-query.ts';

const data = workerData as ThreadData;
const post = (message: FromThread, transfer: ArrayBuffer[] = []): void => parentPort?.postMessage(message, transfer);

let hostNeeded = false;
const exchanges = { main: new BlockingExchange(data.main), host: new BlockingExchange(data.host) };

const open = (tables: CatalogChange): QueryConnection => {
  const opened = new QueryConnection({
    settings: data.settings,
    exchanges,
    onHostNeeded: () => {
      if (!hostNeeded) post({ type: 'host' });
      hostNeeded = true;
    },
    warn: (table, message) => post({ type: 'warning', table, message }),
    asked: data.asked,
    onTable: (number, { name, placement }) => {
      const extension = placement.kind === 'extension' ? placement.uuid : undefined;
      post({ type: 'table', number, table: { name, extension } });
    },
  });
  opened.apply(tables);
  post({ type: 'ready', handle: opened.handle });
  return opened;
};

let connection = open(data.tables);

/** The buffers that may go over without a copy: those that hold one block and nothing else. */
const transferable = ({ blocks }: Outcome): ArrayBuffer[] =>
  blocks.flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [],
  );

const answer = async (query: QueryMessage): Promise<void> => {
  const { run } = query;
  const aftermath = () => ({ run, denial: takeDenial(connection.handle), changed: takeChanged(connection.handle) });
  try {
    const outcome = await runQuery(connection, query, data.settings.nullText);
    post({ type: 'done', outcome, ...aftermath() }, transferable(outcome));
  } catch (error) {
    post({ type: 'failed', failure: failureOf(error), ...aftermath() });
  }
};

const take = (message: ToThread): void | Promise<void> => {
  switch (message.type) {
    case 'query':
      return answer(message);
    case 'catalog':
      return connection.apply(message.change);
    case 'renew':
      connection.close();
      connection = open(message.tables);
  }
};

let work: Promise<void> = Promise.resolve();
parentPort?.on('message', (message: ToThread) => {
  work = work.then(() => take(message));
});
