import { tableAttributes } from '@outpost/protocol';
import { defineTable, type TableDefinition, text } from '@outpost/sdk';
import type { DocumentedTable } from '../agent/documented-tables.ts';

/** Gives tables with their documentation: those of some names, or all. */
export type Documentation = (names?: readonly string[]) => AsyncIterable<DocumentedTable>;

const attributesOf = (bits: number): string =>
  Object.entries(tableAttributes)
    .filter(([, bit]) => (bits & bit) !== 0)
    .map(([name]) => name)
    .join(',');

/** The table `outpost_tables`. @param tables what there is to tell about */
export const outpostTables = (tables: Documentation): TableDefinition =>
  defineTable({
    name: 'outpost_tables',
    description: 'Tables that statements can name, of the agent and of extensions, with their documentation.',
    attributes: { utility: true },
    examples: ["select name, description from outpost_tables where extension = 'inventory'"],
    columns: {
      name: text('Name of the table', { index: true, optimized: true }),
      extension: text('The extension that serves it; null for a table of the agent'),
      description: text('What a row is; empty where an extension does not say'),
      attributes: text('utility, cacheable, userBased and others, comma-separated'),
      platforms: text('Where it exists, comma-separated; empty for everywhere'),
      aliases: text('Its other names, comma-separated'),
      examples: text('Queries worth knowing, one a line'),
    },
    async *generate(context) {
      for await (const { schema, extension } of tables(context.equals('name')))
        yield {
          name: schema.name,
          extension: extension ?? null,
          description: schema.description,
          attributes: attributesOf(schema.attributes),
          platforms: schema.platforms.join(','),
          aliases: schema.aliases.join(','),
          examples: schema.examples.join('\n'),
        };
    },
  }) as TableDefinition;
