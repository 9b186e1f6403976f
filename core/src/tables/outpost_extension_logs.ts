import { defineTable, double, integer, type TableDefinition, text } from '@outpost/sdk';
import type { ExtensionLine } from '../extensions/extension-logs.ts';

/** The table `outpost_extension_logs`. @param lines the last lines of each extension */
export const outpostExtensionLogs = (lines: () => readonly ExtensionLine[]): TableDefinition =>
  defineTable({
    name: 'outpost_extension_logs',
    description: 'The last lines that supervised extensions wrote to standard output and standard error.',
    attributes: { utility: true },
    examples: [
      "select datetime(time, 'unixepoch') as at, message from outpost_extension_logs where extension = 'inventory'",
    ],
    columns: {
      extension: text('Name of the file that was started'),
      time: double('When the line came, seconds since the epoch'),
      severity: integer('0 for its output; 1 and 2 for warnings and errors of its supervision'),
      message: text('The line'),
    },
    generate: () =>
      lines().map(({ extension, time, severity, message }) => ({ extension, time: time / 1000, severity, message })),
  }) as TableDefinition;
