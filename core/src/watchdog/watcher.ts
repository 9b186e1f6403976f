import type { SupervisedProcess } from '../extensions/supervised-process.ts';
import type { Command } from '../runtime/programs.ts';
import { Journal } from './journal.ts';
import { type LastEnd, lastEndVariable } from './last-end.ts';
import { LimitWatch, type Reading, readingText } from './limit-watch.ts';
import type { Limits } from './limits.ts';
import { type Note, workerVariable } from './messages.ts';
import type { RecordFile } from './record-file.ts';
import { RestartDelay } from './restart-delay.ts';
import { causeOf, endText, lastEndOf, oomKills } from './worker-end.ts';
import { type Briefing, type WorkerEnd, WorkerProcess } from './worker-process.ts';

/** What a watcher needs to know. */
export interface WatcherOptions {
  /** What starts a worker. */
  readonly program: Command;
  /** What the worker finds in its environment beside what this process has. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Why the program must not be started now, if it must not. */
  readonly verify?: () => Refusal | undefined;
  /** The longest wait before a worker that dies quickly is started again, seconds. */
  readonly maxDelaySeconds: number;
  /** What comes on top of that wait, which grows with each death: see RestartDelay. */
  readonly respawnSeconds?: number;
  /** How long a worker may take to end after SIGTERM, seconds; then it is killed. */
  readonly stopSeconds: number;
  /** What worker and watcher may take; without limits they are not measured. */
  readonly limits?: Limits;
  /** How long a worker may take what it likes after its start, seconds. */
  readonly graceSeconds?: number;
  /** How long a worker that exceeded a limit may take to end after SIGTERM, seconds; 0 kills it at once. */
  readonly forcedStopSeconds?: number;
  /** `--enable_watchdog_debug`: tell of each check. */
  readonly debug?: boolean;
  /** Where it is recorded what the worker runs. */
  readonly record?: RecordFile | undefined;
  /** Prints a note while there is no worker that could. */
  readonly print: (note: Note) => void;
  /** Is told, in a few words, how the worker is. */
  readonly onState?: (state: 'ready' | 'restarting' | 'stopping', text: string) => void;
}

/** Why a program is not started. */
export interface Refusal {
  readonly message: string;
  /** Whether it is of no use to try again. */
  readonly final: boolean;
}

/** The exit code by which a worker says that starting it again would not help; and the watcher that it cannot go on. */
const catastrophic = 78;

/**
 * Keeps a worker running: starts it, starts it again when it dies, hands it what happened meanwhile, and stops it.
 * It does nothing else, so that nothing can happen to it.
 */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #briefing: Briefing = { journal: new Journal(), processes: [] };
  readonly #delay: RestartDelay;
  readonly #done = Promise.withResolvers<number>();
  /** The watcher's own growth; CPU is not looked at. */
  readonly #own: LimitWatch | undefined;
  #worker: WorkerProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastEnd: LastEnd | undefined;
  #oomKills: number | undefined;
  #stopping = false;
  /** The exit code, when it is not the worker's. */
  #ownCode: number | undefined;

  constructor(options: WatcherOptions) {
    this.#options = options;
    const { limits, maxDelaySeconds, respawnSeconds } = options;
    this.#delay = new RestartDelay(maxDelaySeconds, respawnSeconds);
    this.#own = limits && new LimitWatch({ ...limits, latencySeconds: Number.POSITIVE_INFINITY });
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
    const printed = this.#worker === undefined;
    const note: Note = { severity, source, message, time: Date.now(), printed };
    this.#briefing.journal.add(note);
    if (printed) this.#options.print(note);
    else this.#worker?.tell();
  }

  /** Tells the worker, and each that follows it, how the extensions are. */
  show(processes: readonly SupervisedProcess[]): void {
    this.#briefing.processes = processes;
    this.#worker?.tell();
  }

  /** Passes a signal on to the worker. */
  signal(signal: NodeJS.Signals): void {
    this.#worker?.signal(signal);
  }

  /** Ends the worker: SIGTERM, and SIGKILL when it does not end in time. */
  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    clearTimeout(this.#timer);
    this.#options.onState?.('stopping', 'ends');
    if (this.#worker === undefined) this.#done.resolve(this.#ownCode ?? 0);
    else this.#worker.stop(this.#options.stopSeconds);
  }

  #say(severity: Note['severity'], message: string): void {
    this.note(severity, 'watcher', message);
  }

  #start(): void {
    const { program, limits, graceSeconds, forcedStopSeconds, record, onState } = this.#options;
    const refusal = this.#options.verify?.();
    if (refusal !== undefined) return this.#refuse(refusal);
    const environment = { ...process.env, ...this.#options.environment, ...lastEndVariable(this.#lastEnd) };
    environment[workerVariable] = String(process.pid);
    const worker = new WorkerProcess(
      { program, environment, record: record?.descriptor, limits, graceSeconds, forcedStopSeconds },
      this.#briefing,
      {
        say: (severity, message) => this.#say(severity, message),
        onReady: () => onState?.('ready', `the worker ${worker.pid} serves`),
        onReading: (pid, reading) => this.#look(pid, reading),
        onEnd: end => this.#ended(worker, end),
        onUnstoppable: () => this.#giveUp(`Watcher cannot stop worker process (${worker.pid}).`),
      },
    );
    this.#worker = worker;
    this.#oomKills = oomKills();
    if (this.#options.debug) this.#say(0, `The watcher (${process.pid}) has started the worker (${worker.pid}).`);
    worker.tell();
  }

  /** A program that must not be started is tried again later, unless that is of no use. */
  #refuse({ message, final }: Refusal): void {
    if (final) return this.#end(1, message);
    const delay = this.#delay.after(0);
    this.#say(1, `${message} It is tried again in ${delay} s.`);
    this.#timer = setTimeout(() => this.#start(), delay * 1000);
  }

  /** Ends everything, with an exit code of the watcher's own. */
  #end(code: number, message: string): void {
    this.#say(2, message);
    this.#ownCode = code;
    this.stop();
  }

  /** Ends without the worker, which does not end. */
  #giveUp(message: string): void {
    this.#say(2, message);
    this.#done.resolve(catastrophic);
  }

  /** Looks at the watcher itself whenever the worker is looked at. */
  #look(pid: number, reading: Reading): void {
    if (this.#options.debug) this.#say(0, readingText(pid, reading));
    const own = this.#own?.check({ cpuMs: 0, residentBytes: process.memoryUsage.rss() });
    const degree = own?.verdict?.degree;
    if (degree !== 'over' && degree !== 'severe') return;
    this.#end(catastrophic, `Watcher has become unhealthy: ${own?.verdict?.message}`);
  }

  #ended(worker: WorkerProcess, end: WorkerEnd): void {
    const running = this.#options.record?.take();
    this.#worker = undefined;
    if (this.#stopping) return this.#done.resolve(this.#ownCode ?? end.code ?? 0);
    if (end.code === catastrophic) {
      this.#say(2, 'The worker cannot work (exit code 78) and is not started again.');
      return this.#done.resolve(catastrophic);
    }
    this.#lastEnd = lastEndOf(end, running, causeOf(end, this.#oomKills, oomKills()));
    // A worker that was ended for what it took would do the same again: it counts as one that died quickly.
    const delay = this.#delay.after(end.verdict === undefined ? end.livedSeconds : 0);
    const texts = [endText(worker.pid, end, running), this.#nextText(end, delay)];
    this.#say(1, texts.filter(text => text !== '').join(' '));
    this.#options.onState?.('restarting', texts.join(' '));
    if (delay === 0) this.#start();
    else this.#timer = setTimeout(() => this.#start(), delay * 1000);
  }

  #nextText({ verdict }: WorkerEnd, delay: number): string {
    if (delay === 0) return 'Starting it again.';
    const why = verdict === undefined ? 'It has died too quickly' : 'It ended so';
    return `${why} ${this.#delay.quickDeaths} times: starting it again in ${delay} s.`;
  }
}
