// Asks each kind of table once, then has nothing more to do.
import { Engine } from '../../../core/src/engine/engine.ts';
import { rowsOf } from '../../../core/src/engine/rows.ts';

const module = new URL('./tables-fixture.ts', import.meta.url).href;
const engine = Engine.open();
engine.warm('scheduled');
engine.catalog.set(
  ...['numbers', 'slow_numbers'].map(name => ({ name, aliases: [], placement: { kind: 'module', module } as const })),
);
await engine.columns('select * from numbers');
await engine.query('select count(*) from numbers', { lane: 'extension', deadlineMs: 10_000 });
const result = await engine.query('select count(*) as count from slow_numbers', { lane: 'live' });
for (const { count } of rowsOf(result)) console.log(count);
if (process.argv[2] === 'closed') await engine.close();
