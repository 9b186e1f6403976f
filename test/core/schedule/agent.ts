import Database from 'better-sqlite3';
import { Outbox, type OutboxOptions } from '../../../core/src/results/outbox/outbox.ts';
import type { ScheduledQuery } from '../../../core/src/schedule/query.ts';
import type { RunQuery, RunResult } from '../../../core/src/schedule/runner.ts';
import { Scheduler, type SchedulerOptions } from '../../../core/src/schedule/scheduler.ts';
import { defaultSettings, type ScheduleSettings } from '../../../core/src/schedule/settings.ts';
import { Store } from '../../../core/src/storage/store.ts';
import { type Cell, encodeBlock } from '../results/rows.ts';
import { FakeClock, settle } from './fake-clock.ts';

/** An engine that answers at once from an SQLite database of the test. */
export class TestEngine {
  readonly db = new Database(':memory:');

  readonly runQuery: RunQuery = async sql => this.answer(sql);

  answer(sql: string): RunResult {
    const statement = this.db.prepare(sql);
    const rows = statement.safeIntegers().raw().all() as Cell[][];
    const columns = statement.columns().map(({ name }) => ({ name }));
    const stats = { wallMs: 1, userMs: 1, systemMs: 0 };
    return { columns, blocks: [encodeBlock(rows)], rowCount: rows.length, stats };
  }
}

/** The part of an agent that schedules and logs, over a store that outlives it. */
export interface Agent {
  readonly scheduler: Scheduler;
  readonly outbox: Outbox;
  readonly results: string[];
  readonly snapshots: string[];
  readonly status: string[];
  stop(): Promise<void>;
}

export interface AgentOptions extends Partial<Omit<SchedulerOptions, 'settings'>> {
  readonly settings?: Partial<ScheduleSettings>;
  readonly runQuery: RunQuery;
}

/** Starts an agent. */
export async function startAgent(queries: readonly ScheduledQuery[], options: AgentOptions): Promise<Agent> {
  const store = options.store ?? Store.memory();
  const clock = options.clock ?? new FakeClock();
  const status: string[] = [];
  const say = (letter: string) => (_source: string, message: string) => void status.push(`${letter} ${message}`);
  const results: string[] = [];
  const snapshots: string[] = [];
  const outboxOptions: OutboxOptions = {
    loggers: ['test'],
    budgetBytes: 1e8,
    sequence: false,
    report: (_severity, message) => void status.push(message),
    statusText: message => message,
    clock,
  };
  const outbox = await Outbox.open(store, outboxOptions);
  await outbox.attach({
    name: 'test',
    deliver: async entries => {
      for (const { kind, text } of entries) (kind === 'snapshot' ? snapshots : results).push(text);
    },
  });
  const scheduler = await Scheduler.open({
    store,
    outbox,
    clock,
    status: { info: say('I'), warning: say('W'), error: say('E'), verbose: () => undefined },
    hostIdentifier: () => 'golden-host',
    random: Math.random,
    ...options,
    settings: () => ({ ...defaultSettings, splayPercent: 101, ...options.settings }),
  });
  await scheduler.update(queries);
  const stop = async (): Promise<void> => {
    await scheduler.stop();
    await settle();
    await outbox.close();
  };
  return { scheduler, outbox, results, snapshots, status, stop };
}
