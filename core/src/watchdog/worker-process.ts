import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import type { SupervisedProcess } from '../extensions/supervised-process.ts';
import { monotonicMs } from '../monotonic.ts';
import type { Command } from '../runtime/programs.ts';
import { type Guard, guard } from './guard.ts';
import type { Journal } from './journal.ts';
import type { Culprit } from './last-end.ts';
import type { LimitKind, Reading, Verdict } from './limit-watch.ts';
import type { Limits } from './limits.ts';
import { messageReader, type WatcherMessage, type WorkerMessage } from './messages.ts';

/** How a worker is started, measured and ended. */
export interface WorkerProcessOptions {
  readonly program: Command;
  readonly environment: NodeJS.ProcessEnv;
  /** The descriptor of the record of what runs, if there is one. */
  readonly record: number | undefined;
  /** What it may take; without limits it is not measured. */
  readonly limits?: Limits | undefined;
  /** How long it may take what it likes after its start, seconds. */
  readonly graceSeconds?: number | undefined;
  /** How long one that exceeded a limit may take to end after SIGTERM, seconds; 0 kills it at once. */
  readonly forcedStopSeconds?: number | undefined;
}

/** How a worker ended. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly livedSeconds: number;
  /** The limit for which it was ended. */
  readonly verdict: Verdict | undefined;
  /** Why it has ended itself. */
  readonly ownReason: string | undefined;
  readonly culprit: Culprit | undefined;
}

/** What a worker has yet to hear. */
export interface Briefing {
  readonly journal: Journal;
  /** How the extensions are. */
  processes: readonly SupervisedProcess[];
}

/** Is told what a worker does. */
export interface WorkerListener {
  readonly say: (severity: 0 | 1 | 2, message: string) => void;
  readonly onReady: () => void;
  readonly onReading: (pid: number, reading: Reading) => void;
  readonly onEnd: (end: WorkerEnd) => void;
  /** It is there still, after SIGKILL and some time. */
  readonly onUnstoppable: () => void;
}

/** How long a process may be there after SIGKILL, seconds. */
const goneSeconds = 2;
/** After how many checks a worker is ended whose culprit is still the same: a query that obeys no interrupt has its thread ended meanwhile. */
const patienceChecks = 2;
/** After how many checks it is ended although another query is to blame each time. */
const longestChecks = 6;

/** One worker, from its start to its end. */
export class WorkerProcess {
  readonly #options: WorkerProcessOptions;
  readonly #briefing: Briefing;
  readonly #listener: WorkerListener;
  readonly #child: ChildProcess;
  readonly #link: Duplex;
  #guard: Guard | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The number of the last note that it was given. */
  #told = 0;
  /** The extensions as it knows them. */
  #shown: readonly SupervisedProcess[] | undefined;
  /** The limit that it was asked to keep to, how many times, and who was to blame before the last time. */
  #warned: { readonly kind: LimitKind; readonly checks: number; readonly culprit: string | undefined } | undefined;
  #verdict: Verdict | undefined;
  #culprit: Culprit | undefined;
  #ownReason: string | undefined;
  #ready = false;
  #stopping = false;

  constructor(options: WorkerProcessOptions, briefing: Briefing, listener: WorkerListener) {
    this.#options = options;
    this.#briefing = briefing;
    this.#listener = listener;
    const { program, environment, record } = options;
    const started = monotonicMs();
    this.#child = spawn(program.command, program.args, {
      argv0: program.argv0,
      stdio: ['ignore', 'inherit', 'inherit', 'pipe', record ?? 'ignore'],
      env: environment,
    });
    this.#child.on('error', error => listener.say(2, `The worker could not be started: ${error.message}.`));
    this.#child.on('close', (code, signal) => this.#ended(code, signal, (monotonicMs() - started) / 1000));
    this.#link = this.#child.stdio[3] as Duplex;
    this.#listen();
    this.#measure();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends it a signal. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Asks it to end, and kills it when it has not within so many seconds. */
  stop(seconds: number): void {
    if (this.#stopping) return;
    this.#stopping = true;
    if (seconds === 0) return this.#kill();
    this.#child.kill('SIGTERM');
    this.#timer = setTimeout(() => {
      this.#listener.say(1, `${this.#name} could not be stopped within ${seconds} s. Sending kill signal.`);
      this.#kill();
    }, seconds * 1000);
  }

  /** Gives it the news and the notes that it has not been given. One that reads nothing is told later: until then the journal, which has a bound, keeps them. */
  tell(): void {
    if (this.#link.writableNeedDrain) return;
    const { journal, processes } = this.#briefing;
    if (this.#shown !== processes) this.#send({ type: 'processes', processes });
    this.#shown = processes;
    for (const message of journal.after(this.#told)) {
      this.#send(message);
      this.#told = message.sequence;
      if (this.#link.writableNeedDrain) return;
    }
  }

  get #name(): string {
    return `The worker (${this.pid})`;
  }

  #kill(): void {
    this.#child.kill('SIGKILL');
    this.#timer = setTimeout(() => this.#listener.onUnstoppable(), goneSeconds * 1000);
  }

  #send(message: WatcherMessage): void {
    if (!this.#link.destroyed) this.#link.write(`${JSON.stringify(message)}\n`);
  }

  #measure(): void {
    const { limits, graceSeconds = 0 } = this.#options;
    const pid = this.pid;
    if (limits === undefined || pid === undefined) return;
    this.#guard = guard(
      pid,
      { limits, graceSeconds },
      {
        onReading: reading => {
          this.#listener.onReading(pid, reading);
          if (reading.verdict === undefined || reading.verdict.degree === 'near') this.#forgive();
        },
        onVerdict: verdict => this.#judge(verdict),
        onBlind: reason => this.#listener.say(1, `${this.#name} cannot be held to limits: ${reason}.`),
      },
    );
  }

  #forgive(): void {
    this.#warned = undefined;
    this.#culprit = undefined;
  }

  /** At each check it is told to stop what is to blame, which may take a while; it is ended when that does not help. */
  #judge(verdict: Verdict): void {
    if (this.#stopping) return;
    const { kind, degree, message } = verdict;
    if (degree === 'near') return this.#send({ type: 'pressure', message });
    const { checks, culprit } = this.#warned?.kind === kind ? this.#warned : { checks: 0, culprit: undefined };
    const other = this.#culprit !== undefined && this.#culprit.name !== culprit;
    if (degree === 'severe' || checks >= longestChecks || (checks >= patienceChecks && !other))
      return this.#condemn(verdict);
    this.#warned = { kind, checks: checks + 1, culprit: checks === 0 ? culprit : this.#culprit?.name };
    if (checks === 0) this.#listener.say(1, `${this.#name} has to stop what is to blame: ${message}.`);
    this.#send({ type: 'excess', kind, message });
  }

  #condemn(verdict: Verdict): void {
    const { kind, message } = verdict;
    this.#verdict = verdict;
    this.#listener.say(1, `${this.#name} is stopping: ${message}.`);
    this.#send({ type: 'limit', kind, message });
    this.stop(this.#options.forcedStopSeconds ?? 4);
  }

  #listen(): void {
    const link = this.#link;
    const read = messageReader<WorkerMessage>(text =>
      this.#listener.say(1, `The worker sent something that is no message: ${text}`),
    );
    link.setEncoding('utf8');
    link.on('data', (chunk: string) => {
      for (const message of read(chunk)) this.#take(message);
    });
    // A worker that dies breaks the pair; its end is reported by 'close' of the process.
    link.on('error', () => link.destroy());
    link.on('drain', () => this.tell());
    this.tell();
  }

  #take(message: WorkerMessage): void {
    switch (message.type) {
      case 'acknowledge':
        this.#briefing.journal.acknowledge(message.sequence);
        return this.tell();
      case 'ready':
        if (!this.#ready) this.#guard?.settle();
        this.#ready = true;
        return this.#listener.onReady();
      case 'culprit':
        this.#culprit = message.culprit;
        return;
      case 'ends':
        this.#ownReason = message.reason;
    }
  }

  #ended(code: number | null, signal: NodeJS.Signals | null, livedSeconds: number): void {
    this.#guard?.end();
    clearTimeout(this.#timer);
    this.#listener.onEnd({
      code,
      signal,
      livedSeconds,
      verdict: this.#verdict,
      ownReason: this.#ownReason,
      culprit: this.#culprit,
    });
  }
}
