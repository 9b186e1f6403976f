import { defineTable, integer, type TableDefinition, text } from '@outpost/sdk';
import type { ConfigFault } from '../config/fault.ts';

/** The table `outpost_config_faults`. @param faults what is wrong with the configuration as it is */
export const outpostConfigFaults = (faults: () => readonly ConfigFault[]): TableDefinition =>
  defineTable({
    name: 'outpost_config_faults',
    description: 'What is wrong with the configuration as it was read last.',
    attributes: { utility: true },
    examples: ["select source, line, message from outpost_config_faults where severity = 'error'"],
    columns: {
      severity: text('error when something is left out for it, else warning'),
      source: text('The source: a path, or what the config plugin calls it'),
      line: integer('Line of the text; 0 when the text as a whole is meant'),
      column: integer('Column of the line'),
      pointer: text('What is meant, as a JSON pointer'),
      message: text('What was found and what was expected'),
      nearest: text('The known key that a mistyped one is nearest to'),
    },
    generate: () =>
      faults().map(({ severity, source, line, column, pointer, message, nearest = '' }) => ({
        severity,
        source,
        line,
        column,
        pointer,
        message,
        nearest,
      })),
  }) as TableDefinition;
