import type { Socket } from 'node:net';
import { type OptionInfo, type Peer, type Server, serveManager, unixEndpoint } from '@outpost/protocol';
import type { StatusLog } from '../status.ts';
import { type ClaimSources, NameClaims } from './claims.ts';
import { operationTimeoutMs, withExtension } from './extension-caller.ts';
import { ExtensionTables } from './extension-tables.ts';
import type { KnownExtension } from './known-extension.ts';
import { Liveness } from './liveness.ts';
import { ManagerHandler2 } from './manager-handler2.ts';
import { ExtensionPolicy } from './policy.ts';
import { QueryCursors } from './query-cursors.ts';
import { Refusals } from './refusals.ts';
import { Registrar } from './registration.ts';
import { RegistrationWatch } from './registration-watch.ts';
import type { Registry } from './registry.ts';
import { checkSocketPath, removeOwnSocket, removeStaleSockets } from './sockets.ts';
import type { SqlService } from './sql-service.ts';
import { type ExtensionEvent, type ExtensionState, StateLog } from './states.ts';
import type { SupervisedProcess } from './supervised-process.ts';

/** The shortest interval and timeout that osquery knows, milliseconds. */
const shortestMs = 200;
/** How long an answer to a ping may take at least, milliseconds. */
const shortestPingTimeoutMs = 1000;
/** How long an extension may take to hear that the agent stops, milliseconds. */
const shutdownTimeoutMs = 1000;

/** What a manager needs. */
export interface ManagerOptions extends Partial<ClaimSources> {
  /** `--extensions_socket`. */
  readonly socketPath: string;
  /** `--extensions_interval`, in milliseconds: how often extensions are pinged; at least 200. */
  readonly intervalMs: number;
  /** `--extensions_timeout`, in milliseconds: how long an extension may take to listen; at least 200. */
  readonly timeoutMs: number;
  /** Milliseconds that nobody may listen at an extension's socket before it is dead; the interval, when left out. */
  readonly graceMs?: number;
  /** Milliseconds for which an extension that works on a call need not answer pings; those of the longest call when left out. */
  readonly callLimitMs?: number;
  readonly registry: Registry;
  readonly sql: SqlService;
  /** Answers the message `options`. */
  readonly options: () => Map<string, OptionInfo>;
  readonly status: StatusLog;
  /** The number of a group whose members may connect and register; nobody but root and the agent's user, when left out. */
  readonly group?: number | undefined;
  /** Tells who is at the other end of a connection; without it only the mode of the socket keeps others out. */
  readonly peerOf?: (socket: Socket) => Peer;
}

/** A registered extension as the tables show it. */
export interface ExtensionDescription {
  /** 0 for a process that has not registered. */
  readonly uuid: number;
  readonly name: string;
  readonly version: string;
  readonly sdkVersion: string;
  readonly minSdkVersion: string;
  /** Its socket. */
  readonly path: string;
  readonly state: ExtensionState | 'unregistered';
  /** Its last sign of life, milliseconds since the epoch. */
  readonly lastSeen: number;
  readonly tables: readonly string[];
  /** Who registered it, where the kernel says so. */
  readonly peer: Peer;
  /** The file that the agent keeps running, if it comes from one. */
  readonly program?: string | undefined;
}

const describe = ({ uuid, info, socketPath, state, lastSeen, tables, peer }: KnownExtension): ExtensionDescription => ({
  uuid,
  ...info,
  path: socketPath,
  state,
  lastSeen,
  tables: tables.map(({ name }) => name),
  peer,
});

/** Registers extensions, watches whether they live, and answers their messages. */
export class ExtensionManager implements AsyncDisposable {
  readonly socketPath: string;
  /** What processes were refused. */
  readonly refusals: Refusals;
  readonly #options: ManagerOptions;
  readonly #states: StateLog;
  readonly #registrar: Registrar;
  readonly #server: Server;
  readonly #unregistered: RegistrationWatch | undefined;
  #stopped: Promise<void> | undefined;

  /**
   * Listens at the manager's socket, and removes the sockets that extensions of a former agent left.
   *
   * @throws OutpostError SOCKET_PATH_TOO_LONG, EXTENSIONS_SOCKET_TOO_LONG, EXTENSIONS_SOCKET_READONLY,
   *   EXTENSIONS_SOCKET_DIRECTORY_MISSING, EXTENSIONS_SOCKET_DIRECTORY_READONLY, SOCKET_IN_USE, SOCKET_PATH_OCCUPIED,
   *   SOCKET_UNUSABLE
   */
  static async start(options: ManagerOptions): Promise<ExtensionManager> {
    const { socketPath, registry, sql, status, peerOf, group } = options;
    checkSocketPath(socketPath);
    const states = new StateLog(status);
    const tables = new ExtensionTables(sql, status);
    const timeoutMs = Math.max(shortestMs, options.timeoutMs);
    const policy = options.policy ?? new ExtensionPolicy();
    const claims = new NameClaims({ ...options, policy });
    const boundary = { policy, claims, refusals: new Refusals(status) };
    const registrar = new Registrar({
      managerSocket: socketPath,
      timeoutMs,
      registry,
      tables,
      states,
      status,
      group,
      ...boundary,
    });
    const cleaned = Promise.withResolvers<void>();
    const intervalMs = Math.max(shortestMs, options.intervalMs);
    const cursors = new QueryCursors(sql);
    const handler = new ManagerHandler2(
      { registrar, registry, sql, options: options.options, intervalMs, cursors, ...boundary },
      cleaned.promise,
    );
    const server = await serveManager(unixEndpoint(socketPath), handler, {
      group,
      ...(peerOf === undefined ? {} : { peerOf }),
      onFault: (fault, peer) => status.verbose('extensions', `${fault.message} (pid ${peer?.pid ?? 'unknown'})`),
    });
    for (const path of removeStaleSockets(socketPath)) status.verbose('extensions', `Removed the stale socket ${path}`);
    const manager = new ExtensionManager(options, states, registrar, server, boundary.refusals);
    cleaned.resolve();
    return manager;
  }

  private constructor(
    options: ManagerOptions,
    states: StateLog,
    registrar: Registrar,
    server: Server,
    refusals: Refusals,
  ) {
    this.socketPath = options.socketPath;
    this.#options = options;
    this.#states = states;
    this.#registrar = registrar;
    this.#server = server;
    this.refusals = refusals;
    this.#watchAll();
    this.#unregistered = this.#watchRegistrations();
  }

  /** All extensions that registered and were not forgotten, dead ones too. */
  extensions(): ExtensionDescription[] {
    return [...this.#registrar.extensions.values()].map(describe);
  }

  /** The same with the programs that they come from, and the processes that the agent keeps running and that have not registered. */
  overview(): ExtensionDescription[] {
    const { processes } = this.#options;
    const registered = this.extensions().map(known => ({ ...known, program: processes?.of(known.peer)?.path }));
    const silent = processes?.all.filter(process => !this.#hasRegistered(process)) ?? [];
    return [...registered, ...silent.map(process => this.#unregisteredRow(process))];
  }

  /** The last changes of state, oldest first. */
  events(): readonly ExtensionEvent[] {
    return this.#states.events();
  }

  /** Tells `listener` of every change of state from now on. @returns a function that ends it */
  onEvent(listener: (event: ExtensionEvent) => void): () => void {
    return this.#states.onEvent(listener);
  }

  /**
   * Notes that something outside the manager, such as a query thread, calls an extension: as long as it does, missing answers to
   * pings do not count.
   * @returns a function that ends it
   */
  callStarted(uuid: number): () => void {
    return this.#registrar.extensions.get(uuid)?.callStarted() ?? (() => undefined);
  }

  /** Waits for a required extension. @returns whether one of that name was ready within the time */
  waitForExtension(name: string, timeoutMs: number): Promise<boolean> {
    return this.#waitFor(known => known.name === name, timeoutMs);
  }

  /** Waits for the extension of a uuid, which may not be known yet. @returns whether it was ready within the time */
  waitForUuid(uuid: number, timeoutMs: number): Promise<boolean> {
    return this.#waitFor(known => known.uuid === uuid, timeoutMs);
  }

  /** Waits for an extension that has not listened yet. @returns false when it is not ready within the time, or was ready before */
  async untilReady(uuid: number, timeoutMs: number): Promise<boolean> {
    const starting = this.#registrar.extensions.get(uuid)?.state === 'starting';
    return starting && (await this.waitForUuid(uuid, timeoutMs));
  }

  #waitFor(wanted: (known: ExtensionDescription) => boolean, timeoutMs: number): Promise<boolean> {
    const isReady = (): boolean => this.extensions().some(known => wanted(known) && known.state === 'ready');
    if (isReady()) return Promise.resolve(true);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), timeoutMs);
    const stop = this.onEvent(() => {
      if (isReady()) resolve(true);
    });
    return promise.finally(() => {
      clearTimeout(timer);
      stop();
    });
  }

  /** Tells the extensions that the agent stops, stops listening and removes the sockets. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #watchAll(): void {
    const intervalMs = Math.max(shortestMs, this.#options.intervalMs);
    const liveness = new Liveness({
      intervalMs,
      timeoutMs: Math.max(shortestMs, this.#options.timeoutMs),
      graceMs: this.#options.graceMs ?? intervalMs,
      pingTimeoutMs: Math.max(shortestPingTimeoutMs, intervalMs),
      callLimitMs: this.#options.callLimitMs ?? operationTimeoutMs,
      busy: uuid => this.#options.sql.busy(uuid),
      states: this.#states,
      onOutOfService: extension => this.#registrar.outOfService(extension),
      onReturn: extension => this.#registrar.backInService(extension),
    });
    this.#states.onEvent(({ from, uuid }) => {
      const extension = this.#registrar.extensions.get(uuid);
      if (from === undefined && extension !== undefined) void liveness.watch(extension);
    });
  }

  #watchRegistrations(): RegistrationWatch | undefined {
    const { processes, status, timeoutMs } = this.#options;
    if (processes === undefined) return undefined;
    const hasRegistered = (process: SupervisedProcess): boolean => this.#hasRegistered(process);
    const limitMs = Math.max(shortestMs, timeoutMs);
    return new RegistrationWatch({
      processes,
      states: this.#states,
      status,
      refusals: this.refusals,
      timeoutMs: limitMs,
      hasRegistered,
    });
  }

  #hasRegistered({ pid }: SupervisedProcess): boolean {
    const known = [...this.#registrar.extensions.values()];
    return pid !== undefined && known.some(({ peer }) => this.#options.processes?.of(peer)?.pid === pid);
  }

  #unregisteredRow(process: SupervisedProcess): ExtensionDescription {
    const { name, path, pid, since } = process;
    const late = this.#unregistered?.isLate(process) === true;
    const none = { uuid: 0, version: '', sdkVersion: '', minSdkVersion: '', path: '', tables: [] };
    const peer = pid === undefined ? undefined : { pid, uid: globalThis.process.geteuid?.() ?? 0, gid: 0 };
    const state = pid === undefined ? 'dead' : late ? 'unregistered' : 'starting';
    return { ...none, name, program: path, state, lastSeen: since, peer };
  }

  async #stop(): Promise<void> {
    this.#unregistered?.[Symbol.dispose]();
    const extensions = await this.#registrar.close();
    await Promise.all(extensions.filter(({ state }) => state !== 'dead').map(extension => this.#sayGoodbye(extension)));
    await this.#server.close();
    for (const extension of extensions) {
      this.#states.end(extension, 'stopped', 'the agent stops');
      removeOwnSocket(extension.socketPath, extension.peer?.uid);
    }
  }

  async #sayGoodbye({ name, socketPath }: KnownExtension): Promise<void> {
    try {
      await withExtension(socketPath, { timeoutMs: shutdownTimeoutMs }, client => client.shutdown());
    } catch (error) {
      this.#options.status.verbose('extensions', `The extension ${name} did not answer the shutdown: ${String(error)}`);
    }
  }
}
