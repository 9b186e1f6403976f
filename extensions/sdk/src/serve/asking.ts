import {
  type ExtensionManagerClient2,
  OutpostError,
  type PluginRow,
  pagesOf,
  readRows,
  type SqlValue,
  usualPageBytes,
} from '@outpost/protocol';
import { callDeadlineMs } from './handler.ts';
import { withManager } from './register.ts';

/** A row of a query's result. */
export type QueryRow = Record<string, SqlValue>;

/** Runs SQL in the agent. @throws OutpostError MANAGER_QUERY_FAILED with the agent's message */
export async function queryText(socket: string, sql: string): Promise<PluginRow[]> {
  const { status, response } = await withManager(socket, callDeadlineMs, client => client.query(sql));
  if (status.code !== 0) throw new OutpostError('MANAGER_QUERY_FAILED', { message: status.message });
  return response;
}

/** The rows of a query, as they come. @throws OutpostError as the agent answers it */
export async function* queryRows(
  client: ExtensionManagerClient2,
  sql: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<QueryRow, void, undefined> {
  const options = { timeoutMs: callDeadlineMs, signal };
  const first = await client.openQuery(sql, usualPageBytes, options);
  const { columns } = first;
  for await (const { rows } of pagesOf(client, first, usualPageBytes, options)) {
    if (rows.length === 0) continue;
    for (const values of readRows(rows))
      yield Object.fromEntries(columns.map((name, index) => [name, values[index] ?? null]));
  }
}
