import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import type { SupervisedProcess } from '../extensions/supervised-process.ts';
import type { Command } from '../runtime/programs.ts';
import { guard } from './guard.ts';
import { Journal } from './journal.ts';
import type { Verdict } from './limit-watch.ts';
import type { Limits } from './limits.ts';
import {
  messageReader,
  type Note,
  verdictVariable,
  type WatcherMessage,
  type WorkerMessage,
  workerVariable,
} from './messages.ts';
import { RestartDelay } from './restart-delay.ts';

/** What a watcher needs to know. */
export interface WatcherOptions {
  /** What starts a worker. */
  readonly program: Command;
  /** The longest wait before a worker that dies quickly is started again, seconds. */
  readonly maxDelaySeconds: number;
  /** How long a worker may take to end after SIGTERM, seconds; then it is killed. */
  readonly stopSeconds: number;
  /** What the worker may take; without limits it is not measured. */
  readonly limits?: Limits;
  /** How long a worker may take what it likes after its start, seconds. */
  readonly graceSeconds?: number;
  /** How long a worker that exceeded a limit may take to end after SIGTERM, seconds; 0 kills it at once. */
  readonly forcedStopSeconds?: number;
  /** Prints a note while there is no worker that could. */
  readonly print: (note: Note) => void;
}

/** The exit code by which a worker says that starting it again would not help. */
const catastrophic = 78;

/**
 * Keeps a worker running: starts it, starts it again when it dies, hands it what happened meanwhile, and stops it.
 * It does nothing else, so that nothing can happen to it.
 */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #journal = new Journal();
  readonly #delay: RestartDelay;
  readonly #done = Promise.withResolvers<number>();
  #worker: ChildProcess | undefined;
  #link: Duplex | undefined;
  /** The number of the last note that was given to the worker. */
  #told = 0;
  #processes: readonly SupervisedProcess[] = [];
  /** Whether the worker has yet to be told of them. */
  #processesDue = false;
  #timer: NodeJS.Timeout | undefined;
  #endGuard: (() => void) | undefined;
  #killer: NodeJS.Timeout | undefined;
  /** The limit for which the worker is being ended, or the last one was. */
  #verdict: Verdict | undefined;
  #stopping = false;

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#delay = new RestartDelay(options.maxDelaySeconds);
  }

  /** The pid of the running worker. */
  get workerPid(): number | undefined {
    return this.#worker?.pid;
  }

  /** Starts the worker. @returns the exit code of the whole, once the worker has ended for good */
  run(): Promise<number> {
    this.#start();
    return this.#done.promise;
  }

  /** Reports something to the log: through the worker, and on stderr while there is none. */
  note(severity: Note['severity'], source: string, message: string): void {
    const link = this.#link;
    const note: Note = { severity, source, message, time: Date.now(), printed: link === undefined };
    this.#journal.add(note);
    if (link === undefined) this.#options.print(note);
    else this.#tell();
  }

  /** Tells the worker, and each that follows it, how the extensions are. */
  show(processes: readonly SupervisedProcess[]): void {
    this.#processes = processes;
    this.#processesDue = true;
    this.#tell();
  }

  /** Passes a signal on to the worker. */
  signal(signal: NodeJS.Signals): void {
    this.#worker?.kill(signal);
  }

  /** Ends the worker: SIGTERM, and SIGKILL when it does not end in time. */
  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    clearTimeout(this.#timer);
    if (this.#worker === undefined) return this.#done.resolve(0);
    this.#worker.kill('SIGTERM');
    this.#timer = setTimeout(() => {
      this.note(
        1,
        'watcher',
        `The worker ${this.#worker?.pid} did not end within ${this.#options.stopSeconds} s and is killed.`,
      );
      this.#worker?.kill('SIGKILL');
    }, this.#options.stopSeconds * 1000);
  }

  #start(): void {
    const { command, args, argv0 } = this.#options.program;
    const worker = spawn(command, args, {
      argv0,
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
      env: { ...process.env, ...this.#environment() },
    });
    const started = performance.now();
    this.#worker = worker;
    worker.on('error', error => this.note(2, 'watcher', `The worker could not be started: ${error.message}.`));
    worker.on('close', (code, signal) => this.#ended(code, signal, (performance.now() - started) / 1000));
    this.#listen(worker.stdio[3] as Duplex);
    this.#measure(worker);
  }

  #environment(): NodeJS.ProcessEnv {
    const verdict = this.#verdict?.message;
    this.#verdict = undefined;
    return { [workerVariable]: String(process.pid), [verdictVariable]: verdict };
  }

  /** Holds the worker to its limits. */
  #measure(worker: ChildProcess): void {
    const { limits, graceSeconds = 0 } = this.#options;
    if (limits === undefined || worker.pid === undefined) return;
    this.#endGuard = guard(worker.pid, { limits, graceSeconds }, verdict => {
      if (this.#verdict !== undefined || this.#stopping) return;
      if (verdict.hard) this.#enforce(worker, verdict);
      else this.#send({ type: 'pressure', message: verdict.message });
    });
  }

  /** Ends a worker that took more than it may: it is told why, asked to end, and killed when it does not. */
  #enforce(worker: ChildProcess, verdict: Verdict): void {
    const { forcedStopSeconds = 4 } = this.#options;
    this.#verdict = verdict;
    this.note(1, 'watcher', `The worker (${worker.pid}) is stopping: ${verdict.message}.`);
    this.#send({ type: 'limit', message: verdict.message });
    if (forcedStopSeconds === 0) return void worker.kill('SIGKILL');
    worker.kill('SIGTERM');
    this.#killer = setTimeout(() => {
      this.note(1, 'watcher', `The worker (${worker.pid}) could not be stopped. It is killed.`);
      worker.kill('SIGKILL');
    }, forcedStopSeconds * 1000);
  }

  /** Gives the worker the notes that it has not been given. One that reads nothing is told later: until then the journal, which has a bound, keeps them. */
  #tell(): void {
    if (this.#link === undefined || this.#link.writableNeedDrain) return;
    if (this.#processesDue) {
      this.#processesDue = false;
      this.#send({ type: 'processes', processes: this.#processes });
    }
    for (const message of this.#journal.after(this.#told)) {
      this.#send(message);
      this.#told = message.sequence;
      if (this.#link.writableNeedDrain) return;
    }
  }

  #send(message: WatcherMessage): void {
    this.#link?.write(`${JSON.stringify(message)}\n`);
  }

  #listen(link: Duplex): void {
    this.#link = link;
    const read = messageReader<WorkerMessage>(text =>
      this.note(1, 'watcher', `The worker sent something that is no message: ${text}`),
    );
    link.setEncoding('utf8');
    link.on('data', (chunk: string) => {
      for (const message of read(chunk))
        if (message.type === 'acknowledge') this.#journal.acknowledge(message.sequence);
    });
    // A worker that dies breaks the pair; its end is reported by 'close' of the process.
    link.on('error', () => link.destroy());
    link.on('drain', () => this.#tell());
    this.#told = 0;
    this.#processesDue = true;
    this.#tell();
  }

  #ended(code: number | null, signal: NodeJS.Signals | null, livedSeconds: number): void {
    const pid = this.#worker?.pid;
    this.#endGuard?.();
    clearTimeout(this.#killer);
    this.#worker = undefined;
    this.#link = undefined;
    if (this.#stopping) {
      clearTimeout(this.#timer);
      return this.#done.resolve(code ?? 0);
    }
    if (code === catastrophic) return this.#done.resolve(catastrophic);
    // A worker that was ended for what it took would do the same again: it counts as one that died quickly.
    const delay = this.#delay.after(this.#verdict === undefined ? livedSeconds : 0);
    const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
    const next =
      delay === 0
        ? 'Starting it again.'
        : `${this.#verdict === undefined ? 'It has died too quickly' : 'It ended so'} ${this.#delay.quickDeaths} times: starting it again in ${delay} s.`;
    this.note(1, 'watcher', `The worker ${pid} ${how} after ${livedSeconds.toFixed(1)} s. ${next}`);
    if (delay === 0) this.#start();
    else this.#timer = setTimeout(() => this.#start(), delay * 1000);
  }
}
