// Starts an engine over the tables of an index, runs a statement and ends: `node engine.ts INDEX`. The index has the form of the bundled one.
import type { TableEntry } from '@outpost/tables';
import { Engine } from '../../../core/src/engine/engine.ts';

const { tables } = (await import(process.argv[2] ?? '')) as { readonly tables: readonly TableEntry[] };
const engine = Engine.open();
engine.catalog.set(
  ...tables.map(({ name, aliases, module }) => ({ name, aliases, placement: { kind: 'module', module } as const })),
);
const { rowCount } = await engine.query('select 1', { lane: 'shell' });
await engine.close();
process.exitCode = rowCount === 1 ? 0 : 1;
