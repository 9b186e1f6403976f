import type { Core } from '../agent/core.ts';
import { writeMetrics } from '../metrics/file.ts';
import { listenMetrics } from '../metrics/listen.ts';
import { type Metric, type MetricSource, Metrics, processMetrics } from '../metrics/metrics.ts';
import type { Outbox } from '../results/outbox/outbox.ts';
import type { Scheduler } from '../schedule/scheduler.ts';

/** The parts of a daemon that have figures. */
export interface MeasuredParts {
  readonly core: Core;
  readonly outbox: Outbox;
  readonly scheduler: Scheduler;
}

type Labels = NonNullable<Metric['labels']>;
const counter = (name: string, help: string, value: number, labels: Labels = {}): Metric => ({
  name,
  type: 'counter',
  help,
  value,
  labels,
});
const gauge = (name: string, help: string, value: number, labels: Labels = {}): Metric => ({
  ...counter(name, help, value, labels),
  type: 'gauge',
});

function* engineMetrics({ engine }: Core): Generator<Metric> {
  for (const [lane, { queries, failures, wallMs, cpuMs, rows }] of engine.tally.lanes) {
    yield counter('queries', 'Queries that ended', queries, { lane });
    yield counter('query_failures', 'Queries that ended without a result', failures, { lane });
    yield counter('query_seconds', 'Time that queries took, waiting included', wallMs / 1000, { lane });
    yield counter('query_cpu_seconds', 'CPU time of queries that gave a result', cpuMs / 1000, { lane });
    yield counter('query_rows', 'Rows of results', rows, { lane });
  }
  yield gauge('query_threads_abandoned', 'Query threads that hang in a system call', engine.abandoned);
}

function* outboxMetrics(outbox: Outbox): Generator<Metric> {
  const { bytes, lines, dropped } = outbox.size;
  yield gauge('outbox_waiting_lines', 'Log lines that not every logger has taken', lines);
  yield gauge('outbox_waiting_bytes', 'Bytes of those lines in the store', bytes);
  yield counter('outbox_dropped_lines', 'Log lines dropped to keep within the budget, ever', dropped);
  for (const [logger, lag] of outbox.lags())
    yield gauge('outbox_logger_lag_lines', 'Log lines that the logger has yet to take', lag, { logger });
}

function* scheduleMetrics(scheduler: Scheduler): Generator<Metric> {
  const standings = scheduler.standings();
  const sum = (pick: (one: (typeof standings)[number]) => number): number =>
    standings.reduce((total, one) => total + pick(one), 0);
  yield gauge('schedule_queries', 'Queries of the schedule', standings.length);
  yield gauge(
    'schedule_running',
    'Queries of the schedule that run now',
    sum(({ running }) => running),
  );
  yield gauge(
    'schedule_quarantined',
    'Queries that are held because they did harm',
    scheduler.quarantine.rows().length,
  );
  const runs = 'Runs of the queries of the schedule since the start';
  yield gauge(
    'schedule_runs',
    runs,
    sum(one => one.runs_ok),
    { status: 'ok' },
  );
  yield gauge(
    'schedule_runs',
    runs,
    sum(one => one.runs_failed),
    { status: 'failed' },
  );
  yield gauge(
    'schedule_runs',
    runs,
    sum(one => one.runs_left_out),
    { status: 'left_out' },
  );
}

function* extensionMetrics({ state }: Core): Generator<Metric> {
  const extensions = state.extensions?.().filter(({ type }) => type === 'extension') ?? [];
  yield gauge('extensions', 'Registered extensions', extensions.length);
}

function* statusMetrics({ status }: Core): Generator<Metric> {
  const names = ['info', 'warning', 'error', 'fatal'];
  for (const [severity, count] of status.counts.entries())
    yield counter('status_lines', 'Recorded lines of the status log', count, { severity: names[severity] ?? '' });
  yield counter('status_dropped_lines', 'Lines that were dropped before a logger took them', status.dropped);
}

/**
 * Begins to give the figures of a daemon: to the table, to the file of `--metrics_file`, to readers at `--metrics_listen`.
 * @returns what ends it
 * @throws OutpostError METRICS_ADDRESS_INVALID
 */
export const openMetrics = async ({ core, outbox, scheduler }: MeasuredParts): Promise<() => Promise<void>> => {
  const { flags, status, state } = core;
  const metrics = new Metrics();
  const sources: readonly MetricSource[] = [
    processMetrics,
    () => engineMetrics(core),
    () => scheduleMetrics(scheduler),
    () => outboxMetrics(outbox),
    () => extensionMetrics(core),
    () => statusMetrics(core),
  ];
  for (const source of sources) metrics.add(source);
  state.metrics = () => metrics.read();
  const [file, address] = [flags.get('metrics_file'), flags.get('metrics_listen')];
  const server = address === '' ? undefined : await listenMetrics(metrics, address, status);
  const end = file === '' ? undefined : writeMetrics(metrics, file, flags.get('metrics_interval'), status);
  return async () => {
    end?.();
    await server?.close();
  };
};
