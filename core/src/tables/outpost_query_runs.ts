import { bigint, defineTable, double, integer, type TableDefinition, text } from '@outpost/sdk';
import type { RunRecord } from '../schedule/run-log.ts';

/** The table `outpost_query_runs`. @param runs the last runs, oldest first */
export const outpostQueryRuns = (runs: () => readonly RunRecord[]): TableDefinition =>
  defineTable({
    name: 'outpost_query_runs',
    description: 'The last runs of scheduled queries, with how each ended.',
    attributes: { utility: true },
    examples: [
      "select name, datetime(started, 'unixepoch') as at, code, error from outpost_query_runs where status = 'failed'",
    ],
    columns: {
      name: text('Scheduled name of the query'),
      started: double('When it began, seconds since the epoch'),
      status: text('ok; failed; denied, being in quarantine; late, its last run not having ended'),
      code: text('Code of the error'),
      error: text('Why it gave no result'),
      wall_time_ms: double('How long it took, milliseconds'),
      user_time_ms: double('CPU time of its thread outside the kernel, milliseconds'),
      system_time_ms: double('CPU time of its thread in the kernel, milliseconds'),
      rows: bigint('Rows of its result'),
      added: bigint('Rows that were logged as added'),
      removed: bigint('Rows that were logged as removed'),
      counter: integer('The counter in its log lines'),
      reason: text(
        'What its log lines rest on: initial, epoch and recovered have all rows; edited and changed what differs from the last result; unchanged nothing; snapshot and events what the query gave',
      ),
    },
    generate: () =>
      runs().map(
        ({
          name,
          startedMs,
          status,
          code,
          error,
          wallMs,
          userMs,
          systemMs,
          rows,
          added,
          removed,
          counter,
          reason,
        }) => ({
          name,
          started: startedMs / 1000,
          status,
          code,
          error,
          wall_time_ms: wallMs,
          user_time_ms: userMs,
          system_time_ms: systemMs,
          rows,
          added,
          removed,
          counter: counter ?? null,
          reason,
        }),
      ),
  }) as TableDefinition;
