/** The entry of a query thread: one SQLite connection, one query at a time. */
import { parentPort } from 'node:worker_threads';
import type { CatalogChange } from './catalog.ts';
import { QueryConnection } from './connection.ts';
import { BlockingExchange } from './exchange.ts';
import { failureOf } from './failure.ts';
import type { FromThread, Outcome, QueryMessage, ThreadData, ToThread } from './messages.ts';
import { takeChanged, takeDenial } from './native.ts';
import { runQuery } from './run-query.ts';

const post = (message: FromThread, transfer: ArrayBuffer[] = []): void => parentPort?.postMessage(message, transfer);

/** The buffers that may go over without a copy: those that hold one block and nothing else. */
const transferable = ({ blocks }: Outcome): ArrayBuffer[] =>
  blocks.flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [],
  );

type NoteTable = (table: string | undefined) => void;

/** What records which table this thread asks. */
const tableRecorder = async ({ recorded }: ThreadData): Promise<NoteTable | undefined> => {
  if (recorded === undefined) return undefined;
  const { mapFile } = await import('../system.ts');
  const { recordBytes, RunRecord } = await import('../watchdog/run-record.ts');
  return new RunRecord(mapFile(recorded.descriptor, recordBytes)).tables(recorded.slot);
};

/** Serves queries on a connection of its own. */
class QueryServer {
  readonly #data: ThreadData;
  readonly #exchanges: Readonly<Record<'main' | 'host', BlockingExchange>>;
  readonly #record: NoteTable | undefined;
  #hostNeeded = false;
  #connection: QueryConnection;

  constructor(data: ThreadData, record: NoteTable | undefined) {
    this.#data = data;
    this.#record = record;
    this.#exchanges = { main: new BlockingExchange(data.main), host: new BlockingExchange(data.host) };
    this.#connection = this.#open(data.tables);
  }

  take(message: Exclude<ToThread, { readonly type: 'open' }>): void | Promise<void> {
    switch (message.type) {
      case 'query':
        return this.#answer(message);
      case 'catalog':
        return this.#connection.apply(message.change);
      case 'renew':
        this.#connection.close();
        this.#connection = this.#open(message.tables);
    }
  }

  #open(tables: CatalogChange): QueryConnection {
    const { settings, asked } = this.#data;
    const opened = new QueryConnection({
      settings,
      exchanges: this.#exchanges,
      onHostNeeded: () => {
        if (!this.#hostNeeded) post({ type: 'host' });
        this.#hostNeeded = true;
      },
      warn: (table, message) => post({ type: 'warning', table, message }),
      asked,
      ...(this.#record && { record: this.#record }),
      onTable: (number, { name, placement }) => {
        const extension = placement.kind === 'extension' ? placement.uuid : undefined;
        post({ type: 'table', number, table: { name, extension } });
      },
    });
    opened.apply(tables);
    post({ type: 'ready', handle: opened.handle });
    return opened;
  }

  async #answer(query: QueryMessage): Promise<void> {
    const { run } = query;
    const aftermath = () => {
      const { handle } = this.#connection;
      return { run, denial: takeDenial(handle), changed: takeChanged(handle) };
    };
    try {
      const { settings, pressure } = this.#data;
      const work = { connection: this.#connection, query, nullText: settings.nullText, pressure };
      const outcome = await runQuery(work);
      post({ type: 'done', outcome, ...aftermath() }, transferable(outcome));
    } catch (error) {
      post({ type: 'failed', failure: failureOf(error), ...aftermath() });
    }
  }
}

let server: QueryServer | undefined;

const take = async (message: ToThread): Promise<void> => {
  if (message.type === 'open') server = new QueryServer(message.data, await tableRecorder(message.data));
  else await server?.take(message);
};

let work: Promise<void> = Promise.resolve();
parentPort?.on('message', (message: ToThread) => {
  work = work.then(() => take(message));
});
