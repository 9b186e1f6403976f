import type { ChildProcess } from 'node:child_process';
import { monotonicMs } from '../monotonic.ts';
import { type GuardOptions, guard } from '../watchdog/guard.ts';
import type { Verdict } from '../watchdog/limit-watch.ts';
import { type LaunchOptions, launch, signalGroup } from './launch.ts';
import { readLines } from './output-lines.ts';
import type { ExtensionProgram } from './program.ts';
import { type BackoffOptions, RestartBackoff } from './restart-backoff.ts';
import type { SupervisedProcess } from './supervised-process.ts';

/** Something that happened to the process of an extension. */
export type SupervisorEvent =
  | { readonly type: 'started'; readonly extension: string; readonly pid: number }
  | {
      readonly type: 'exited';
      readonly extension: string;
      readonly pid: number;
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      readonly livedMs: number;
      /** Milliseconds until it is started again; undefined when it is not. */
      readonly restartMs: number | undefined;
    }
  | {
      /** It took more than it may, and is ended. */
      readonly type: 'limit';
      readonly extension: string;
      readonly pid: number;
      readonly message: string;
    }
  | {
      /** It could not be started, or may not be. */
      readonly type: 'failed';
      readonly extension: string;
      readonly message: string;
      readonly restartMs: number | undefined;
    };

/** How extensions are kept running. */
export interface SupervisionOptions extends LaunchOptions {
  /** Is given each line that an extension writes. */
  readonly onLine: (extension: string, stream: 'stdout' | 'stderr', line: string) => void;
  readonly onEvent: (event: SupervisorEvent) => void;
  /** Is asked before each start; a message keeps the program from being started, until it is asked again. */
  readonly verify?: (program: ExtensionProgram) => string | undefined;
  readonly backoff?: BackoffOptions;
  /** A program that ended is started again only by `renew`. */
  readonly onlyRenewed?: boolean;
  /** What each extension is held to; nothing, when left out. */
  readonly limits?: GuardOptions | undefined;
  /** Milliseconds that an extension has to end after SIGTERM; 3,000 by default. */
  readonly stopMs?: number;
}

const defaultStopMs = 3000;

/** What an event says, as a sentence or two. */
export const textOf = (event: SupervisorEvent): string => {
  const again =
    'restartMs' in event && event.restartMs !== undefined ? ` It is started again in ${event.restartMs / 1000} s.` : '';
  switch (event.type) {
    case 'started':
      return `The process ${event.pid} has started.`;
    case 'exited': {
      const how = event.signal === null ? `ended with exit code ${event.code}` : `was ended by ${event.signal}`;
      return `The process ${event.pid} ${how} after ${(event.livedMs / 1000).toFixed(1)} s.${again}`;
    }
    case 'limit':
      return `The process ${event.pid} is stopping: ${event.message}.`;
    case 'failed':
      return `${event.message}${again}`;
  }
};

/** One extension that is kept running. */
export class Supervised {
  #program: ExtensionProgram;
  readonly #options: SupervisionOptions;
  #backoff: RestartBackoff;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;
  /** Whether it is ended to be started anew. */
  #renewing = false;
  #since = Date.now();
  #end = '';
  #ended = Promise.withResolvers<void>();

  constructor(program: ExtensionProgram, options: SupervisionOptions) {
    this.#program = program;
    this.#options = options;
    this.#backoff = new RestartBackoff(options.backoff);
  }

  /** The pid of the running process, which is its process group too. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How it is now. */
  get process(): SupervisedProcess {
    const { name, path } = this.#program;
    return { name, path, pid: this.pid, since: this.#since, end: this.#end };
  }

  /** Goes on with another program of the same path: one that runs is ended first. Nothing happens where it is the same. */
  renew(program: ExtensionProgram): void {
    const former = this.#program;
    this.#program = program;
    if (former.revision === program.revision || this.#stopping) return;
    this.#backoff = new RestartBackoff(this.#options.backoff);
    clearTimeout(this.#timer);
    const pid = this.pid;
    if (pid === undefined) return this.start();
    this.#renewing = true;
    void this.#terminate(pid);
  }

  /** Starts the program, if it may be started. */
  start(): void {
    const refusal = this.#options.verify?.(this.#program);
    if (refusal !== undefined) return this.#failed(refusal, 0);
    const child = launch(this.#program, this.#options);
    const startedAt = monotonicMs();
    child.once('error', error => {
      if (child.pid === undefined) this.#failed(error.message, monotonicMs() - startedAt);
    });
    if (child.pid === undefined) return;
    this.#child = child;
    this.#ended = Promise.withResolvers<void>();
    this.#listen(child, child.pid, startedAt);
    this.#tell({ type: 'started', extension: this.#program.name, pid: child.pid });
  }

  /** Ends the whole process group: SIGTERM, and SIGKILL for what is left of it in the end. @param stopMs how long it has for that */
  async stop(stopMs?: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const pid = this.pid;
    if (pid !== undefined) await this.#terminate(pid, stopMs);
  }

  async #terminate(pid: number, stopMs = this.#options.stopMs ?? defaultStopMs): Promise<void> {
    signalGroup(pid, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), stopMs);
    await this.#ended.promise;
    clearTimeout(timer);
  }

  /** Ends a process that takes more than it may; it is started again, later each time. */
  #hold(pid: number): () => boolean {
    const { limits, onEvent } = this.#options;
    if (limits === undefined) return () => false;
    let exceeded = false;
    const onVerdict = ({ degree, message }: Verdict): void => {
      if (degree === 'near' || exceeded) return;
      exceeded = true;
      onEvent({ type: 'limit', extension: this.#program.name, pid, message });
      void this.#terminate(pid);
    };
    const held = guard(pid, limits, { onVerdict });
    return () => {
      held.end();
      return exceeded;
    };
  }

  #listen(child: ChildProcess, pid: number, startedAt: number): void {
    const { name } = this.#program;
    for (const stream of ['stdout', 'stderr'] as const) {
      const output = child[stream];
      if (output !== null) readLines(output, line => this.#options.onLine(name, stream, line));
    }
    const letGo = this.#hold(pid);
    child.once('exit', (code, signal) => {
      const exceeded = letGo();
      signalGroup(pid, 'SIGKILL'); // what it started must not outlive it, or there would be twins
      this.#child = undefined;
      const livedMs = monotonicMs() - startedAt;
      const restartMs = this.#restart(exceeded ? 0 : livedMs);
      this.#tell({ type: 'exited', extension: name, pid, code, signal, livedMs, restartMs });
      this.#ended.resolve();
    });
  }

  #tell(event: SupervisorEvent): void {
    this.#since = Date.now();
    if (event.type !== 'started') this.#end = textOf(event);
    this.#options.onEvent(event);
  }

  #failed(message: string, livedMs: number): void {
    const restartMs = this.#restart(livedMs);
    this.#tell({ type: 'failed', extension: this.#program.name, message, restartMs });
  }

  #restart(livedMs: number): number | undefined {
    if (this.#stopping || (this.#options.onlyRenewed === true && !this.#renewing)) return undefined;
    const restartMs = this.#renewing ? 0 : this.#backoff.after(livedMs);
    this.#renewing = false;
    this.#timer = setTimeout(() => this.start(), restartMs);
    return restartMs;
  }
}
