import { defineTable, integer, type TableDefinition, text } from '@outpost/sdk';
import type { FlagStanding } from '../flags/store.ts';

/** The table `outpost_flags`. @param flags how the flags stand now */
export const outpostFlags = (flags: () => readonly FlagStanding[]): TableDefinition =>
  defineTable({
    name: 'outpost_flags',
    description: 'Where the value of each flag comes from, and when a change of it counts.',
    attributes: { utility: true },
    examples: [
      'select name, value, running from outpost_flags where pending',
      "select * from outpost_flags where origin <> 'default'",
    ],
    columns: {
      name: text('Name of the flag'),
      value: text('Value now'),
      origin: text('default, environment, flag file, command line, configuration, or forced by the agent'),
      applies: text('live when a change counts at once, start when it counts from the next start on'),
      pending: integer('1 when the value was changed and waits for the next start'),
      running: text('Value that the agent works with'),
    },
    generate: flags,
  }) as TableDefinition;
