import { ExtensionManagerClient, type ExtensionResponse, unixEndpoint } from '@outpost/protocol';
import { toBytes, untilNul } from '../bytes.ts';
import { type ColumnType, type ResultTable, SqlError } from '../result.ts';
import type { RemoteSource } from '../shell.ts';

const rowsOf = ({ status, response }: ExtensionResponse): ExtensionResponse['response'] => {
  if (status.code === 0) return response;
  throw new SqlError(status.message, status.code);
};

/** The columns that getQueryColumns answers: a row a column, whose one key is the name. */
const columnTypes = (response: ExtensionResponse): ColumnType[] =>
  rowsOf(response).flatMap(row => Object.entries(row).map(([name, type]) => ({ name, type })));

/**
 * An extension manager at a socket: the one of a running daemon, of another shell, or of osquery. It is connected to anew for each
 * statement, so that a daemon that restarted is found again and a simple server is free for others in between.
 */
export class ManagerSource implements RemoteSource {
  readonly socketPath: string;

  constructor(socketPath: string) {
    this.socketPath = socketPath;
  }

  async query(sql: string, signal: AbortSignal): Promise<ResultTable> {
    return this.#withClient(async client => {
      const stop = (): void => client.close();
      signal.addEventListener('abort', stop);
      try {
        const rows = rowsOf(await client.query(sql));
        const names = columnTypes(await client.getQueryColumns(sql)).map(({ name }) => name);
        const cells = rows.map(row => names.map(name => untilNul(toBytes(row[name] ?? ''))));
        return { columns: names.map(toBytes), rows: cells };
      } catch (error) {
        throw signal.aborted ? new SqlError('interrupted', 9) : error;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    });
  }

  columns(sql: string): Promise<readonly ColumnType[]> {
    return this.#withClient(async client => columnTypes(await client.getQueryColumns(sql)));
  }

  async close(): Promise<void> {
    // Nothing stays open between statements.
  }

  async #withClient<Result>(use: (client: ExtensionManagerClient) => Promise<Result>): Promise<Result> {
    using client = await ExtensionManagerClient.connect(unixEndpoint(this.socketPath));
    return await use(client);
  }
}
