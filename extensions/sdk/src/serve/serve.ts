import {
  type ExtensionInfo,
  type ExtensionResponse,
  OutpostError,
  type PluginRequest,
  type PluginRow,
  unixEndpoint,
} from '@outpost/protocol';
import type { HostHooks } from '../answer.ts';
import { documentsOf, type PluginDefinition, registryFor, registryOf } from '../plugin.ts';
import { type ExtensionArguments, parseArguments } from './arguments.ts';
import { type QueryRow, queryRows, queryText } from './asking.ts';
import { checkServe } from './check.ts';
import { callDeadlineMs, PluginServer } from './handler.ts';
import { openSession } from './open-session.ts';
import { type PluginName, Plugins } from './plugins.ts';
import { onTermination } from './process.ts';
import { withManager } from './register.ts';
import type { Session, SessionEnd } from './session.ts';
import { sleep, waitForManager } from './wait.ts';

/** How plugins are served. */
export interface ServeOptions extends HostHooks {
  /** The extension's name, one for each agent. */
  readonly name: string;
  readonly version?: string;
  /** The command line after the script; this process's, when left out. */
  readonly argv?: readonly string[];
  /** End when the agent has been gone for the timeout; else wait for it to come back. True when an agent started this process. */
  readonly leaveWithCore?: boolean;
  /** Close on SIGTERM and SIGINT. True, when left out. */
  readonly signals?: boolean;
  /** How long one call may take, in milliseconds; 300 s, when left out. */
  readonly deadlineMs?: number;
  /** The highest version of the protocol to speak; 2, when left out. An agent that only knows version 1 is spoken to in it. */
  readonly protocol?: 1 | 2;
}

/** A change of the plugins of a running extension. */
export interface RegistryChanges {
  readonly add?: readonly PluginDefinition[];
  /** Kinds and names; definitions will do. */
  readonly remove?: readonly PluginName[];
}

/** An extension that is registered and serving. */
export interface Running extends AsyncDisposable {
  /** The number the agent gave the extension; another one after each registration. */
  readonly uuid: number;
  /** Resolves when the extension has ended, whoever ended it; rejects when the agent refuses it on its return. */
  readonly closed: Promise<void>;
  /** Runs SQL in the agent. @throws OutpostError MANAGER_QUERY_FAILED with the agent's message. */
  query(sql: string): Promise<PluginRow[]>;
  /**
   * The rows of a query, as they come: typed, with NULL and bytes, and made by the agent no faster than they are read. From an agent
   * that does not speak version 2 of the protocol they come at once and every value is text.
   *
   * @throws OutpostError as the agent answers it
   */
  rows(sql: string, options?: { readonly signal?: AbortSignal }): AsyncIterable<QueryRow>;
  /**
   * Adds plugins, in the place of those that have their names, and removes others, while the extension runs: all of it or nothing.
   *
   * @throws OutpostError UPDATE_UNSUPPORTED when the agent does not speak version 2, LEASE_REFUSED, DEFINITION_INVALID
   */
  update(changes: RegistryChanges): Promise<void>;
  /** Calls a plugin of the agent, such as `config` / `update`. */
  call(registry: string, item: string, request: PluginRequest): Promise<ExtensionResponse>;
  /** Deregisters, stops listening and removes the socket. */
  close(): Promise<void>;
}

/** The version of the extension API that registrations announce. Managers want 1.7.7 at least. */
export const sdkVersion = '5.0.0';

/** What `serve` of the package does; its documentation is in index.ts. */
export async function serve(definitions: readonly PluginDefinition[], options: ServeOptions): Promise<Running> {
  checkServe(definitions, options);
  const flags = parseArguments(options.name, options.argv ?? process.argv.slice(2));
  const extension = new Extension(definitions, options, flags);
  await extension.start();
  if (options.signals !== false) onTermination(extension);
  return extension;
}

/** Agents number extensions with 16 bits. */
const largestUuid = 65_535;

/** How long an agent may take to notice that this extension's former registration is dead, in milliseconds. */
const successionMs = 30_000;

/** Between two attempts to register with an agent that vanishes meanwhile. */
const retryPauseMs = 200;

class Extension implements Running {
  readonly #name: string;
  readonly #flags: ExtensionArguments;
  readonly #info: ExtensionInfo;
  readonly #plugins: Plugins;
  readonly #handler: PluginServer;
  readonly #leaves: boolean;
  readonly #protocol: 1 | 2;
  readonly #ending = new AbortController();
  #session: Session | undefined;
  #closed: Promise<void> = Promise.resolve();

  constructor(definitions: readonly PluginDefinition[], options: ServeOptions, flags: ExtensionArguments) {
    this.#name = options.name;
    this.#flags = flags;
    this.#plugins = new Plugins(definitions, options);
    this.#info = { name: options.name, version: options.version ?? '0.0.0', sdkVersion, minSdkVersion: '0.0.0' };
    this.#handler = new PluginServer(this.#plugins, options, options.deadlineMs ?? callDeadlineMs);
    this.#protocol = options.protocol ?? 2;
    this.#leaves = options.leaveWithCore ?? process.env.OSQUERY_EXTENSION !== undefined;
  }

  get uuid(): number {
    return this.#handler.uuid;
  }

  get closed(): Promise<void> {
    return this.#closed;
  }

  async start(): Promise<void> {
    unixEndpoint(`${this.#flags.socket}.${largestUuid}`); // refuses now what the registered socket's path would be refused for
    if (!(await this.#wait(this.#flags.timeoutMs))) throw this.#notFound();
    await this.#register(this.#flags.timeoutMs);
    this.#closed = this.#run();
    this.#closed.catch(() => undefined); // whoever awaits `closed` or `close()` gets the reason
  }

  query(sql: string): Promise<PluginRow[]> {
    return queryText(this.#flags.socket, sql);
  }

  async *rows(sql: string, { signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<QueryRow> {
    const manager = await this.#session?.manager();
    if (manager === undefined) yield* await this.query(sql);
    else yield* queryRows(manager, sql, signal);
  }

  async update({ add = [], remove = [] }: RegistryChanges): Promise<void> {
    const before = this.#plugins.definitions;
    const after = before.filter(
      ({ kind, name }) => ![...add, ...remove].some(one => one.kind === kind && one.name === name),
    );
    checkServe([...after, ...add], { name: this.#name });
    if (this.#session === undefined) throw new OutpostError('UPDATE_UNSUPPORTED', { socket: this.#flags.socket });
    const removed = Map.groupBy(remove, registryOf);
    this.#plugins.add(add); // first, since the agent may ask as soon as it knows of them
    try {
      await this.#session.update({
        add: registryFor(add),
        tables: documentsOf(add),
        remove: Object.fromEntries([...removed].map(([registry, own]) => [registry, own.map(({ name }) => name)])),
      });
    } catch (error) {
      this.#plugins.restore(before);
      throw error;
    }
    this.#plugins.restore([...after, ...add]);
  }

  call(registry: string, item: string, request: PluginRequest): Promise<ExtensionResponse> {
    return withManager(this.#flags.socket, callDeadlineMs, client => client.call(registry, item, request));
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Keeps a session until the extension closes, opening another whenever one ends. */
  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (this.#session !== undefined) {
      const end = await this.#session.watch(this.#flags.intervalMs, signal);
      if (end === 'closing') await this.#session.deregister();
      await this.#endSession();
      this.#say(end);
      if (end === 'closing') return;
      if (end === 'replaced') throw new OutpostError('LEASE_REPLACED', { extension: this.#name });
      const patience = this.#leaves ? this.#flags.timeoutMs : Number.POSITIVE_INFINITY;
      await this.#return(patience);
    }
  }

  /** Waits for the agent and registers; tries again when it vanishes in between. Without a session afterwards, it never came. */
  async #return(patienceMs: number): Promise<void> {
    while (await this.#wait(patienceMs)) {
      try {
        await this.#register(Math.max(this.#flags.timeoutMs, successionMs));
        return;
      } catch (error) {
        if (this.#ending.signal.aborted) return;
        if (error instanceof OutpostError && error.code === 'REGISTRATION_REFUSED') throw error;
        await sleep(retryPauseMs, this.#ending.signal);
      }
    }
  }

  #wait(timeoutMs: number): Promise<boolean> {
    return waitForManager(this.#flags.socket, { timeoutMs, signal: this.#ending.signal });
  }

  async #register(timeoutMs: number): Promise<void> {
    const { socket } = this.#flags;
    const { definitions } = this.#plugins;
    const plugins = { definitions, registry: registryFor(definitions) };
    const registration = { socket, info: this.#info, ...plugins, timeoutMs, signal: this.#ending.signal };
    this.#session = await openSession(registration, this.#handler, this.#protocol);
  }

  async #endSession(): Promise<void> {
    await this.#session?.[Symbol.asyncDispose]();
    this.#session = undefined;
  }

  #say(end: SessionEnd): void {
    if (!this.#flags.verbose) return;
    const words = {
      gone: 'the agent is gone',
      dropped: 'the agent forgot this extension',
      replaced: 'the agent has another extension of this name',
      closing: 'closed',
    };
    console.error(`${this.#name}: ${words[end]}`);
  }

  #notFound(): OutpostError {
    const { socket, timeoutMs } = this.#flags;
    return new OutpostError('MANAGER_NOT_FOUND', { extension: this.#name, socket, seconds: timeoutMs / 1000 });
  }
}
