/**
 * The one typed face of the native module (core/native), and the only place that loads it.
 *
 * One shared object plays two roles. As a Node-API addon it is loaded once a thread. As a SQLite loadable extension it is loaded
 * into each better-sqlite3 connection, which it registers in a table of handles. Statements run through the functions here, not
 * through better-sqlite3, and virtual tables call JavaScript straight back.
 *
 * Null: an SQL NULL is `null` in every value, a MessagePack nil in every block. `undefined` never crosses.
 * Integers: constraints give a number where it is exact, else a bigint. Row ids and integer values of writes are always bigint, so
 * that an integer is never taken for a real.
 * Ownership: a block that a callback returns is copied before the call returns, so its buffer may be used again at once. Blocks and
 * replies that come out belong to the caller.
 * Threading: a connection and its statements belong to the thread that opened it. Only {@link interrupt} and {@link runCpuMs} may come
 * from another.
 * Reentrancy: callbacks may prepare and step other statements of the same connection, but not the one that runs, nor close it.
 * Errors: a callback that throws fails the statement with its message and its `sqliteCode` (default 1); the exception is the `cause`
 * of the {@link NativeError}. A malformed block is an SQL error. Nothing here ever leaves an exception pending.
 * Limits: SQL text 16 MiB, one value 256 MiB, expression depth 1000, 500 compound selects, 1000 function arguments, 63 columns told
 * apart in the used mask (bit 63 stands for all the rest).
 */
import type { Socket } from 'node:net';
import Database from 'better-sqlite3';
import { loadNativeModule, nativeModulePath } from '../runtime/native-module.ts';
import type {
  Encoding,
  Handle,
  NativeFunction,
  NativeSession,
  PeerCredentials,
  Registers,
  Statement,
  StepResult,
  TableCallbacks,
  TableCounters,
} from './native-types.ts';

export * from './native-types.ts';

interface Addon {
  attach(handle: Handle, callbacks: TableCallbacks, registers: Registers): void;
  closeHandle(handle: Handle): void;
  declare(handle: Handle, names: readonly string[]): void;
  undeclare(handle: Handle, name: string): void;
  defineFunction(
    handle: Handle,
    name: string,
    arity: number,
    kinds: string,
    flags: number,
    body: NativeFunction['body'],
  ): void;
  interrupt(handle: Handle, run: number): boolean;
  beginRun(handle: Handle, run: number, maxMemory: number): void;
  runCpu(handle: Handle, run: number): number;
  runMemory(handle: Handle, run: number): number;
  takeChanged(handle: Handle): boolean;
  takeRefusal(): boolean;
  adopt(parent: Handle, child: Handle): void;
  changes(handle: Handle): number;
  inTransaction(handle: Handle): boolean;
  authorize(handle: Handle, on: boolean): void;
  takeDenial(handle: Handle): string | null;
  counters(handle: Handle): TableCounters[];
  resetCounters(handle: Handle): void;
  prepare(handle: Handle, sql: string | Uint8Array, offset: number): Statement | null;
  step(statement: Statement, encoding: Encoding, maxBytes: number, maxRows: number, nullText: string): StepResult;
  finalize(statement: Statement): void;
  reset(statement: Statement): void;
  explain(statement: Statement): boolean;
  transact(
    socketPath: string,
    request: Uint8Array,
    deadlineMs: number,
    cancel: Int32Array | undefined,
    maxBytes: number,
    peerUids: readonly number[] | undefined,
  ): Buffer;
  openSession(
    socketPath: string,
    deadlineMs: number,
    cancel: Int32Array | undefined,
    maxBytes: number,
    peerUids: readonly number[] | undefined,
  ): NativeSession;
  sessionSend(
    session: NativeSession,
    id: number,
    message: Uint8Array,
    deadlineMs: number,
    cancel: Int32Array | undefined,
  ): void;
  sessionReceive(session: NativeSession, id: number, deadlineMs: number, cancel: Int32Array | undefined): Buffer;
  sessionForget(session: NativeSession, id: number): void;
  closeSession(session: NativeSession): void;
  peerCredentials(fd: number): PeerCredentials;
  peerGroups(fd: number): number[];
}

const addon = loadNativeModule() as Addon;

/** An open connection: the better-sqlite3 database, for statements of our own, and its handle, for everything else. */
export interface NativeConnection {
  readonly database: Database.Database;
  readonly handle: Handle;
  /** Ends all statements and closes the database. Throws while a statement runs. */
  close(): void;
  [Symbol.dispose](): void;
}

interface ExtensionLoader {
  loadExtension(path: string, entryPoint: string): void;
}

/**
 * Opens a database, with osquery's settings, version collations and mathematical functions, and double-quoted strings allowed.
 * @param path of a file that is ours alone, since the settings are written to it; in memory, when left out
 */
export const openConnection = (
  callbacks: TableCallbacks,
  registers: Registers,
  path = ':memory:',
): NativeConnection => {
  const database = new Database(path);
  try {
    // The typings know the path only; without the second argument the entry point would follow the name of the file.
    (database as unknown as ExtensionLoader).loadExtension(nativeModulePath(), 'sqlite3_outpost_init');
  } catch (error) {
    database.close();
    throw error;
  }
  const handle = database.prepare('select outpost_handle()').pluck().get() as Handle;
  addon.attach(handle, callbacks, registers);
  const close = (): void => {
    if (!database.open) return;
    addon.closeHandle(handle);
    database.close();
  };
  return { database, handle, close, [Symbol.dispose]: close };
};

/** Declares names as tables; {@link TableCallbacks.connect} is asked when one is first used. A name declared again forgets its schema. */
export const declare = (handle: Handle, names: readonly string[]): void => addon.declare(handle, names);

/** Takes a name back: from then on `no such table`. */
export const undeclare = (handle: Handle, name: string): void => addon.undeclare(handle, name);

/** Defines an SQL function; one of the same name and arity gives way. */
export const defineFunction = (handle: Handle, { name, arity, kinds, flags, body }: NativeFunction): void =>
  addon.defineFunction(handle, name, arity, kinds, flags, body);

/**
 * Prepares the statement that begins at a byte offset of a text.
 * @returns null when only space and comments are left
 * @throws NativeError
 */
export const prepare = (handle: Handle, sql: string | Uint8Array, offset = 0): Statement | null =>
  addon.prepare(handle, sql, offset);

/**
 * Runs a statement on until it ends, or its output reaches about maxBytes, or maxRows.
 * @param nullText what a NULL is in Thrift rows (the flag `nullvalue`)
 * @throws NativeError; the statement has then ended
 */
export const step = (
  statement: Statement,
  encoding: Encoding,
  maxBytes: number,
  maxRows: number,
  nullText = '',
): StepResult => addon.step(statement, encoding, maxBytes, maxRows, nullText);

/** Makes a statement ready to run again from its start, wherever it stands. Throws while it runs. */
export const reset = (statement: Statement): void => addon.reset(statement);

/**
 * Turns a statement that has not run yet into one whose rows are its program, as EXPLAIN before its text would.
 * @returns false when its text begins with EXPLAIN already; it then stays what it is
 */
export const explain = (statement: Statement): boolean => addon.explain(statement);

/** Frees a statement. Throws while it runs. */
export const finalize = (statement: Statement): void => addon.finalize(statement);

/**
 * Begins a run: forgets earlier interrupts, and gives later ones something to aim at.
 * @param run a number above 0, below 2^32
 * @param maxMemory bytes that SQLite may allocate for it beyond what it holds; a statement that needs more fails with SQLITE_NOMEM.
 *   0 any
 */
export const beginRun = (handle: Handle, run: number, maxMemory = 0): void => addon.beginRun(handle, run, maxMemory);

/**
 * CPU time that the connection's thread has taken since a run began, milliseconds; may be asked from any thread.
 * @returns undefined when that run is not under way
 */
export const runCpuMs = (handle: Handle, run: number): number | undefined => {
  const nanoseconds = addon.runCpu(handle, run);
  return nanoseconds < 0 ? undefined : nanoseconds / 1e6;
};

/** Bytes that SQLite has allocated for a run and not freed, as {@link runCpuMs}; 0 where memory is not counted. */
export const runMemoryBytes = (handle: Handle, run: number): number | undefined => {
  const bytes = addon.runMemory(handle, run);
  return bytes < 0 ? undefined : bytes;
};

/** Whether a statement was prepared, since the run began, that may leave something behind in the connection; once. */
export const takeChanged = (handle: Handle): boolean => addon.takeChanged(handle);

/** Whether SQLite was refused memory in this thread, for the limit of {@link beginRun}; once. */
export const takeRefusal = (): boolean => addon.takeRefusal();

/**
 * Interrupts the connection, from any thread; it stays interrupted until the next run begins, so an interrupt between two
 * statements is not lost. Safe against the connection being closed meanwhile.
 * @param run interrupt only while this run is under way; 0 any
 * @returns whether there was something to interrupt
 */
export const interrupt = (handle: Handle, run = 0): boolean => addon.interrupt(handle, run);

/** Makes a connection part of the run of another one of the same thread: what interrupts that one, or has already, interrupts both. */
export const adopt = (parent: Handle, child: Handle): void => addon.adopt(parent, child);

/** Rows changed by the last INSERT, UPDATE or DELETE. */
export const changes = (handle: Handle): number => addon.changes(handle);

/** Whether a transaction was left open. */
export const inTransaction = (handle: Handle): boolean => addon.inTransaction(handle);

/** Turns the authorizer on or off: only what osquery allows may be prepared while it is on. It is off in a new connection. */
export const authorize = (handle: Handle, on: boolean): void => addon.authorize(handle, on);

/** The log line of the last denial, `Authorizer denied action CODE A B C D`, once; null when there was none. */
export const takeDenial = (handle: Handle): string | null => addon.takeDenial(handle);

/** Tables scanned since the last reset. */
export const counters = (handle: Handle): readonly TableCounters[] => addon.counters(handle);

/** Sets all counters to zero. */
export const resetCounters = (handle: Handle): void => addon.resetCounters(handle);

/** Optional bounds of {@link transact}. */
export interface TransactOptions {
  /** Largest answer in bytes; 256 MiB unless told. */
  readonly maxBytes?: number;
  /** Users that may hold the other end of the socket (16 at most); checked before the request is sent. Anybody unless told. */
  readonly peerUids?: readonly number[];
}

/**
 * A blocking exchange: connects to a Unix socket, writes the request, reads exactly one Thrift message, closes.
 * @param deadlineMs for the whole exchange
 * @param cancel ends the exchange within 50 ms when its first element is no longer 0; on a SharedArrayBuffer
 * @throws TransactError
 */
export const transact = (
  socketPath: string,
  request: Uint8Array,
  deadlineMs: number,
  cancel?: Int32Array,
  { maxBytes = 256 * 1024 * 1024, peerUids }: TransactOptions = {},
): Buffer => addon.transact(socketPath, request, deadlineMs, cancel, maxBytes, peerUids);

/**
 * Connects to a Unix socket for calls whose answers are found by their sequence ids. The session belongs to the thread that opened
 * it, and is closed with {@link closeSession} or when nobody holds it any more. Arguments as of {@link transact}.
 * @throws TransactError
 */
export const openSession = (
  socketPath: string,
  deadlineMs: number,
  cancel?: Int32Array,
  { maxBytes = 256 * 1024 * 1024, peerUids }: TransactOptions = {},
): NativeSession => addon.openSession(socketPath, deadlineMs, cancel, maxBytes, peerUids);

/**
 * Sends a message. At most 64 calls may be unanswered.
 * @param id of the call, from 1; 0 for a notice, which has no answer
 * @throws TransactError BUSY when there are too many calls or one has this id; after any other the session is closed
 */
export const sessionSend = (
  session: NativeSession,
  id: number,
  message: Uint8Array,
  deadlineMs: number,
  cancel?: Int32Array,
): void => addon.sessionSend(session, id, message, deadlineMs, cancel);

/**
 * Waits for the answer to a call that was sent; answers to others that come before it are kept for them.
 * @throws TransactError DEADLINE and CANCELLED, after which this answer is passed over when it comes; BUSY when no such call is unanswered;
 *   after any other the session is closed
 */
export const sessionReceive = (session: NativeSession, id: number, deadlineMs: number, cancel?: Int32Array): Buffer =>
  addon.sessionReceive(session, id, deadlineMs, cancel);

/** Passes over the answer to a call, whether it came or will come. */
export const sessionForget = (session: NativeSession, id: number): void => addon.sessionForget(session, id);

/** Ends the connection; what is called with the session afterwards fails with CLOSED. */
export const closeSession = (session: NativeSession): void => addon.closeSession(session);

/** Who is at the other end of a connected Unix socket. Throws when the descriptor is none. */
export const peerCredentials = (fd: number): PeerCredentials => addon.peerCredentials(fd);

const descriptorOf = (socket: Socket): number => {
  const { _handle: handle } = socket as unknown as { _handle?: { fd?: number } | null };
  return handle?.fd ?? -1;
};

/** The same for a socket of `node:net`; undefined when it is closed or no Unix socket. */
export const peerOf = (socket: Socket): PeerCredentials | undefined => {
  const fd = descriptorOf(socket);
  if (fd < 0) return undefined;
  try {
    return addon.peerCredentials(fd);
  } catch {
    return undefined;
  }
};

/** As {@link peerOf}, with all groups of the peer, where the kernel tells them (Linux 4.13). */
export const peerWithGroups = (socket: Socket): PeerCredentials | undefined => {
  const peer = peerOf(socket);
  if (peer === undefined) return undefined;
  try {
    return { ...peer, groups: [peer.gid, ...addon.peerGroups(descriptorOf(socket))] };
  } catch {
    return peer;
  }
};
