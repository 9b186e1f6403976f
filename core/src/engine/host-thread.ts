/** The entry of the plugin host thread: tables of modules whose generators are asynchronous. */
import { parentPort } from 'node:worker_threads';
import type { TableDefinition } from '@outpost/sdk';
import { loadTable } from './definitions.ts';
import { answerExchange } from './exchange.ts';
import type { FromHost, ToHost } from './messages.ts';
import { TableServer } from './table-server.ts';

/** By the name of the table; the catalog may find it in another module later. */
const loaded = new Map<string, { readonly module: string; readonly loading: Promise<TableDefinition> }>();

const find = (name: string, module = ''): Promise<TableDefinition> => {
  const known = loaded.get(name);
  if (known?.module === module) return known.loading;
  const loading = loadTable(name, module);
  loaded.set(name, { module, loading });
  loading.catch(() => loaded.delete(name));
  return loading;
};

const post = (message: FromHost): void => parentPort?.postMessage(message);
const warn = (table: string, message: string): void => post({ type: 'warning', table, message });

parentPort?.on('message', (message: ToHost) => {
  if (message.type === 'ping') return post({ type: 'pong' });
  const { end } = message;
  const server = new TableServer(find, warn);
  answerExchange(end, server.answer);
  end.port.on('close', () => void server.close());
});
