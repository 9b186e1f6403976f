import { columnOptions } from '@outpost/protocol';
import { defineTable, integer, type TableDefinition, text } from '@outpost/sdk';
import type { Documentation } from './outpost_tables.ts';

const optionsOf = (bits: number): string =>
  (['index', 'required', 'additional', 'optimized', 'hidden'] as const)
    .filter(name => (bits & columnOptions[name]) !== 0)
    .join(',');

/** The table `outpost_columns`. @param tables what there is to tell about */
export const outpostColumns = (tables: Documentation): TableDefinition =>
  defineTable({
    name: 'outpost_columns',
    description: 'Columns of the tables that statements can name, with their documentation.',
    attributes: { utility: true },
    examples: ["select name, type, options, description from outpost_columns where table_name = 'processes'"],
    columns: {
      table_name: text('Name of the table', { index: true, optimized: true }),
      position: integer('Its place among the columns, from 0'),
      name: text('Name of the column'),
      type: text('TEXT, INTEGER, BIGINT, UNSIGNED BIGINT, DOUBLE or BLOB'),
      options: text('index, required, additional, optimized and hidden, comma-separated'),
      description: text('What it holds; empty where an extension does not say'),
      aliases: text('Its other names, comma-separated'),
      foreign_platform: integer('1 when it belongs to another platform and is always null'),
    },
    async *generate(context) {
      for await (const { schema } of tables(context.equals('table_name')))
        for (const [position, column] of schema.columns.entries())
          yield {
            table_name: schema.name,
            position,
            name: column.name,
            type: column.type,
            options: optionsOf(column.options),
            description: column.description,
            aliases: column.aliases.join(','),
            foreign_platform: column.foreign ? 1 : 0,
          };
    },
  }) as TableDefinition;
