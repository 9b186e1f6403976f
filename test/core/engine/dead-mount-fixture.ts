// A file system that never answers, in a mount namespace of its own: `unshare --mount` starts this with the directory to mount at.
// Prints what became of a query that asks for a file in it, as JSON.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { Engine } from '../../../core/src/engine/engine.ts';

const [directory = ''] = process.argv.slice(2);
const device = openSync('/dev/fuse', 'r+');
const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
const mounted = spawnSync('mount', ['-i', '-t', 'fuse', '-o', options, 'none', directory], {
  stdio: ['ignore', 'ignore', 'inherit', device],
});
if (mounted.status !== 0) process.exit(2);

const engine = Engine.open();
const module = new URL('./stopping-tables.ts', import.meta.url).href;
engine.catalog.set({ name: 'stalled', aliases: [], placement: { kind: 'module', module } });
await engine.query('select 1', { lane: 'live' });
const sql = `select * from stalled where path = '${directory}/file'`;
const error = await engine.query(sql, { lane: 'live', deadlineMs: 300 }).catch((reason: Error) => reason);
const next = await engine.query('select 1', { lane: 'live', deadlineMs: 20_000 });
console.log(JSON.stringify({ message: (error as Error).message, abandoned: engine.abandoned, rows: next.rowCount }));
closeSync(device); // lets the thread go that hangs
await engine.close();
