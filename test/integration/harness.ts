import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ExtensionManagerClient, type PluginRow, unixEndpoint } from '@outpost/protocol';

const root = join(import.meta.dirname, '..', '..');
/** The first argument by which the executable becomes a program of the repository. */
const entries: ReadonlyMap<string, string> = new Map([
  ['core/bin/outpostd.mjs', 'daemon'],
  ['core/bin/outposti.mjs', 'shell'],
  ['core/bin/outpost.mjs', 'toolbox'],
]);

/** A file of the repository. */
export const repositoryFile = (...parts: string[]): string => join(root, ...parts);

/** Waits for something to be there. @throws Error that names it, when it has not come in time */
export const until = async <T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  seconds = 20,
): Promise<T> => {
  const deadline = performance.now() + seconds * 1000;
  for (let reason = ''; ; await delay(25)) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      reason = `; the last try: ${(error as Error).message}`;
    }
    if (performance.now() > deadline) throw new Error(`${what} has not come within ${seconds} s${reason}`);
  }
};

/** Whether a process is there and no zombie. */
export const isRunning = (pid: number): boolean => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
};

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that a test has started, and what it said. */
export class Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';

  constructor(process: ChildProcess) {
    this.process = process;
    process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise(resolve => process.on('exit', (code, signal) => resolve({ code, signal })));
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Waits until stderr has something. */
  says(pattern: RegExp, seconds?: number): Promise<string> {
    return until(`a line like ${pattern}`, () => pattern.exec(this.#stderr)?.[0], seconds).catch(error => {
      throw new Error(`${(error as Error).message}\n${this.#stderr}`);
    });
  }
}

/** A directory of its own for one test, and the processes that belong to it: all those whose environment names it. */
export class Sandbox {
  readonly directory = mkdtempSync(join(tmpdir(), 'outpost-integration-'));
  readonly socket = this.path('outpost.em');
  /** What the processes find in their environment. */
  readonly environment: NodeJS.ProcessEnv = { ...process.env, OUTPOST_DEMO: this.directory };

  /** A sandbox that ends with a test. */
  static for(context: { after(end: () => Promise<void>): void }): Sandbox {
    const sandbox = new Sandbox();
    context.after(() => sandbox.end());
    return sandbox;
  }

  path(...parts: string[]): string {
    return join(this.directory, ...parts);
  }

  /** Writes a file, as text or as JSON. @returns its path */
  write(name: string, content: unknown): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  /**
   * Runs one of the repository's programs on this test's Node; where OUTPOST_TEST_EXECUTABLE names the executable, that is run in
   * its place.
   */
  run(program: string, args: readonly string[] = []): Started {
    const [executable, entry] = [process.env.OUTPOST_TEST_EXECUTABLE, entries.get(program)];
    if (executable !== undefined && entry !== undefined) return this.start(executable, [entry, ...args]);
    return this.start(process.execPath, [repositoryFile(program), ...args]);
  }

  /** Runs any program. */
  start(command: string, args: readonly string[]): Started {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      cwd: root,
      env: this.environment,
    });
    return new Started(child);
  }

  /** The flags that keep a daemon inside the sandbox. */
  get flags(): readonly string[] {
    return [
      '--flagfile=',
      `--database_path=${this.path('outpost.db')}`,
      `--pidfile=${this.path('outpostd.pid')}`,
      `--extensions_socket=${this.socket}`,
      `--config_path=${this.path('outpost.conf')}`,
      `--logger_path=${this.directory}`,
      '--schedule_splay_percent=0',
      '--extensions_timeout=20',
      '--watchdog_max_delay=0',
    ];
  }

  /** Starts a daemon with the flags of the sandbox and some more. */
  daemon(...flags: string[]): Started {
    return this.run('core/bin/outpostd.mjs', [...this.flags, ...flags]);
  }

  /** Asks the daemon over its socket, once. */
  async ask(sql: string): Promise<readonly PluginRow[]> {
    const client = await ExtensionManagerClient.connect(unixEndpoint(this.socket), { timeoutMs: 10_000 });
    try {
      const { status, response } = await client.query(sql);
      if (status.code !== 0) throw new Error(status.message);
      return response;
    } finally {
      client.close();
    }
  }

  /** The pids of worker and watcher, once the daemon answers; a worker other than `former`. */
  pids(former = 0): Promise<{ readonly worker: number; readonly watcher: number }> {
    return until('an answer of the daemon', async () => {
      const [row] = await this.ask('select pid, watcher from osquery_info');
      const worker = Number(row?.pid);
      return worker === former ? undefined : { worker, watcher: Number(row?.watcher) };
    });
  }

  /** The texts of all files in the sandbox's directory whose names fit. */
  texts(pattern: RegExp): readonly string[] {
    const names = readdirSync(this.directory).filter(name => pattern.test(name));
    return names.map(name => readFileSync(this.path(name), 'utf8'));
  }

  /** The lines of a log file: whole ones, parsed. */
  lines(name: string): readonly LogLine[] {
    if (!existsSync(this.path(name))) return [];
    const whole = readFileSync(this.path(name), 'utf8').split('\n').slice(0, -1);
    return whole.map(line => JSON.parse(line) as LogLine);
  }

  /** The pids of all processes that belong here. */
  processes(): readonly number[] {
    return readdirSync('/proc').flatMap(name => {
      const pid = Number(name);
      return Number.isInteger(pid) && pid !== process.pid && belongs(pid, this.directory) ? [pid] : [];
    });
  }

  /** Waits until no process is left. */
  async emptied(seconds?: number): Promise<void> {
    await until('the end of all processes', () => (this.processes().length === 0 ? true : undefined), seconds);
  }

  /** Kills what still runs, and removes the directory. */
  async end(): Promise<void> {
    await until('the end of all processes', () => {
      const left = this.processes();
      for (const pid of left) killHard(pid);
      return left.length === 0 ? true : undefined;
    });
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A line of the results log. */
export interface LogLine {
  readonly name: string;
  readonly action: string;
  readonly counter: number;
  readonly sequence: number;
  readonly columns: Readonly<Record<string, string>>;
  readonly decorations?: Readonly<Record<string, string>>;
}

const belongs = (pid: number, directory: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`OUTPOST_DEMO=${directory}\0`) && isRunning(pid);
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
};

/** SIGKILL for a process that may have ended meanwhile. */
export const killHard = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};
