import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Endpoint,
  ExtensionClient,
  type ExtensionInfo,
  type ExtensionManagerHandler,
  type ExtensionRegistry,
  type ExtensionResponse,
  type ExtensionStatus,
  type OptionInfo,
  type PluginRequest,
  type Server,
  serveManager,
  unixEndpoint,
} from '@outpost/protocol';
import { failure, success } from '../answer.ts';
import { FakeAgent } from './agent.ts';

/** An extension that registered with a fake manager. */
export interface RegisteredExtension {
  readonly uuid: number;
  readonly info: ExtensionInfo;
  readonly registry: ExtensionRegistry;
}

/** What a fake manager does beside keeping a list. */
export interface FakeManagerOptions {
  /** Where to listen; `SOCKET` in a new directory, when left out. */
  readonly socket?: string;
  /** Answers `query`; no rows, when left out. */
  readonly query?: (sql: string) => ExtensionResponse | Promise<ExtensionResponse>;
  /** What the agent's flags are: `options` answers them. */
  readonly options?: Readonly<Record<string, string>>;
  /** Answers a registration; undefined accepts it. */
  readonly register?: (info: ExtensionInfo, registry: ExtensionRegistry) => ExtensionStatus | undefined;
}

/** How long an extension may take to hear that the agent ends, in milliseconds. */
const goodbyeMs = 1000;

const statusOf = (message: string, code = 0, uuid = 0): ExtensionStatus => ({ code, message, uuid });

class ManagerHandler implements ExtensionManagerHandler {
  readonly registered = new Map<number, RegisteredExtension>();
  readonly calls: { registry: string; item: string; request: PluginRequest }[] = [];
  readonly #options: FakeManagerOptions;
  #change = Promise.withResolvers<void>();

  constructor(options: FakeManagerOptions) {
    this.#options = options;
  }

  /** Resolves at the next registration or deregistration. */
  change(): Promise<void> {
    return this.#change.promise;
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }

  ping(): ExtensionStatus {
    return statusOf('pong');
  }

  call(registry: string, item: string, request: PluginRequest): ExtensionResponse {
    this.calls.push({ registry, item, request });
    return success();
  }

  shutdown(): void {
    // a manager ignores it
  }

  extensions(): Map<number, ExtensionInfo> {
    return new Map([...this.registered].map(([uuid, { info }]) => [uuid, info]));
  }

  options(): Map<string, OptionInfo> {
    return new Map(
      Object.entries(this.#options.options ?? {}).map(([name, value]) => [
        name,
        { value, defaultValue: value, type: 'string' },
      ]),
    );
  }

  registerExtension(info: ExtensionInfo, registry: ExtensionRegistry): ExtensionStatus {
    const refused = this.#options.register?.(info, registry);
    if (refused !== undefined) return refused;
    if ([...this.registered.values()].some(known => known.info.name === info.name))
      return statusOf('Duplicate extension registered', 1);
    let uuid: number;
    do uuid = 10 + Math.floor(Math.random() * 65_000);
    while (this.registered.has(uuid));
    this.registered.set(uuid, { uuid, info, registry });
    this.#changed();
    return statusOf('OK', 0, uuid);
  }

  deregisterExtension(uuid: number): ExtensionStatus {
    if (!this.registered.delete(uuid)) return statusOf('No extension UUID found', 1);
    this.#changed();
    return statusOf('OK');
  }

  async query(sql: string): Promise<ExtensionResponse> {
    return (await this.#options.query?.(sql)) ?? success();
  }

  getQueryColumns(): ExtensionResponse {
    return failure('A fake manager knows no columns');
  }
}

/** A manager without an agent behind it, for tests of extensions: it registers whoever comes, and passes calls on. */
export class FakeManager implements AsyncDisposable {
  /** The path of its socket: what `--socket` is given. */
  readonly socket: string;
  readonly #handler: ManagerHandler;
  readonly #server: Server;
  readonly #directory: string | undefined;

  private constructor(socket: string, handler: ManagerHandler, server: Server, directory: string | undefined) {
    this.socket = socket;
    this.#handler = handler;
    this.#server = server;
    this.#directory = directory;
  }

  /** Starts listening. */
  static async start(options: FakeManagerOptions = {}): Promise<FakeManager> {
    const directory = options.socket === undefined ? await mkdtemp(join(tmpdir(), 'manager-')) : undefined;
    const socket = options.socket ?? join(directory ?? '', 'em');
    const handler = new ManagerHandler(options);
    const server = await serveManager(unixEndpoint(socket), handler);
    return new FakeManager(socket, handler, server, directory);
  }

  /** The extensions that are registered now. */
  get extensions(): readonly RegisteredExtension[] {
    return [...this.#handler.registered.values()];
  }

  /** The calls that extensions made of the agent's plugins. */
  get calls(): readonly { registry: string; item: string; request: PluginRequest }[] {
    return this.#handler.calls;
  }

  /** Waits until the extension `name` is registered and answers; its uuid. */
  async registered(name: string): Promise<number> {
    for (;;) {
      const change = this.#handler.change();
      const found = this.extensions.find(({ info }) => info.name === name);
      if (found === undefined) await change;
      else if (await this.#answers(found.uuid)) return found.uuid;
    }
  }

  /** Waits until somebody registers, or until another than `former` does; it need not answer yet. */
  async registration(former?: number): Promise<RegisteredExtension> {
    for (;;) {
      const change = this.#handler.change();
      const found = this.extensions.find(({ uuid }) => uuid !== former);
      if (found !== undefined) return found;
      await change;
    }
  }

  /** Forgets an extension without a word, as an agent that dropped it does. */
  drop(uuid: number): void {
    this.#handler.registered.delete(uuid);
  }

  /** Calls a plugin of an extension. */
  async call(uuid: number, registry: string, item: string, request: PluginRequest): Promise<ExtensionResponse> {
    using client = await ExtensionClient.connect(this.#endpointOf(uuid));
    return await client.call(registry, item, request);
  }

  /** An agent that uses the plugins of an extension. */
  agent(uuid: number): FakeAgent {
    return new FakeAgent((registry, item, request) => this.call(uuid, registry, item, request));
  }

  /** Tells the extensions that the agent ends, as agents do, and stops listening. */
  async leave(): Promise<void> {
    await Promise.all(this.extensions.map(({ uuid }) => this.#sayGoodbye(uuid)));
    await this.#server.close();
  }

  /** Stops listening and removes what it made. */
  async close(): Promise<void> {
    await this.#server.close();
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #endpointOf(uuid: number): Endpoint {
    return unixEndpoint(`${this.socket}.${uuid}`);
  }

  async #sayGoodbye(uuid: number): Promise<void> {
    try {
      using client = await ExtensionClient.connect(this.#endpointOf(uuid));
      await client.shutdown({ timeoutMs: goodbyeMs });
    } catch {
      return; // it has gone already, or ends without an answer
    }
  }

  async #answers(uuid: number): Promise<boolean> {
    try {
      using client = await ExtensionClient.connect(this.#endpointOf(uuid));
      return (await client.ping()).code === 0;
    } catch {
      await new Promise(resolve => setTimeout(resolve, 10)); // it registers before it listens
      return false;
    }
  }
}

/** Starts a {@link FakeManager}: `await using manager = await fakeManager();` */
export const fakeManager = (options?: FakeManagerOptions): Promise<FakeManager> => FakeManager.start(options);
