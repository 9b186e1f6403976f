import { columnOptions } from '@outpost/protocol';
import type { ColumnSchema, TableSchema } from '@outpost/sdk';

/** Names of the options of a column that a reader of its documentation wants to know. */
const optionsOf = ({ options }: ColumnSchema): string[] =>
  (['index', 'required', 'additional', 'optimized', 'hidden'] as const).filter(name => options & columnOptions[name]);

const cell = (text: string): string => text.replaceAll('|', '\\|');

const columnRow = (column: ColumnSchema): string =>
  `| \`${column.name}\` | ${column.type} | ${optionsOf(column).join(', ')} | ${cell(column.description)} |`;

/** A table as a page of its documentation, in Markdown. @param heading what stands before its name */
export const schemaMarkdown = (schema: TableSchema, heading = '##'): string => {
  const aliases =
    schema.aliases.length === 0 ? [] : [`Also called ${schema.aliases.map(alias => `\`${alias}\``).join(', ')}.`, ''];
  const examples = schema.examples.flatMap(example => ['', '```sql', example, '```']);
  return [
    `${heading} ${schema.name}`,
    '',
    schema.description,
    '',
    ...aliases,
    '| column | type | options | |',
    '| --- | --- | --- | --- |',
    ...schema.columns.filter(({ foreign }) => !foreign).map(columnRow),
    ...examples,
    '',
  ].join('\n');
};

/** A table as an object for JSON; columns of other platforms are left out. */
export const schemaObject = (schema: TableSchema): Readonly<Record<string, unknown>> => ({
  name: schema.name,
  aliases: schema.aliases,
  description: schema.description,
  platforms: schema.platforms,
  columns: schema.columns
    .filter(({ foreign }) => !foreign)
    .map(column => ({
      name: column.name,
      type: column.type,
      options: optionsOf(column),
      description: column.description,
    })),
  examples: schema.examples,
});
