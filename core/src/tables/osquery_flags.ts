import { defineTable, integer, type TableDefinition, text } from '@outpost/sdk';
import type { FlagRow } from '../flags/store.ts';

/** The table `osquery_flags`. @param flags the flags and their values now */
export const osqueryFlags = (flags: () => readonly FlagRow[]): TableDefinition =>
  defineTable({
    name: 'osquery_flags',
    description: 'Command-line and config flags with current values.',
    attributes: { utility: true },
    examples: ['select name, value from osquery_flags where value <> default_value'],
    columns: {
      name: text('Name of the flag'),
      type: text('bool, string, int32, uint32 or uint64'),
      description: text('What it is for'),
      default_value: text('Value when nobody sets it'),
      value: text('Value now'),
      shell_only: integer('1 for flags of the shell'),
    },
    generate: flags,
  }) as TableDefinition;
