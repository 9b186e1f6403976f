/** What a process may take for long. */
export interface Limits {
  /** Growth of its resident memory since it was first seen, bytes. */
  readonly memoryBytes: number;
  /** Share of all CPUs, percent. */
  readonly cpuPercent: number;
  /** How long it may take more CPU than that, seconds. */
  readonly latencySeconds: number;
}

/** The flags that decide about limits. */
export interface LimitFlags {
  /** `--watchdog_level`: 0 normal, 1 restrictive, -1 practically none. */
  readonly level: number;
  /** `--watchdog_memory_limit`, MB; 0 leaves it to the level. */
  readonly memoryMb: number;
  /** `--watchdog_utilization_limit`, percent; 0 leaves it to the level. */
  readonly cpuPercent: number;
  /** `--watchdog_latency_limit`, seconds; 0 leaves it to the level. */
  readonly latencySeconds: number;
}

const megabyte = 1024 * 1024;
/** osquery's figures. */
const levels = {
  normal: { memoryMb: 200, cpuPercent: 10, latencySeconds: 12 },
  restrictive: { memoryMb: 100, cpuPercent: 5, latencySeconds: 6 },
  off: { memoryMb: 10_000, cpuPercent: 100, latencySeconds: 1000 },
} as const;

/** What a worker waits at the least that died too quickly, seconds. */
export const respawnSeconds = (level: number): number => (level === -1 ? 1 : 5);

/** The limits that flags set. */
export const limitsOf = ({ level, memoryMb, cpuPercent, latencySeconds }: LimitFlags): Limits => {
  const base = level === 1 ? levels.restrictive : level === -1 ? levels.off : levels.normal;
  return {
    memoryBytes: (memoryMb > 0 ? memoryMb : base.memoryMb) * megabyte,
    cpuPercent: Math.min(100, cpuPercent > 0 ? cpuPercent : base.cpuPercent),
    latencySeconds: latencySeconds > 0 ? latencySeconds : base.latencySeconds,
  };
};
