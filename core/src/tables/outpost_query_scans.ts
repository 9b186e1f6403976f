import { bigint, defineTable, double, type TableDefinition, text } from '@outpost/sdk';
import type { RunScans } from '../schedule/performance.ts';

/** What the last run of a scheduled query asked of its tables. */
export interface QueryScans extends RunScans {
  readonly name: string;
}

/** The table `outpost_query_scans`. @param scans one entry for each query that gave a result */
export const outpostQueryScans = (scans: () => readonly QueryScans[]): TableDefinition =>
  defineTable({
    name: 'outpost_query_scans',
    description:
      'What the last run of each scheduled query that gave a result asked of its tables, since the agent started.',
    attributes: { utility: true },
    examples: [
      'select name, table_name, calls, ms from outpost_query_scans order by ms desc limit 10',
      'select name, table_name, calls from outpost_query_scans where calls > 1000',
    ],
    columns: {
      name: text('Scheduled name of the query'),
      table_name: text('A table that it read'),
      calls: bigint('How often the table was asked for rows'),
      rows: bigint('Rows that were read of it'),
      bytes: bigint('Bytes of the rows that it gave'),
      ms: double('Time spent in the table, milliseconds'),
      cached: bigint('How many of the calls were answered with rows kept from an earlier one'),
      time: bigint('When the run ended, seconds since the epoch'),
    },
    generate: () =>
      scans().flatMap(({ name, time, tables }) =>
        tables.map(({ name: table_name, scans: calls, rows, bytes, nanoseconds, cached }) => ({
          name,
          table_name,
          calls,
          rows,
          bytes,
          ms: Math.round(nanoseconds / 1000) / 1000,
          cached,
          time,
        })),
      ),
  }) as TableDefinition;
