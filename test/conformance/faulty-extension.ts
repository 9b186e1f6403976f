// An extension with one fault, which its first argument names: what the conformance suite has to find.
import { createServer } from 'node:net';
import {
  type ExtensionHandler,
  ExtensionManagerClient,
  type ExtensionRegistry,
  type ExtensionResponse,
  type PluginRequest,
  type PluginRow,
  serveExtension,
  unixEndpoint,
} from '@outpost/protocol';
import { badAnswers } from '../protocol/bad-answers.ts';

const [faultName = '', ...flags] = process.argv.slice(2);
const socket = flags[flags.indexOf('--socket') + 1] ?? '';

const column = (name: string, type = 'TEXT'): PluginRow => ({ id: 'column', name, type, op: '0' });
const rows: PluginRow[] = [
  { x: 'a', n: '1' },
  { x: 'b', n: '2' },
];
const answered = (response: PluginRow[], code = 0): ExtensionResponse => ({
  status: { code, message: code === 0 ? 'OK' : 'refused', uuid: 0 },
  response,
});

/** What each fault changes. */
interface Fault {
  readonly name?: string;
  readonly sdkVersion?: string;
  readonly registry?: ExtensionRegistry;
  readonly routes?: PluginRow[];
  readonly generate?: (request: PluginRequest) => PluginRow[];
  readonly call?: (request: PluginRequest, registry: string, item: string) => ExtensionResponse | undefined;
}

const dies = (): never => process.exit(3);
const only = (kept: (row: PluginRow) => boolean) => (request: PluginRequest) =>
  request.context?.includes('"op"') ? rows.filter(kept) : rows;

const faults: Readonly<Record<string, Fault>> = {
  none: {},
  'old sdk': { sdkVersion: '1.7.6' },
  'no name': { name: ' ' },
  'no such registry': { registry: { carver: { x: [] } } },
  'no plugins': { registry: { table: {} } },
  'reserved table name': { registry: { table: { select: [column('x')] } } },
  'unknown type': { routes: [column('x'), column('n', 'NUMBER')] },
  'column twice': { routes: [column('x'), column('X')] },
  'alias before its column': { routes: [{ id: 'columnAlias', name: 'y', target: 'x' }, column('x'), column('n')] },
  'no columns': { routes: [] },
  'other columns': { call: ({ action }) => (action === 'columns' ? answered([column('z')]) : undefined) },
  'words in a number': { generate: () => [{ x: 'a', n: 'many' }] },
  'a key too many': { generate: () => [{ x: 'a', n: '1', y: '2' }] },
  'loses equal rows': { generate: only(() => false) },
  'obeys the limit': { generate: request => (request.context?.includes('"op":73') ? rows.slice(0, 1) : rows) },
  'dies of a constraint': { generate: request => (request.context?.includes('"op":68') ? dies() : rows) },
  'dies of a context': { generate: request => (request.context === '{' ? dies() : rows) },
  'takes every table': { call: (_request, _registry, item) => (item === 't' ? undefined : answered([])) },
  'takes every action': {
    call: ({ action }) => (action === 'generate' ? undefined : answered([column('x'), column('n')])),
  },
};

const fault = faults[faultName] ?? {};
const routes = fault.routes ?? [column('x'), column('n', 'INTEGER')];

const answer = (registry: string, item: string, request: PluginRequest): ExtensionResponse => {
  const changed = fault.call?.(request, registry, item);
  if (changed !== undefined) return changed;
  if (registry !== 'table' || item !== 't') return answered([], 1);
  if (request.action === 'columns') return answered(routes);
  return request.action === 'generate' ? answered(fault.generate?.(request) ?? rows) : answered([], 1);
};

const register = async (): Promise<number> => {
  using client = await ExtensionManagerClient.connect(unixEndpoint(socket));
  const info = {
    name: fault.name ?? 'faulty',
    version: '1',
    sdkVersion: fault.sdkVersion ?? '5.0.0',
    minSdkVersion: '0.0.0',
  };
  return (await client.registerExtension(info, fault.registry ?? { table: { t: routes } })).uuid;
};

/** Listens, and answers pings as they should be, but every call with the same wrong bytes. */
const answerBadly = (path: string, bytes: Buffer | undefined): void => {
  const pong = Buffer.from(
    '800100020000000470696e67000000000c000008000100000000' + '0b000200000004706f6e670000',
    'hex',
  );
  createServer(connection => {
    connection.on('error', () => connection.destroy());
    connection.on('data', (request: Buffer) => {
      if (request.includes('ping')) connection.write(pong);
      else if (bytes === undefined) connection.destroy();
      else connection.write(bytes);
    });
  }).listen(path);
};

/** Ends when nobody answers at the agent's socket any more. */
const watch = async (): Promise<void> => {
  try {
    using client = await ExtensionManagerClient.connect(unixEndpoint(socket), { timeoutMs: 1000 });
    await client.ping();
    setTimeout(() => void watch(), 300);
  } catch {
    process.exit(0);
  }
};

const handler: ExtensionHandler = {
  ping: () => ({ code: 0, message: 'pong', uuid: 0 }),
  call: answer,
  shutdown: () => undefined,
};

if (faultName === 'does not start') throw new Error('This is the reason.');
if (faultName === 'does not register') setInterval(() => undefined, 1000);
else {
  const path = `${socket}.${await register()}`;
  if (faultName in badAnswers) answerBadly(path, badAnswers[faultName]);
  else if (faultName !== 'does not listen') await serveExtension(unixEndpoint(path), handler);
  if (faultName === 'outlives its agent') setInterval(() => undefined, 1000);
  else await watch();
}
