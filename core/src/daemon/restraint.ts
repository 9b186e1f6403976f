import type { Core } from '../agent/core.ts';
import { workerLimits } from '../agent/limits.ts';
import type { Distributed } from '../distributed/index.ts';
import type { Scheduler } from '../schedule/scheduler.ts';
import { reduceMemory } from '../system.ts';
import { type Culprit, queryText } from '../watchdog/last-end.ts';
import type { LimitKind } from '../watchdog/limit-watch.ts';
import { MemoryWatch } from './memory-watch.ts';

const megabyte = 1024 * 1024;
const megabytes = (bytes: number): string => `${Math.round(bytes / megabyte)} MB`;

/** While memory is scarce a result may have this share of what the process may grow by. */
const resultShare = 0.1;

/** The parts of an agent whose queries may be to blame. */
export interface RestrainedParts {
  readonly scheduler: () => Scheduler | undefined;
  readonly distributed: () => Distributed | undefined;
  /** Is told who is to blame. */
  readonly onCulprit: (culprit: Culprit) => void;
}

/** Keeps a worker within its limits by stopping what is to blame, one query at a time; its watcher can only end the whole. */
export class Restraint {
  readonly #core: Core;
  readonly #parts: RestrainedParts;
  #memory: MemoryWatch | undefined;

  constructor(core: Core, parts: RestrainedParts) {
    this.#core = core;
    this.#parts = parts;
  }

  /** Looks at the memory of the process from now on, after the time of grace. */
  watchMemory(): void {
    const { flags, engine } = this.#core;
    const limitBytes = workerLimits(flags).memoryBytes;
    const memory = new MemoryWatch({
      limitBytes,
      isBusy: () => engine.busy,
      residentBytes: () => process.memoryUsage.rss(),
      onScarce: grown => {
        engine.limitResults(limitBytes * resultShare);
        this.relieve(`The agent has grown by ${megabytes(grown)} of the ${megabytes(limitBytes)} that it may`);
      },
      onAmple: () => {
        engine.limitResults(0);
        this.#core.status.info('daemon', 'Memory is no longer scarce: results of any size are given again.');
      },
      onFull: grown =>
        void this.stopCulprit(
          'memory',
          `its memory has grown by ${megabytes(grown)}, where ${megabytes(limitBytes)} are allowed`,
        ),
    });
    this.#memory = memory;
    const graceMs = Number(flags.get('watchdog_delay')) * 1000 - process.uptime() * 1000;
    setTimeout(
      () => {
        engine.onBusy = () => memory.wake();
        if (engine.busy) memory.wake();
      },
      Math.max(0, graceMs),
    ).unref();
  }

  /** Gives back what memory can be had back. */
  relieve(message: string): void {
    const { status, engine } = this.#core;
    status.warning('daemon', `${message}. Caches and idle query threads are dropped, and large results refused.`);
    engine.shrink();
    reduceMemory();
  }

  /** Stops the query for which the agent takes more than it may. */
  async stopCulprit(kind: LimitKind, limit: string): Promise<void> {
    const { status, engine } = this.#core;
    const culprit = await engine.stopCulprit(kind, limit);
    const text = `The agent takes more than it may: ${limit}.`;
    if (culprit === undefined) {
      status.warning('daemon', `${text} No single query is to blame.`);
    } else {
      status.warning(
        'daemon',
        `${text} To blame is ${queryText(culprit)}, which is stopped if it can be: ${culprit.figure}.`,
      );
      this.#parts.onCulprit(culprit);
    }
    if (kind === 'memory') reduceMemory();
  }

  /** Has the query held for which the agent is about to be ended, and whoever asked it told. */
  async blame(kind: LimitKind, limit: string): Promise<void> {
    const culprit = await this.#core.engine.culprit(kind);
    if (culprit === undefined) return;
    this.#parts.onCulprit(culprit);
    if (culprit.lane === 'scheduled') await this.#parts.scheduler()?.blame(culprit, limit);
    if (culprit.lane === 'live') this.#parts.distributed()?.blame(culprit.name, `${limit}: ${culprit.figure}`);
  }

  /** Ends the watch. */
  end(): void {
    this.#core.engine.onBusy = undefined;
    this.#memory?.end();
  }
}
