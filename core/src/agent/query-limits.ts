import type { QueryLimits } from '../engine/engine.ts';
import type { Lane } from '../engine/lane.ts';
import type { FlagStore } from '../flags/index.ts';

/** The flags that bound the queries of each lane, in seconds. */
const flagsOf = {
  scheduled: { deadline: 'schedule_deadline', cpu: 'schedule_cpu_limit' },
  live: { deadline: 'distributed_deadline', cpu: 'distributed_cpu_limit' },
  shell: { deadline: 'shell_deadline', cpu: 'shell_cpu_limit' },
  extension: { deadline: 'extensions_query_deadline', cpu: 'extensions_query_cpu_limit' },
} as const;

/** The value of a flag; 0 stands for any. */
const orAny = (value: number): number => (value === 0 ? Number.POSITIVE_INFINITY : value);

/** What the flags give a query of a lane now. */
export const queryLimits = (flags: FlagStore, lane: Lane): QueryLimits => {
  const { deadline, cpu } = flagsOf[lane];
  return {
    deadlineMs: orAny(Number(flags.get(deadline))) * 1000,
    budget: {
      rows: orAny(Number(flags.get('query_max_rows'))),
      bytes: orAny(Number(flags.get('query_max_bytes'))),
      cpuMs: orAny(Number(flags.get(cpu))) * 1000,
      memory: Number(flags.get('query_memory_limit')) * 2 ** 20,
    },
  };
};
