import type { TableSchema } from '@outpost/sdk';
import type { FlagStore } from '../flags/index.ts';
import { toBytes } from './bytes.ts';
import type { Sink } from './output.ts';
import type { QuerySource } from './result.ts';
import type { Settings } from './settings.ts';

/** The tables that the shell knows of: always those of its own process. */
export interface TableCatalog {
  /** All that are known; {@link complete} may add some. */
  names(): readonly string[];
  /** Adds the tables that a configuration makes, unless they are there. */
  complete(): Promise<void>;
  schema(name: string): Promise<TableSchema | undefined>;
}

/** The engine in this process, as the shell uses it. */
export interface LocalSource extends QuerySource {
  readonly catalog: TableCatalog;
  /** The names of the extensions that are registered. */
  extensionNames(): readonly string[];
}

/** A connection to an extension manager. */
export interface RemoteSource extends QuerySource {
  readonly socketPath: string;
}

/** What the shell needs from outside, so that tests give it something else. */
export interface ShellHost {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly environment: NodeJS.ProcessEnv;
  /** The lines of stdin without their line ends, as they come. */
  stdinLines(): AsyncIterable<string>;
  /** Is told, once there is a prompt, what puts it back after something was printed beside it; undefined when the prompt has gone. */
  onPrompt?(redraw: (() => void) | undefined): void;
  openLocal(flags: FlagStore): Promise<LocalSource>;
  openRemote(socketPath: string): Promise<RemoteSource>;
}

/** The state of one shell. */
export class Shell {
  readonly flags: FlagStore;
  readonly host: ShellHost;
  readonly settings: Settings;
  /** Where results go: stdout, or the file of `--output`. */
  readonly results: Sink;
  /** The manager that SQL goes to, when there is one. */
  remote: RemoteSource | undefined;
  /** The statement that runs, so that Ctrl-C can stop it. */
  running: AbortController | undefined;
  #local: Promise<LocalSource> | undefined;

  constructor(flags: FlagStore, host: ShellHost, settings: Settings, results: Sink) {
    this.flags = flags;
    this.host = host;
    this.settings = settings;
    this.results = results;
  }

  /** The engine in this process; it is opened by the first call. */
  local(): Promise<LocalSource> {
    this.#local ??= this.host.openLocal(this.flags);
    return this.#local;
  }

  /** What SQL goes to: the manager that is connected, else the engine in this process. */
  async source(): Promise<QuerySource> {
    return this.remote ?? (await this.local());
  }

  /** Prints text on stdout. */
  print(text: string): void {
    this.host.stdout.write(toBytes(text));
  }

  /** Prints text where results go. */
  result(text: string): void {
    this.results.write(toBytes(text));
  }

  /** Prints text on stderr, after everything that was printed before. */
  complain(text: string): void {
    this.flush();
    this.host.stderr.write(toBytes(text));
    this.host.stderr.flush();
  }

  /** Hands over everything that was printed. */
  flush(): void {
    this.results.flush();
    this.host.stdout.flush();
  }

  /** Prints text bold on a terminal. */
  bold(text: string): string {
    return this.host.stdoutIsTerminal ? `\u001b[1m${text}\u001b[0m` : text;
  }

  /** Disconnects and closes the engine, if it was opened. */
  async close(): Promise<void> {
    await this.remote?.close();
    await (await this.#local)?.close();
  }
}
