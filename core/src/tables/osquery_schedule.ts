import { bigint, defineTable, integer, type TableDefinition, text } from '@outpost/sdk';

/** A scheduled query and what it has cost; the names are the columns'. */
export interface ScheduleEntry {
  readonly name: string;
  readonly query: string;
  readonly interval: number;
  readonly executions: number;
  readonly last_executed: number;
  readonly denylisted: 0 | 1;
  readonly output_size: number;
  readonly wall_time: number;
  readonly wall_time_ms: number;
  readonly last_wall_time_ms: number;
  readonly user_time: number;
  readonly last_user_time: number;
  readonly system_time: number;
  readonly last_system_time: number;
  readonly average_memory: number;
  readonly last_memory: number;
}

/** The table `osquery_schedule`. @param entries the schedule now; only queries that may run */
export const osquerySchedule = (entries: () => readonly ScheduleEntry[]): TableDefinition =>
  defineTable({
    name: 'osquery_schedule',
    description: 'Scheduled queries with execution statistics.',
    attributes: { utility: true },
    examples: [
      'select name, executions, wall_time_ms / executions as average from osquery_schedule where executions > 0',
    ],
    columns: {
      name: text('Scheduled name of the query'),
      query: text('Its SQL'),
      interval: integer('Configured interval, seconds'),
      executions: bigint('How often it ran, failed runs included'),
      last_executed: bigint('When it last ended, seconds since the epoch'),
      denylisted: integer('1 while it is not run because it did harm', { aliases: ['blacklisted'] }),
      output_size: bigint('Bytes of all its results'),
      wall_time: bigint('Time of all runs, whole seconds of each'),
      wall_time_ms: bigint('Time of all runs, milliseconds'),
      last_wall_time_ms: bigint('Time of the last run, milliseconds'),
      user_time: bigint('CPU time of all runs outside the kernel, milliseconds'),
      last_user_time: bigint('The same for the last run'),
      system_time: bigint('CPU time of all runs in the kernel, milliseconds'),
      last_system_time: bigint('The same for the last run'),
      average_memory: bigint('Memory that a run takes on average, bytes'),
      last_memory: bigint('The same for the last run'),
    },
    generate: entries,
  }) as TableDefinition;
