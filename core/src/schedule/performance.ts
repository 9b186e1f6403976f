import type { TableStats } from '../engine/messages.ts';
import type { Operation, Store } from '../storage/store.ts';
import { packText, unpackText } from '../storage/values.ts';

/** The counters of a query in their stored order; the names are those of the columns of `osquery_schedule`. */
const fields = [
  'executions',
  'last_executed',
  'wall_time',
  'wall_time_ms',
  'last_wall_time_ms',
  'user_time',
  'last_user_time',
  'system_time',
  'last_system_time',
  'average_memory',
  'last_memory',
  'output_size',
] as const;

/** What the runs of a query have cost so far: seconds for `wall_time`, milliseconds for other times, bytes. */
export type QueryPerformance = Readonly<Record<(typeof fields)[number], number>>;

/** What one run has cost. */
export interface RunCost {
  readonly wallMs: number;
  readonly userMs: number;
  readonly systemMs: number;
  /** By how much memory grew; 0 when unknown. */
  readonly memoryBytes: number;
  /** Names and values of all rows; 0 for a run that failed. */
  readonly outputSize: number;
}

/** What the last run of a query that gave a result asked of its tables. Not stored: it is there once the query has run. */
export interface RunScans {
  /** When the run ended, seconds since the epoch. */
  readonly time: number;
  readonly tables: readonly TableStats[];
}

/** How many tables of a run are remembered: those that took longest. */
const tableLimit = 50;

/** What is remembered of the scans of a run. */
export const runScans = (tables: readonly TableStats[], time: number): RunScans => ({
  time,
  tables: tables.toSorted((left, right) => right.nanoseconds - left.nanoseconds).slice(0, tableLimit),
});

const parse = (text: string): QueryPerformance => {
  const parts = text.split(',');
  const numbers = parts.length < fields.length ? [] : parts.map(part => (/^\d+$/.test(part) ? Number(part) : 0));
  return Object.fromEntries(fields.map((field, index) => [field, numbers[index] ?? 0])) as QueryPerformance;
};

/** The counters of a query that never ran. */
export const noPerformance: QueryPerformance = parse('');

/** Reads the counters of a query. */
export async function loadPerformance(store: Store, name: string): Promise<QueryPerformance> {
  const bytes = await store.get('query_performance', name);
  return bytes === undefined ? noPerformance : parse(unpackText(bytes));
}

/** Writes the counters of a query. */
export const savePerformance = (name: string, performance: QueryPerformance): Operation => ({
  type: 'put',
  domain: 'query_performance',
  key: name,
  value: packText(fields.map(field => performance[field]).join(',')),
});

/** Forgets the counters of a query. */
export const forgetPerformance = (name: string): Operation => ({
  type: 'delete',
  domain: 'query_performance',
  key: name,
});

/** The counters after one more run, counted as osquery does: whole numbers, and growth only. */
export function addRun(before: QueryPerformance, cost: RunCost, unixTime: number): QueryPerformance {
  const [wall, user, system, memory] = [cost.wallMs, cost.userMs, cost.systemMs, cost.memoryBytes].map(Math.round) as [
    number,
    number,
    number,
    number,
  ];
  const { executions } = before;
  return {
    executions: executions + 1,
    last_executed: unixTime,
    wall_time: before.wall_time + Math.floor(wall / 1000),
    wall_time_ms: before.wall_time_ms + wall,
    last_wall_time_ms: wall,
    user_time: before.user_time + Math.max(0, user),
    last_user_time: user > 0 ? user : before.last_user_time,
    system_time: before.system_time + Math.max(0, system),
    last_system_time: system > 0 ? system : before.last_system_time,
    average_memory:
      memory > 0 ? Math.floor((before.average_memory * executions + memory) / (executions + 1)) : before.average_memory,
    last_memory: memory > 0 ? memory : before.last_memory,
    output_size: before.output_size + cost.outputSize,
  };
}
