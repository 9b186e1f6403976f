import { availableParallelism } from 'node:os';
import type { Limits } from './limits.ts';
import type { Usage } from './usage.ts';

/** How often processes are looked at, seconds. */
export const checkSeconds = 3;
/** From this share of the memory limit on a process is asked to take less. */
const softShare = 0.8;

/** A limit that was exceeded, with its figures. */
export interface Verdict {
  readonly kind: 'memory' | 'cpu';
  /** Whether the process has to end; else it is only asked to take less. */
  readonly hard: boolean;
  readonly message: string;
}

/** Compares what one process takes with its limits, check by check. */
export class LimitWatch {
  readonly #limits: Limits;
  readonly #cpus: number;
  #firstBytes: number | undefined;
  #lastCpuMs = 0;
  #sustained = 0;
  #asked = false;

  constructor(limits: Limits, cpus = availableParallelism()) {
    this.#limits = limits;
    this.#cpus = cpus;
  }

  /**
   * Takes the next figures, {@link checkSeconds} after the last ones. CPU must be exceeded in every check for as long as the limit
   * allows; the first check counts all that was taken before.
   * @returns the limit that is exceeded
   */
  check({ cpuMs, residentBytes }: Usage): Verdict | undefined {
    return this.#checkCpu(cpuMs) ?? this.#checkMemory(residentBytes);
  }

  #checkCpu(cpuMs: number): Verdict | undefined {
    const { cpuPercent, latencySeconds } = this.#limits;
    const allowedMs = (cpuPercent / 100) * checkSeconds * 1000 * this.#cpus;
    this.#sustained = cpuMs - this.#lastCpuMs > allowedMs ? this.#sustained + 1 : 0;
    this.#lastCpuMs = cpuMs;
    const seconds = this.#sustained * checkSeconds;
    if (this.#sustained === 0 || seconds < latencySeconds) return undefined;
    const message = `Maximum sustainable CPU utilization limit ${Math.round(allowedMs)}ms exceeded for ${seconds} seconds`;
    return { kind: 'cpu', hard: true, message };
  }

  #checkMemory(residentBytes: number): Verdict | undefined {
    this.#firstBytes ??= residentBytes;
    const { memoryBytes } = this.#limits;
    const grown = Math.max(0, residentBytes - this.#firstBytes);
    const limit = `${Math.round(memoryBytes / (1024 * 1024))}MB`;
    if (grown > memoryBytes)
      return { kind: 'memory', hard: true, message: `Memory limits exceeded: ${grown} bytes (limit is ${limit})` };
    const near = grown > memoryBytes * softShare;
    const ask = near && !this.#asked;
    this.#asked = near;
    if (!ask) return undefined;
    return { kind: 'memory', hard: false, message: `Memory limit is near: ${grown} bytes (limit is ${limit})` };
  }
}
