import type { PluginResponse, PluginRow } from '@outpost/protocol';
import { platforms } from '../platform.ts';
import { type ColumnSchema, type ColumnType, columnTypes, type TableSchema } from './schema.ts';

/** The route rows that announce a table: columns, table aliases, column aliases, attributes. */
export function tableRoutes(schema: TableSchema): PluginResponse {
  return [
    ...schema.columns.map(({ name, type, options }) => ({ id: 'column', name, type, op: String(options) })),
    ...schema.aliases.map(alias => ({ id: 'alias', alias })),
    ...schema.columns.flatMap(({ name, aliases }) =>
      aliases.map(alias => ({ id: 'columnAlias', name: alias, target: name })),
    ),
    { id: 'attributes', attributes: String(schema.attributes) },
  ];
}

const decimal = (text: string | undefined): number => {
  const value = Number.parseInt(text ?? '', 10);
  return Number.isNaN(value) ? 0 : value;
};

const isColumnType = (type: string): type is ColumnType => (columnTypes as readonly string[]).includes(type);

function columnOf(row: PluginRow, aliases: readonly string[]): ColumnSchema[] {
  const { name, type } = row;
  if (name === undefined || type === undefined) return [];
  const known = isColumnType(type) ? type : 'UNKNOWN';
  return [{ name, type: known, options: decimal(row.op), description: '', aliases, foreign: false }];
}

/**
 * The schema that route rows announce. Rows that lack a key are ignored, as osquery ignores them; a column alias counts only after
 * its column.
 */
export function schemaFromRoutes(name: string, routes: PluginResponse): TableSchema {
  const columnAliases = new Map<string, string[]>();
  const announced = new Set<string>();
  const rowsWith = (id: string): PluginRow[] => routes.filter(row => row.id === id);
  for (const { id, name: own, target } of routes) {
    if (id === 'column' && own !== undefined) announced.add(own);
    if (id !== 'columnAlias' || own === undefined || target === undefined || !announced.has(target)) continue;
    columnAliases.set(target, [...(columnAliases.get(target) ?? []), own]);
  }
  return {
    name,
    aliases: rowsWith('alias').flatMap(({ alias }) => (alias === undefined ? [] : [alias])),
    description: '',
    platforms,
    columns: rowsWith('column').flatMap(row => columnOf(row, columnAliases.get(row.name ?? '') ?? [])),
    attributes: decimal(rowsWith('attributes').at(-1)?.attributes),
    examples: [],
    order: [],
    exact: [],
  };
}
