import type { StatusLog } from '../status.ts';
import type { Refusals } from './refusals.ts';
import type { StateLog } from './states.ts';
import type { SupervisedProcess } from './supervised-process.ts';
import type { SupervisedProcesses } from './supervised-processes.ts';

/** What watching registrations needs. */
export interface RegistrationWatchOptions {
  readonly processes: SupervisedProcesses;
  readonly states: StateLog;
  readonly status: StatusLog;
  /** Milliseconds that a process has to register. */
  readonly timeoutMs: number;
  readonly refusals: Refusals;
  /** Whether a process has registered an extension. */
  readonly hasRegistered: (process: SupervisedProcess) => boolean;
}

/**
 * Watches whether the processes of extensions that the agent keeps running register: one may run for ever and never do, since its SDK
 * passes over a refusal, or since it waits for something. Their coming and going is noted among the changes of state.
 */
export class RegistrationWatch implements Disposable {
  readonly #options: RegistrationWatchOptions;
  readonly #due = new Map<number, NodeJS.Timeout>();
  readonly #late = new Set<number>();
  readonly #end: () => void;

  constructor(options: RegistrationWatchOptions) {
    this.#options = options;
    this.#end = options.processes.onChange((all, former) => this.#follow(all, former));
  }

  /** Whether a process has not registered within its time. */
  isLate(process: SupervisedProcess): boolean {
    return process.pid !== undefined && this.#late.has(process.pid) && !this.#options.hasRegistered(process);
  }

  /** Watches nothing any more. */
  [Symbol.dispose](): void {
    this.#end();
    for (const timer of this.#due.values()) clearTimeout(timer);
    this.#due.clear();
  }

  #follow(all: readonly SupervisedProcess[], former: readonly SupervisedProcess[]): void {
    const before = new Map(former.map(process => [process.path, process]));
    const running = new Set(all.map(({ pid }) => pid));
    for (const { pid, path, name, end } of former) {
      if (pid === undefined || running.has(pid)) continue;
      clearTimeout(this.#due.get(pid));
      this.#due.delete(pid);
      this.#late.delete(pid);
      const now = all.find(process => process.path === path);
      const how = now === undefined ? 'It is kept running no longer.' : now.end;
      this.#options.states.process(name, 'ended', how === end ? `The process ${pid} has ended.` : how);
    }
    for (const process of all) if (before.get(process.path)?.pid !== process.pid) this.#begin(process);
  }

  #begin(process: SupervisedProcess): void {
    const { states, timeoutMs } = this.#options;
    const { pid, name } = process;
    if (pid === undefined) return;
    states.process(name, 'started', `The process ${pid} has started.`);
    const timer = setTimeout(() => this.#expect(process, pid), timeoutMs).unref();
    this.#due.set(pid, timer);
  }

  #expect(process: SupervisedProcess, pid: number): void {
    this.#due.delete(pid);
    const { states, status, timeoutMs, hasRegistered, processes, refusals } = this.#options;
    if (hasRegistered(process)) return;
    this.#late.add(pid);
    const reason = `The process ${pid} has not registered within ${timeoutMs / 1000} s.${refusals.sentenceAbout({ pid })}`;
    states.process(process.name, 'unregistered', reason);
    status.warning('extensions', `The extension ${process.name}: ${reason}${processes.logs.quoteLast(process.name)}`);
  }
}
