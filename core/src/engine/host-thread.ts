/** The entry of the plugin host thread: tables of modules whose generators are asynchronous. */
import { parentPort } from 'node:worker_threads';
import type { TableDefinition } from '@outpost/sdk';
import { loadTable } from './definitions.ts';
import { answerExchange } from './exchange.ts';
import type { FromThread, HostMessage } from './messages.ts';
import { TableServer } from './table-server.ts';

const loaded = new Map<string, Promise<TableDefinition>>();

const find = (name: string, module: string | undefined): Promise<TableDefinition> => {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const loading = loadTable(name, module ?? '');
  loaded.set(name, loading);
  loading.catch(() => loaded.delete(name));
  return loading;
};

const warn = (table: string, message: string): void =>
  parentPort?.postMessage({ type: 'warning', table, message } satisfies FromThread);

parentPort?.on('message', ({ end }: HostMessage) => {
  const server = new TableServer(find, warn);
  answerExchange(end, server.answer);
  end.port.on('close', () => void server.close());
});
