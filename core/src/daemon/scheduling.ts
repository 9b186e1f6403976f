import type { Core } from '../agent/core.ts';
import type { Config } from '../config/index.ts';
import { rowsAsText } from '../engine/rows.ts';
import { reasonOf } from '../reason.ts';
import type { Outbox } from '../results/outbox/outbox.ts';
import { systemClock } from '../schedule/clock.ts';
import { Decorators } from '../schedule/decorators.ts';
import type { Quarantine } from '../schedule/quarantine.ts';
import type { ScheduledQuery } from '../schedule/query.ts';
import { Scheduler } from '../schedule/scheduler.ts';
import type { Store } from '../storage/store.ts';
import { scheduleSettings } from './settings.ts';

/** What the schedule of a daemon works with. */
export interface ScheduleParts {
  readonly core: Core;
  readonly store: Store;
  readonly config: Config;
  readonly outbox: Outbox;
  readonly hostIdentifier: () => string;
  readonly quarantine: Quarantine;
  /** The schedule is over: `--schedule_timeout`, or it has failed. */
  readonly onOver: () => void;
}

/** A schedule that runs. */
export interface RunningSchedule {
  readonly scheduler: Scheduler;
  /** Begins nothing more, and waits so long for what runs. */
  stop(timeoutMs: number): Promise<void>;
}

/** Queries that tell about the host for every log line, run in the lane of the schedule. */
const decoratorsOf = ({ flags, status, engine }: Core): Decorators =>
  new Decorators({
    status,
    disabled: () => flags.get('disable_decorators'),
    runQuery: async sql => {
      const result = await engine.query(sql, { lane: 'scheduled', name: 'decorator', encoding: 'thrift' });
      return { first: rowsAsText(result)[0], rowCount: result.rowCount };
    },
  });

const schedulerOf = (parts: ScheduleParts, decorators: Decorators): Promise<Scheduler> => {
  const { core, store, outbox, hostIdentifier, quarantine } = parts;
  const { flags, status, engine } = core;
  return Scheduler.open({
    decorations: () => decorators.current(),
    beforeQuery: () => decorators.always(),
    afterTick: async time => {
      await decorators.atInterval(time);
      await reload(parts, time);
    },
    store,
    outbox,
    status,
    runQuery: (sql, options) => engine.query(sql, { ...options, lane: 'scheduled' }),
    settings: () => scheduleSettings(flags),
    hostIdentifier,
    clock: systemClock,
    random: Math.random,
    quarantine,
  });
};

/** `--schedule_reload`: the database is opened anew now and then; one that cannot be goes on being tried with each use. */
const reload = async ({ core, store }: ScheduleParts, time: number): Promise<void> => {
  const { flags, status, engine } = core;
  const every = flags.get('schedule_reload');
  if (every === 0 || time % every !== 0) return;
  if (flags.get('schedule_reload_sql')) engine.shrink();
  status.verbose('database', 'The database is closed and opened again (--schedule_reload).');
  try {
    await store.reopen();
  } catch (error) {
    status.warning('database', `The database could not be opened again: ${reasonOf(error)}`);
  }
};

/** Lets the tables about the agent tell of its schedule. */
const show = (scheduler: Scheduler, { state }: Core): void => {
  state.schedule = () => scheduler.rows();
  state.standings = () => scheduler.standings();
  state.runs = () => scheduler.runs.rows();
  state.scans = () => scheduler.scans();
};

/** Runs the schedule of the configuration, with its decorators, and takes over each change of it. */
export const runSchedule = async (parts: ScheduleParts): Promise<RunningSchedule> => {
  const { core, config, onOver } = parts;
  const decorators = decoratorsOf(core);
  const scheduler = await schedulerOf(parts, decorators);
  show(scheduler, core);
  const takeOver = async (schedule: readonly ScheduledQuery[]): Promise<void> => {
    await decorators.update(config.decorators);
    await scheduler.update(schedule);
  };
  await takeOver(config.schedule);
  const unsubscribe = config.onChange(takeOver);
  // A query that named a table which nobody had can run once an extension has brought it.
  const stopListening = core.engine.catalog.onChange(() => void config.reconsider());
  await config.reconsider();
  scheduler.run().then(onOver, (error: unknown) => {
    core.status.error('scheduler', `The schedule has failed, and the agent ends: ${String(error)}`);
    onOver();
  });
  const stop = (timeoutMs: number): Promise<void> => {
    unsubscribe();
    stopListening();
    return scheduler.stop(timeoutMs);
  };
  return { scheduler, stop };
};
