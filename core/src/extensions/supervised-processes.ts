import type { Peer } from '@outpost/protocol';
import type { StatusLog } from '../status.ts';
import { ExtensionLogs } from './extension-logs.ts';
import { lineageOf } from './lineage.ts';
import type { SupervisedProcess } from './supervised-process.ts';

type Listener = (processes: readonly SupervisedProcess[], former: readonly SupervisedProcess[]) => void;

/** The processes of extensions that the agent keeps running, as their supervisor last told of them, in this process or in the watcher. */
export class SupervisedProcesses {
  /** What they wrote last. */
  readonly logs = new ExtensionLogs();
  readonly #listeners = new Set<Listener>();
  #all: readonly SupervisedProcess[] = [];

  /** @param status where what they write passes through */
  constructor(status: StatusLog) {
    status.onLine(this.logs.add);
  }

  /** How each is now. */
  get all(): readonly SupervisedProcess[] {
    return this.#all;
  }

  /** Takes over what the supervisor tells. */
  update(processes: readonly SupervisedProcess[]): void {
    const former = this.#all;
    this.#all = processes;
    for (const listener of [...this.#listeners]) listener(processes, former);
  }

  /** Tells `listener` of what is there, and of every change from now on. @returns a function that ends it */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    listener(this.#all, []);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for a change after which something holds. @returns whether it came within the time */
  until(holds: () => boolean, timeoutMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), timeoutMs);
    const stop = this.onChange(() => {
      if (holds()) resolve(true);
    });
    return promise.finally(() => {
      clearTimeout(timer);
      stop();
    });
  }

  /** The supervised process that a peer is or comes from. */
  of(peer: Peer): SupervisedProcess | undefined {
    if (peer === undefined || this.#all.length === 0) return undefined;
    const lineage = lineageOf(peer);
    return this.#all.find(({ pid }) => pid !== undefined && lineage.has(pid));
  }
}
