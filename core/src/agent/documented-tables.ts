import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TableSchema } from '@outpost/sdk';
import type { Core } from './core.ts';

/** A table, and who brings it. */
export interface DocumentedTable {
  readonly schema: TableSchema;
  /** The extension that serves it; undefined for a table of the agent. */
  readonly extension: string | undefined;
}

/**
 * The tables that statements can name, with what is known of their columns. The schemas of modules are loaded one by one, so that the
 * event loop goes on in between.
 * @param names those that are wanted; all, when left out
 */
export async function* documentedTables(core: Core, names?: readonly string[]): AsyncGenerator<DocumentedTable> {
  const { engine, state } = core;
  for (const name of names ?? engine.catalog.names()) {
    const placement = engine.catalog.get(name)?.placement;
    const schema = placement === undefined ? undefined : await engine.schema(name);
    if (schema === undefined) continue;
    const uuid = placement?.kind === 'extension' ? placement.uuid : undefined;
    const extension = state.registered().find(known => known.uuid === uuid)?.name;
    yield { schema, extension };
    await nextTurn();
  }
}
