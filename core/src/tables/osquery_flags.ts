import { defineTable, integer, type TableDefinition, text } from '@outpost/sdk';

/** A flag; the names are the columns'. */
export interface FlagInfo {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly default_value: string;
  readonly value: string;
  readonly shell_only: 0 | 1;
}

/** The table `osquery_flags`. @param flags the flags and their values now */
export const osqueryFlags = (flags: () => readonly FlagInfo[]): TableDefinition =>
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
