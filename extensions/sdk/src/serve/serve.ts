import {
  type ExtensionInfo,
  type ExtensionResponse,
  OutpostError,
  type PluginRequest,
  type PluginRow,
  unixEndpoint,
} from '@outpost/protocol';
import type { HostHooks } from '../answer.ts';
import { type PluginDefinition, registryFor } from '../plugin.ts';
import { type ExtensionArguments, parseArguments } from './arguments.ts';
import { checkServe } from './check.ts';
import { callDeadlineMs, PluginServer } from './handler.ts';
import { onTermination } from './process.ts';
import { withManager } from './register.ts';
import { Session } from './session.ts';
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
}

/** An extension that is registered and serving. */
export interface Running extends AsyncDisposable {
  /** The number the agent gave the extension; another one after each registration. */
  readonly uuid: number;
  /** Resolves when the extension has ended, whoever ended it; rejects when the agent refuses it on its return. */
  readonly closed: Promise<void>;
  /** Runs SQL in the agent. @throws OutpostError MANAGER_QUERY_FAILED with the agent's message. */
  query(sql: string): Promise<PluginRow[]>;
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
  readonly #definitions: readonly PluginDefinition[];
  readonly #handler: PluginServer;
  readonly #leaves: boolean;
  readonly #ending = new AbortController();
  #session: Session | undefined;
  #closed: Promise<void> = Promise.resolve();

  constructor(definitions: readonly PluginDefinition[], options: ServeOptions, flags: ExtensionArguments) {
    this.#name = options.name;
    this.#flags = flags;
    this.#definitions = definitions;
    this.#info = { name: options.name, version: options.version ?? '0.0.0', sdkVersion, minSdkVersion: '0.0.0' };
    this.#handler = new PluginServer(definitions, options, options.deadlineMs ?? callDeadlineMs);
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

  async query(sql: string): Promise<PluginRow[]> {
    const { status, response } = await withManager(this.#flags.socket, callDeadlineMs, client => client.query(sql));
    if (status.code !== 0) throw new OutpostError('MANAGER_QUERY_FAILED', { message: status.message });
    return response;
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
    const registry = registryFor(this.#definitions);
    const registration = { socket, info: this.#info, registry, timeoutMs, signal: this.#ending.signal };
    this.#session = await Session.open(registration, this.#handler);
  }

  async #endSession(): Promise<void> {
    await this.#session?.[Symbol.asyncDispose]();
    this.#session = undefined;
  }

  #say(end: 'gone' | 'dropped' | 'closing'): void {
    if (!this.#flags.verbose) return;
    const words = { gone: 'the agent is gone', dropped: 'the agent forgot this extension', closing: 'closed' };
    console.error(`${this.#name}: ${words[end]}`);
  }

  #notFound(): OutpostError {
    const { socket, timeoutMs } = this.#flags;
    return new OutpostError('MANAGER_NOT_FOUND', { extension: this.#name, socket, seconds: timeoutMs / 1000 });
  }
}
