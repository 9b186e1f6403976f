import { bigint, defineTable, double, integer, type TableDefinition, text } from '@outpost/sdk';

/** What the schedule knows about a query; the names are the columns'. */
export interface ScheduleStanding {
  readonly name: string;
  readonly splayed_interval: number;
  readonly next_run_in: number;
  readonly last_status: string;
  readonly last_code: string;
  readonly last_error: string;
  readonly last_rows: number;
  readonly last_started: number;
  readonly runs_ok: number;
  readonly runs_failed: number;
  readonly runs_left_out: number;
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly running: 0 | 1;
}

/** The table `outpost_schedule`. @param standings those of the schedule now */
export const outpostSchedule = (standings: () => readonly ScheduleStanding[]): TableDefinition =>
  defineTable({
    name: 'outpost_schedule',
    description: 'Where each scheduled query stands: when it runs next, how it last ended, how long it takes.',
    attributes: { utility: true },
    examples: ["select name, last_code, last_error from outpost_schedule where last_status <> 'ok'"],
    columns: {
      name: text('Scheduled name of the query'),
      splayed_interval: integer('Seconds between its runs, splay included'),
      next_run_in: integer('Seconds until it is due'),
      last_status: text('How its last run ended, as in outpost_query_runs; empty before the first'),
      last_code: text('Code of the error'),
      last_error: text('Why it gave no result'),
      last_rows: bigint('Rows of its last result'),
      last_started: double('When it last began, seconds since the epoch; 0 before the first run'),
      runs_ok: bigint('Runs since the start that gave a result'),
      runs_failed: bigint('Runs since the start that failed'),
      runs_left_out: bigint('Runs since the start that were left out'),
      p50_ms: double('Time that half of the last runs kept to, milliseconds'),
      p95_ms: double('Time that 95 of 100 of the last runs kept to, milliseconds'),
      running: integer('1 while it runs'),
    },
    generate: standings,
  }) as TableDefinition;
