import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Endpoint,
  type ExtensionHandler,
  type ExtensionInfo,
  ExtensionManagerClient,
  type ExtensionRegistry,
  type ExtensionResponse,
  type ExtensionStatus,
  encodeTypedRow,
  type PluginRequest,
  type Server,
  serveExtension,
  unixEndpoint,
} from '@outpost/protocol';
import type { TableSchema } from '@outpost/sdk';
import { ExtensionManager, type ManagerOptions } from '../../../core/src/extensions/manager.ts';
import { Registry } from '../../../core/src/extensions/registry.ts';
import type { ExtensionPlacement, SqlService } from '../../../core/src/extensions/sql-service.ts';
import { type StatusLine, StatusLog } from '../../../core/src/status.ts';

/** An engine that only remembers what is declared. */
export class FakeSql implements SqlService {
  readonly tables = new Map<string, { schema: TableSchema; placement: ExtensionPlacement; suspended?: string }>();
  /** Extensions whose tables are being read. */
  readonly reading = new Set<number>();

  async query(sql: string): Promise<ExtensionResponse> {
    if (sql === 'bad') throw new Error('near "bad": syntax error');
    return { status: { code: 0, message: 'OK', uuid: 0 }, response: [{ sql }] };
  }

  /** One row a block: the text of the statement, as often as it says `again`. */
  async typedQuery(sql: string) {
    if (sql === 'bad') throw new Error('near "bad": syntax error');
    const blocks = sql.split('again').map(() => encodeTypedRow([sql]));
    return { columns: [{ name: 'sql', type: 'TEXT' }], blocks };
  }

  async columns(sql: string): Promise<{ name: string; type: string }[]> {
    if (sql === '') throw new Error('not an error');
    return ['a', 'b', 'a'].map(name => ({ name, type: 'TEXT' }));
  }

  async attach(name: string, schema: TableSchema, placement: ExtensionPlacement): Promise<void> {
    if (name === '' || name.includes(' ') || schema.columns.length === 0) throw new Error('SQL logic error');
    this.tables.set(name, { schema, placement });
  }

  async detach(name: string): Promise<void> {
    if (!this.tables.delete(name)) throw new Error(`no such table: ${name}`);
  }

  async suspend(name: string, message: string): Promise<void> {
    const table = this.tables.get(name);
    if (table === undefined) throw new Error(`no such table: ${name}`);
    table.suspended = message;
  }

  busy(uuid: number): boolean {
    return this.reading.has(uuid);
  }
}

/** A directory for sockets that goes away with its owner. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'extensions-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A status log that writes nowhere. */
export function silentLog(): { status: StatusLog; lines: StatusLine[] } {
  const lines: StatusLine[] = [];
  const status = new StatusLog({ verbose: true, minStatus: 0, minStderr: 0, stderr: true }, () => undefined);
  status.drainTo(line => lines.push(line));
  return { status, lines };
}

/** Route rows of a table with one column. */
export const oneColumn = [{ id: 'column', name: 'a', type: 'TEXT', op: '0' }];

/** An introduction as osquery-go sends it. */
export const introduction = (name: string, sdkVersion = ''): ExtensionInfo => ({
  name,
  version: '1.0',
  sdkVersion,
  minSdkVersion: '',
});

/** A manager and what it needs, in a directory of its own. */
export class Bench implements AsyncDisposable {
  readonly registry = new Registry();
  readonly sql = new FakeSql();
  readonly log = silentLog();
  readonly socket: string;
  readonly #folder = temporaryFolder();
  #manager: ExtensionManager | undefined;

  constructor() {
    this.socket = join(this.#folder.path, 'em');
  }

  /** Starts the manager: pings each 200 ms. */
  async start(options: Partial<ManagerOptions> = {}): Promise<this> {
    this.#manager = await ExtensionManager.start({
      socketPath: this.socket,
      intervalMs: 200,
      timeoutMs: 500,
      registry: this.registry,
      sql: this.sql,
      options: () => new Map([['verbose', { value: 'false', defaultValue: 'false', type: 'bool' }]]),
      status: this.log.status,
      ...options,
    });
    return this;
  }

  get manager(): ExtensionManager {
    if (this.#manager === undefined) throw new Error('start it first');
    return this.#manager;
  }

  /** Runs `work` on a connection to the manager. */
  async ask<T>(work: (client: ExtensionManagerClient) => Promise<T>): Promise<T> {
    using client = await ExtensionManagerClient.connect(unixEndpoint(this.socket));
    return await work(client);
  }

  register(name: string, registry: ExtensionRegistry = {}, sdkVersion = ''): Promise<ExtensionStatus> {
    return this.ask(client => client.registerExtension(introduction(name, sdkVersion), registry));
  }

  /** Registers an extension and lets it listen. */
  async extension(name: string, registry: ExtensionRegistry = {}): Promise<FakeExtension> {
    const { code, message, uuid } = await this.register(name, registry);
    if (code !== 0) throw new Error(message);
    return await FakeExtension.serve(unixEndpoint(`${this.socket}.${uuid}`), uuid);
  }

  /** Waits for a state. */
  async state(uuid: number, state: string): Promise<void> {
    const reached = (): boolean =>
      this.manager.events().some(event => event.uuid === uuid && event.to === state && event === this.#last(uuid));
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = this.manager.onEvent(() => {
      if (reached()) resolve();
    });
    if (reached()) resolve();
    await promise;
    stop();
  }

  #last(uuid: number) {
    return this.manager.events().findLast(event => event.uuid === uuid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#manager?.stop();
    this.#folder[Symbol.dispose]();
  }
}

/** An extension that can be made to hang. */
export class FakeExtension implements ExtensionHandler, AsyncDisposable {
  readonly uuid: number;
  readonly calls: { registry: string; item: string; request: PluginRequest }[] = [];
  shutdowns = 0;
  /** Resolves when pings are answered. */
  awake: Promise<void> = Promise.resolve();
  /** Resolves when calls are answered. */
  free: Promise<void> = Promise.resolve();
  pingCode = 0;
  #server: Server | undefined;

  constructor(uuid: number) {
    this.uuid = uuid;
  }

  static async serve(endpoint: Endpoint, uuid: number): Promise<FakeExtension> {
    const extension = new FakeExtension(uuid);
    extension.#server = await serveExtension(endpoint, extension, { closeTimeoutMs: 10 });
    return extension;
  }

  /** Stops answering. @returns a function that ends it */
  sleep(what: 'awake' | 'free'): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this[what] = promise;
    return resolve;
  }

  async ping(): Promise<ExtensionStatus> {
    await this.awake;
    return { code: this.pingCode, message: 'pong', uuid: this.uuid };
  }

  async call(registry: string, item: string, request: PluginRequest): Promise<ExtensionResponse> {
    this.calls.push({ registry, item, request });
    await this.free;
    return { status: { code: 0, message: 'OK', uuid: this.uuid }, response: [{ item }] };
  }

  shutdown(): void {
    this.shutdowns += 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.close();
  }
}
