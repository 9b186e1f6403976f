import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { suite, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ErrorCode } from '@outpost/protocol';
import type { Engine, QueryLimits } from '../../../core/src/engine/engine.ts';
import { lanes } from '../../../core/src/engine/lane.ts';
import { attachTables } from './extension-harness.ts';
import { endless, failsWith, letGo, openEngine, temporaryDirectory } from './harness.ts';

const module = new URL('./stopping-tables.ts', import.meta.url).href;
const counting = 'with recursive c(x) as (select 1 union all select x + 1 from c)';

/** A statement that does not end by itself, and what has to end it. */
interface Offender {
  readonly what: string;
  readonly sql: string;
  readonly limits: QueryLimits;
  readonly code: ErrorCode;
  /** The table that has to be named, if any. */
  readonly table?: string;
  /** Whether the thread has to be ended, which takes a while. */
  readonly obstinate?: true;
}

const hurried: QueryLimits = { deadlineMs: 400 };
const deadline = { limits: hurried, code: 'QUERY_DEADLINE' } as const;
const little: QueryLimits = { deadlineMs: 20_000, budget: { memory: 8 << 20, cpuMs: 20_000 } };
const memory = { limits: little, code: 'QUERY_BUDGET_MEMORY' } as const;
const busy: QueryLimits = { deadlineMs: 20_000, budget: { cpuMs: 200 } };
const cpu = { limits: busy, code: 'QUERY_BUDGET_CPU' } as const;
const crossed = 'select count(*) from numbers a, numbers b, numbers c where a.n + b.n + c.n < 0';

const offenders: readonly Offender[] = [
  { what: 'an endless recursion', sql: endless, ...deadline },
  { what: 'an endless recursion', sql: endless, ...cpu },
  { what: 'a cross join of large tables', sql: crossed, table: 'numbers', ...deadline },
  { what: 'a cross join of large tables', sql: crossed, table: 'numbers', ...cpu },
  { what: 'a generator without end', sql: 'select sum(n) from forever', table: 'forever', ...deadline },
  { what: 'a generator without end', sql: 'select sum(n) from forever', table: 'forever', ...cpu },
  {
    what: 'an asynchronous generator without end',
    sql: 'select sum(n) from endlessly',
    table: 'endlessly',
    ...deadline,
  },
  { what: 'an asynchronous table that never answers', sql: 'select * from late', table: 'late', ...deadline },
  { what: 'an extension that never answers', sql: 'select * from deaf', table: 'deaf', ...deadline },
  { what: 'a generator that spins', sql: 'select n from spinning', table: 'spinning', ...deadline, obstinate: true },
  { what: 'a generator that spins', sql: 'select n from spinning', table: 'spinning', ...cpu, obstinate: true },
  { what: 'an aggregate without end', sql: `${counting} select group_concat(x) from c`, ...memory },
  { what: 'sorting without end', sql: `${counting} select x from c order by -x`, ...memory },
  { what: 'sorting a table without end', sql: 'select n from forever order by n', table: 'forever', ...memory },
];

/** An engine with tables that misbehave, one of them of an extension that takes connections and says nothing. */
const openOffended = async (context: TestContext): Promise<Engine> => {
  const engine = openEngine(context);
  engine.catalog.set(
    ...['spinning', 'endlessly'].map(name => ({ name, aliases: [], placement: { kind: 'module' as const, module } })),
  );
  const path = `${temporaryDirectory(context)}/deaf`;
  const server = createServer(socket => socket.unref().on('error', () => socket.destroy())).listen(path);
  await once(server, 'listening');
  context.after(() => server.close());
  attachTables(engine, [{ table: 'deaf', routes: [{ id: 'column', name: 'x', type: 'TEXT', op: '0' }] }], path);
  return engine;
};

suite('what does not end by itself is stopped in every lane, and the lane goes on', () => {
  for (const { what, sql, limits, code, table, obstinate } of offenders) {
    test(`${what}: ${code}`, async context => {
      const engine = await openOffended(context);
      const named =
        table === undefined ? /^The query culprit was stopped: [^;]*\.$/ : new RegExp(`last is ${table}\\.$`);
      await Promise.all(
        lanes.map(async lane => {
          await engine.query('select n from numbers limit 1', { lane });
          const began = performance.now();
          await assert.rejects(engine.query(sql, { lane, name: 'culprit', ...limits }), failsWith(code, named));
          const allowed = obstinate ? 8000 : 4000;
          assert.ok(performance.now() - began < allowed, `it took ${performance.now() - began} ms in the lane ${lane}`);
          assert.equal((await engine.query('select n from numbers limit 1', { lane, deadlineMs: 20_000 })).rowCount, 1);
        }),
      );
      assert.equal(engine.abandoned, 0);
    });
  }
});

test('a table that hangs in opening a FIFO is stopped in every lane, its thread abandoned and replaced', async context => {
  const engine = openEngine(context);
  const directory = temporaryDirectory(context);
  const fifos = lanes.map(lane => `${directory}/${lane}`);
  execFileSync('mkfifo', fifos);
  await Promise.all(
    lanes.map(async lane => {
      await engine.query('select n from numbers limit 1', { lane });
      await assert.rejects(
        engine.query(`select * from fifo where path = '${directory}/${lane}'`, { lane, ...hurried }),
        failsWith('QUERY_DEADLINE', /; the table that it asked last is fifo\.$/),
      );
      assert.equal((await engine.query('select 1', { lane, deadlineMs: 20_000 })).rowCount, 1);
    }),
  );
  assert.equal(engine.abandoned, lanes.length);
  for (const path of fifos) letGo(path);
});

const mayMount = spawnSync('unshare', ['--mount', 'test', '-w', '/dev/fuse']).status === 0;

test('a table that hangs in a dead mount is stopped', { skip: !mayMount && 'no mount can be made here' }, context => {
  const fixture = fileURLToPath(new URL('./dead-mount-fixture.ts', import.meta.url));
  const argv = ['--mount', '--propagation', 'private', process.execPath, fixture, temporaryDirectory(context)];
  const { stdout, stderr } = spawnSync('unshare', argv, { timeout: 30_000, killSignal: 'SIGKILL', encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.deepEqual(JSON.parse(stdout), {
    message:
      'The query live was stopped: it ran longer than its deadline of 300 ms; the table that it asked last is stalled.',
    abandoned: 1,
    rows: 1,
  });
});
