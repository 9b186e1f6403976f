import {
  ExtensionClient,
  type ExtensionResponse,
  OutpostError,
  type PluginRequest,
  unixEndpoint,
} from '@outpost/protocol';
import { schemaFromRoutes } from '../table/routes.ts';
import type { TableSchema } from '../table/schema.ts';
import { type FakeManager, fakeManager, type RegisteredExtension } from '../testing/manager.ts';
import { within } from './deadline.ts';
import { ExtensionProcess } from './process.ts';

/** What a trial is given. */
export interface TrialOptions {
  /** The program and its arguments; the agent's flags are added. */
  readonly command: readonly string[];
  /** How long the extension may take for anything, in milliseconds. */
  readonly timeoutMs: number;
  /** Rows to insert, by table: the values of all columns, in their order. */
  readonly rows: Readonly<Record<string, readonly unknown[]>>;
  readonly environment: NodeJS.ProcessEnv;
}

/** What an extension is told: seconds that it may wait for the agent, and between two looks whether the agent is there. */
const extensionTimeoutSeconds = 3;
const extensionIntervalSeconds = 1;

/** An extension, the agent that it registered with, and the calls that this agent makes. */
export class Trial implements AsyncDisposable {
  readonly options: TrialOptions;
  #manager: FakeManager;
  #process: ExtensionProcess;
  #registration: RegisteredExtension | undefined;

  private constructor(options: TrialOptions, manager: FakeManager, process: ExtensionProcess) {
    this.options = options;
    this.#manager = manager;
    this.#process = process;
  }

  /** Starts an agent and the extension, and waits until it has registered and listens, or can no longer. @param flags more of them */
  static async start(options: TrialOptions, flags: readonly string[] = []): Promise<Trial> {
    const manager = await fakeManager();
    const trial = new Trial(options, manager, start(options, manager.socket, flags));
    await trial.#awaitRegistration();
    return trial;
  }

  async #awaitRegistration(): Promise<void> {
    const coming = this.#manager.registration();
    this.#registration = await within(
      Promise.race([coming, this.#process.ended.then(() => undefined)]),
      this.options.timeoutMs,
    );
    if (this.#registration !== undefined) await this.trouble(); // it registers before it listens; what is wrong, checks find
  }

  /** What the extension registered; undefined when it did not. */
  get registered(): RegisteredExtension | undefined {
    return this.#registration;
  }

  /** What the extension registered. @throws Error when it did not */
  get registration(): RegisteredExtension {
    if (this.#registration === undefined) throw new Error('it has not registered');
    return this.#registration;
  }

  get manager(): FakeManager {
    return this.#manager;
  }

  get process(): ExtensionProcess {
    return this.#process;
  }

  /** The socket that the extension has to listen at. */
  get socket(): string {
    return `${this.#manager.socket}.${this.registration.uuid}`;
  }

  /** The names of its plugins in a registry. */
  plugins(registry: string): readonly string[] {
    return Object.keys(this.registration.registry[registry] ?? {});
  }

  /** Its tables, as an agent understands their routes. */
  get tables(): readonly TableSchema[] {
    return Object.entries(this.registration.registry.table ?? {}).map(([name, routes]) =>
      schemaFromRoutes(name, routes),
    );
  }

  /** Asks on a connection of its own whether the extension is there. @throws OutpostError when it does not answer */
  async ping(timeoutMs = this.options.timeoutMs): Promise<number> {
    using client = await ExtensionClient.connect(unixEndpoint(this.socket), { timeoutMs });
    return (await client.ping()).code;
  }

  /** Calls a plugin as osquery does: a connection that asks for a sign of life, then another one that calls. */
  async call(registry: string, item: string, request: PluginRequest): Promise<ExtensionResponse> {
    await this.ping();
    const { timeoutMs } = this.options;
    using client = await ExtensionClient.connect(unixEndpoint(this.socket), { timeoutMs });
    return await client.call(registry, item, request);
  }

  /** Whether the extension still answers; waits for one that has not begun to listen. @returns what is wrong */
  async trouble(): Promise<string | undefined> {
    const deadline = Date.now() + this.options.timeoutMs;
    for (;;) {
      if (this.#process.ending !== undefined) return this.#process.ending;
      try {
        const code = await this.ping(Math.max(100, deadline - Date.now()));
        return code === 0 ? undefined : `a ping is answered with code ${code}`;
      } catch (error) {
        const absent = error instanceof OutpostError && error.code === 'SOCKET_NOT_AVAILABLE';
        if (!absent || Date.now() > deadline) return messageOf(error);
        await within(this.#process.ended, 20);
      }
    }
  }

  /** Starts the extension anew when it has ended, so that one fault does not hide the next. */
  async revive(): Promise<void> {
    if (this.#process.ending === undefined || this.#registration === undefined) return;
    await this.#process.kill();
    this.#manager.drop(this.#registration.uuid);
    this.#process = start(this.options, this.#manager.socket, []);
    await this.#awaitRegistration();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.kill();
    await this.#manager.close();
  }
}

/** The text of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const start = ({ command, environment }: TrialOptions, socket: string, flags: readonly string[]): ExtensionProcess => {
  const timing = ['--timeout', String(extensionTimeoutSeconds), '--interval', String(extensionIntervalSeconds)];
  return new ExtensionProcess([...command, '--socket', socket, ...timing, ...flags], {
    ...environment,
    OSQUERY_EXTENSION: String(process.pid),
  });
};
