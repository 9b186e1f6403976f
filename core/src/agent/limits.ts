import type { FlagStore } from '../flags/index.ts';
import type { GuardOptions } from '../watchdog/guard.ts';
import { type Limits, limitsOf } from '../watchdog/limits.ts';

/** The limits that the flags set for the worker. */
export const workerLimits = (flags: FlagStore): Limits =>
  limitsOf({
    level: flags.get('watchdog_level'),
    memoryMb: flags.get('watchdog_memory_limit'),
    cpuPercent: flags.get('watchdog_utilization_limit'),
    latencySeconds: flags.get('watchdog_latency_limit'),
  });

/** The limits of extensions: those of the worker when they are asked for, else what flags of their own say. */
export const extensionLimits = (flags: FlagStore): GuardOptions | undefined => {
  const graceSeconds = Number(flags.get('watchdog_delay'));
  if (flags.get('enable_extensions_watchdog')) return { limits: workerLimits(flags), graceSeconds };
  const [memoryMb, cpuPercent] = [flags.get('extensions_memory_limit'), flags.get('extensions_utilization_limit')];
  if (memoryMb === 0 && cpuPercent === 0) return undefined;
  return { limits: limitsOf({ level: -1, memoryMb, cpuPercent, latencySeconds: 12 }), graceSeconds };
};
