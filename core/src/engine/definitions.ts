import { OutpostError } from '@outpost/protocol';
import { isPluginDefinition, type TableContext, type TableDefinition } from '@outpost/sdk';
import { reasonOf } from '../reason.ts';
import { importModule, type ModuleNamespace } from '../runtime/modules.ts';
import type { CatalogTable } from './catalog.ts';
import type { AutomaticOptions } from './sources/automatic-table.ts';

/**
 * Imports a module, once a thread, and gives the table of a name in it.
 * @param module a `file:` URL
 * @throws OutpostError TABLE_MODULE_INVALID when it cannot be loaded or has no such table
 */
export const loadTable = async (name: string, module: string): Promise<TableDefinition> => {
  let exported: ModuleNamespace;
  try {
    exported = await importModule(module);
  } catch (error) {
    throw new OutpostError(
      'TABLE_MODULE_INVALID',
      { table: name, module, reason: reasonOf(error) },
      { cause: error, sqliteCode: 1 },
    );
  }
  for (const value of Object.values(exported))
    if (isPluginDefinition(value) && value.kind === 'table' && value.name === name) return value;
  throw new OutpostError(
    'TABLE_MODULE_INVALID',
    { table: name, module, reason: 'it exports no table of that name' },
    { sqliteCode: 1 },
  );
};

interface Patterns {
  readonly resolvePattern: (
    context: TableContext,
    pattern: string,
    options: { readonly kinds: 'files' },
  ) => readonly string[];
}

/**
 * The definition of a table whose rows are made in the query's thread or in the plugin host; undefined for others.
 * @throws OutpostError TABLE_MODULE_INVALID
 */
export const definitionOf = async (
  { name, placement, schema }: CatalogTable,
  options: Omit<AutomaticOptions, 'expand'>,
): Promise<TableDefinition | undefined> => {
  if (placement.kind === 'module') return loadTable(name, placement.module);
  if (schema === undefined) return undefined;
  if (placement.kind === 'empty') return { kind: 'table', name, schema, asynchronous: false, generate: () => [] };
  if (placement.kind !== 'automatic') return undefined;
  const { automaticDefinition } = await import('./sources/automatic-table.ts');
  const { resolvePattern } = (await importModule(placement.patterns)) as unknown as Patterns;
  const expand: AutomaticOptions['expand'] = (context, pattern) => resolvePattern(context, pattern, { kinds: 'files' });
  return automaticDefinition(schema, placement, { ...options, expand });
};
