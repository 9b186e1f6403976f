import { OutpostError } from '@outpost/protocol';
import { isPluginDefinition, type TableDefinition } from '@outpost/sdk';

/**
 * Imports a module, once a thread, and gives the table of a name in it.
 * @param module a `file:` URL
 * @throws OutpostError TABLE_MODULE_INVALID when it cannot be loaded or has no such table
 */
export const loadTable = async (name: string, module: string): Promise<TableDefinition> => {
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = (await import(module)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OutpostError('TABLE_MODULE_INVALID', { table: name, module, reason }, { cause: error, sqliteCode: 1 });
  }
  for (const value of Object.values(exported))
    if (isPluginDefinition(value) && value.kind === 'table' && value.name === name) return value;
  throw new OutpostError(
    'TABLE_MODULE_INVALID',
    { table: name, module, reason: 'it exports no table of that name' },
    { sqliteCode: 1 },
  );
};
