import { availableParallelism } from 'node:os';
import type { Limits } from './limits.ts';
import type { Usage } from './usage.ts';

/** How often processes are looked at, seconds. */
export const checkSeconds = 3;
/** From this share of the memory limit on a process is asked to take less. */
const softShare = 0.8;
/** From so many times the memory limit on a process is not asked any more. */
const severeFactor = 2;

/** What a process may take too much of. */
export type LimitKind = 'memory' | 'cpu';

/** A limit that was exceeded, or is near, with its figures. */
export interface Verdict {
  readonly kind: LimitKind;
  /** `near`: it is asked to take less. `over`: it has to take less by the next check, or end. `severe`: it has to end. */
  readonly degree: 'near' | 'over' | 'severe';
  readonly message: string;
}

/** What a check has found. */
export interface Reading {
  /** CPU time since the last check, and what is allowed, milliseconds. */
  readonly cpuMs: number;
  readonly allowedCpuMs: number;
  /** Growth of the resident memory, and what is allowed, bytes. */
  readonly grownBytes: number;
  readonly allowedBytes: number;
  readonly verdict: Verdict | undefined;
}

const megabyte = 1024 * 1024;
const megabytes = (bytes: number): string => `${Math.round(bytes / megabyte)}MB`;

/** A reading as the line of `--enable_watchdog_debug`, which is osquery's. */
export const readingText = (pid: number, { cpuMs, allowedCpuMs, grownBytes, allowedBytes }: Reading): string => {
  const memory = `${(grownBytes / megabyte).toFixed(2)}MB/${megabytes(allowedBytes)}`;
  return `pid: ${pid}, cpu: ${Math.round(cpuMs)}ms/${Math.round(allowedCpuMs)}ms, memory: ${memory}`;
};

/** Compares what one process takes with its limits, check by check. */
export class LimitWatch {
  readonly #limits: Limits;
  readonly #allowedCpuMs: number;
  #firstBytes: number | undefined;
  #lastCpuMs = 0;
  #sustained = 0;
  #asked = false;

  constructor(limits: Limits, cpus = availableParallelism()) {
    this.#limits = limits;
    this.#allowedCpuMs = (limits.cpuPercent / 100) * checkSeconds * 1000 * cpus;
  }

  /** What the process takes at the next check is what it needs to be there: growth counts from that on. */
  settle(): void {
    this.#firstBytes = undefined;
  }

  /**
   * Takes the next figures. CPU must be exceeded in every check for as long as the limit allows; the first check counts all that was
   * taken before.
   * @param elapsedSeconds since the last check: more than {@link checkSeconds} when the watcher was kept from looking
   */
  check({ cpuMs, residentBytes }: Usage, elapsedSeconds = checkSeconds): Reading {
    this.#firstBytes ??= residentBytes;
    const taken = {
      cpuMs: cpuMs - this.#lastCpuMs,
      allowedCpuMs: this.#allowedCpuMs * Math.max(1, elapsedSeconds / checkSeconds),
      grownBytes: Math.max(0, residentBytes - this.#firstBytes),
      allowedBytes: this.#limits.memoryBytes,
    };
    this.#lastCpuMs = cpuMs;
    return { ...taken, verdict: this.#checkCpu(taken) ?? this.#checkMemory(taken.grownBytes) };
  }

  #checkCpu({ cpuMs, allowedCpuMs }: Pick<Reading, 'cpuMs' | 'allowedCpuMs'>): Verdict | undefined {
    this.#sustained = cpuMs > allowedCpuMs ? this.#sustained + 1 : 0;
    const seconds = this.#sustained * checkSeconds;
    if (this.#sustained === 0 || seconds < this.#limits.latencySeconds) return undefined;
    const allowed = Math.round(this.#allowedCpuMs);
    const message = `Maximum sustainable CPU utilization limit ${allowed}ms exceeded for ${seconds} seconds`;
    return { kind: 'cpu', degree: 'over', message };
  }

  #checkMemory(grown: number): Verdict | undefined {
    const { memoryBytes } = this.#limits;
    const figures = `${grown} bytes (limit is ${megabytes(memoryBytes)})`;
    if (grown > memoryBytes) {
      const degree = grown > memoryBytes * severeFactor ? 'severe' : 'over';
      return { kind: 'memory', degree, message: `Memory limits exceeded: ${figures}` };
    }
    const near = grown > memoryBytes * softShare;
    const ask = near && !this.#asked;
    this.#asked = near;
    return ask ? { kind: 'memory', degree: 'near', message: `Memory limit is near: ${figures}` } : undefined;
  }
}
