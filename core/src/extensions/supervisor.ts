import type { ExtensionProgram } from './program.ts';
import { Supervised, type SupervisionOptions } from './supervised.ts';

export type { ExtensionProgram } from './program.ts';
export type { SupervisionOptions, SupervisorEvent } from './supervised.ts';

/**
 * Keeps the processes of extensions running, for ever, and ends them all. It runs in the watcher, so it and what it imports import
 * nothing but Node.js.
 */
export class Supervisor implements AsyncDisposable {
  readonly #extensions: readonly Supervised[];

  constructor(programs: readonly ExtensionProgram[], options: SupervisionOptions) {
    this.#extensions = programs.map(program => new Supervised(program, options));
  }

  /** Starts all of them. Call it once. */
  start(): void {
    for (const extension of this.#extensions) extension.start();
  }

  /** How many there are. */
  get size(): number {
    return this.#extensions.length;
  }

  /** The pids of those that run now, each the leader of a process group. */
  get pids(): readonly number[] {
    return this.#extensions.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Ends all of them, within the time that each has. @returns once all have ended */
  async stop(): Promise<void> {
    await Promise.all(this.#extensions.map(extension => extension.stop()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
