import type { ExtensionProgram } from './program.ts';
import { Supervised, type SupervisionOptions } from './supervised.ts';
import type { SupervisedProcess } from './supervised-process.ts';

export type { ExtensionProgram } from './program.ts';
export { type SupervisionOptions, type SupervisorEvent, textOf } from './supervised.ts';

/**
 * Keeps the processes of extensions running, for ever, and ends them all. It runs in the watcher, so it and what it imports import
 * nothing but Node.js and each other.
 */
export class Supervisor implements AsyncDisposable {
  readonly #options: SupervisionOptions;
  readonly #extensions = new Map<string, Supervised>();
  /** Those that were taken out and have not ended yet. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(programs: readonly ExtensionProgram[], options: SupervisionOptions) {
    this.#options = options;
    for (const program of programs) this.#extensions.set(program.path, new Supervised(program, options));
  }

  /** Starts all of them. Call it once. */
  start(): void {
    for (const extension of this.#extensions.values()) extension.start();
  }

  /** Takes over a list of programs: new ones are started, those that are not on it ended, changed ones started anew; the others run on. */
  update(programs: readonly ExtensionProgram[]): void {
    const wanted = new Map(programs.map(program => [program.path, program]));
    for (const [path, extension] of this.#extensions) {
      if (wanted.has(path)) continue;
      this.#extensions.delete(path);
      const left = extension.stop();
      this.#leaving.add(left);
      void left.finally(() => this.#leaving.delete(left));
    }
    for (const [path, program] of wanted) {
      const known = this.#extensions.get(path);
      if (known !== undefined) {
        known.renew(program);
        continue;
      }
      const extension = new Supervised(program, this.#options);
      this.#extensions.set(path, extension);
      extension.start();
    }
  }

  /** How many there are. */
  get size(): number {
    return this.#extensions.size;
  }

  /** How each is now. */
  get processes(): readonly SupervisedProcess[] {
    return [...this.#extensions.values()].map(extension => extension.process);
  }

  /** The pids of those that run now, each the leader of a process group. */
  get pids(): readonly number[] {
    return [...this.#extensions.values()].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Ends all of them, within the time that each has, or so many milliseconds. @returns once all have ended */
  async stop(stopMs?: number): Promise<void> {
    await Promise.all([...this.#leaving, ...[...this.#extensions.values()].map(extension => extension.stop(stopMs))]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
