import { columnOptions } from '@outpost/protocol';
import type { TableSchema } from '@outpost/sdk';
import { aliasesOf, keylessDeclarationOf } from './declaration.ts';
import { type NativeColumn, type NativeSchema, nativeTypes, pushdowns } from './native.ts';

/** The columns of a table and, after them, the aliases of columns, as SQLite numbers them. */
export const nativeColumns = (schema: TableSchema): NativeColumn[] => [
  ...schema.columns.map(({ name, type, options }) => ({ name, type: nativeTypes[type], options })),
  ...aliasesOf(schema).map(([alias, target]) => {
    const type = schema.columns[target]?.type ?? 'UNKNOWN';
    return { name: alias, type: nativeTypes[type], options: columnOptions.hidden, target };
  }),
];

/** How the rows of a table come in. */
export interface TableTraits {
  /** Whether it is an extension's: asked only what osquery would ask, with every plain column as good as an index when the flag says so. */
  readonly extension: boolean;
  /** `--extensions_default_index`. */
  readonly defaultIndex: boolean;
  readonly writable: boolean;
}

/** What SQLite has to know about a table. */
export const nativeSchema = (table: number, schema: TableSchema, traits: TableTraits): NativeSchema => {
  const position = (name: string): number => schema.columns.findIndex(column => column.name === name);
  const promote = traits.extension && traits.defaultIndex;
  const columns = nativeColumns(schema).map(column =>
    promote && column.options === 0 ? { ...column, options: columnOptions.index } : column,
  );
  const example = schema.examples[0];
  return {
    table,
    name: schema.name,
    ddl: keylessDeclarationOf(schema),
    columns,
    pushdown: traits.extension ? pushdowns.osquery : pushdowns.all,
    writable: traits.writable,
    order: schema.order.map(position),
    exact: schema.exact.map(position),
    ...(example !== undefined && { example }),
  };
};
