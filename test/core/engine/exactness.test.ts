// A value is the same at the end of each way out of the engine: a log line, the extension manager's answer, the shell's JSON.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Engine } from '../../../core/src/engine/engine.ts';
import { rowsAsText } from '../../../core/src/engine/rows.ts';
import { differentialLines } from '../../../core/src/results/lines.ts';
import { emptyState } from '../../../core/src/results/state.ts';
import { EngineSource } from '../../../core/src/shell/source/local.ts';
import { runInProcess } from '../shell/host.ts';
import { edges, edgesMain } from './exact-fixture.ts';
import { answered, openExtension } from './extension-harness.ts';

const module = new URL('./exact-fixture.ts', import.meta.url).href;

/** An engine over the edges from each place where rows are made. */
const openEdges = async (context: TestContext): Promise<Engine> => {
  const routes = [
    { id: 'column', name: 'n', type: 'BIGINT', op: '1' },
    { id: 'column', name: 'u', type: 'UNSIGNED BIGINT', op: '0' },
    { id: 'column', name: 'asked', type: 'TEXT', op: '0' },
  ];
  const engine = await openExtension(context, [{ table: 'edges_extended', routes }], ({ request }) => {
    const { constraints } = JSON.parse(request.context ?? '{}') as { constraints: { list: { expr: string }[] }[] };
    const asked = constraints.flatMap(({ list }) => list.map(({ expr }) => expr)).join();
    return answered(edges.map(n => ({ n, u: n, asked })));
  });
  engine.addMainTables(edgesMain);
  for (const name of ['edges_here', 'edges_hosted', 'kinds'])
    engine.catalog.set({ name, aliases: [], placement: { kind: 'module', module } });
  return engine;
};

/** The values of a query's rows in the lines that a logger is given, as they stand there. */
const logged = async (engine: Engine, sql: string, numerics: boolean): Promise<string[]> => {
  const header = { name: 'q', hostIdentifier: 'h', unixTime: 0, epoch: 0, counter: 0, decorations: {} };
  const format = { eventType: true, snapshotEventType: false, numerics, decorationsTopLevel: false, nullText: '' };
  const { diff } = await engine.query(sql, { lane: 'scheduled', deadlineMs: 10_000, previous: emptyState(1) });
  assert.ok(diff);
  const lines = await Array.fromAsync(differentialLines(header, format, diff));
  return lines.map(line => /"columns":(\{.*\}),"action"/.exec(line)?.[1] ?? '');
};

const answeredTo = async (engine: Engine, sql: string): Promise<Record<string, string>[]> =>
  rowsAsText(await engine.query(sql, { lane: 'extension', deadlineMs: 10_000, encoding: 'thrift' })).map(row => ({
    ...row,
  }));

/** The rows of the shell's JSON, as they stand there. */
const shown = async (engine: Engine, sql: string, ...flags: string[]): Promise<string[]> => {
  const openLocal = async (given: { get(name: 'json_numerics'): boolean }) => {
    const source = {
      tableNames: () => [],
      prepare: async () => undefined,
      complete: async () => false,
      extensionNames: () => [],
      close: async () => undefined,
    };
    return new EngineSource(engine, { ...source, numerics: given.get('json_numerics') });
  };
  const { stdout } = await runInProcess(['--disable_extensions', '--json', ...flags, sql], { openLocal });
  return stdout.text.split('\n').flatMap(line => line.match(/^ {2}(.*?),?$/)?.[1] ?? []);
};

const places = ['edges_here', 'edges_hosted', 'edges_main', 'edges_extended'];
const quoted = edges.map(edge => `{"n":"${edge}","u":"${edge}"}`);
const plain = edges.map(edge => `{"n":${edge},"u":${edge}}`);

for (const table of places)
  test(`64 bits of ${table} are exact at each end`, { timeout: 60_000 }, async context => {
    const engine = await openEdges(context);
    const sql = `select n, u from ${table}`;
    assert.deepEqual((await logged(engine, sql, false)).sort(), quoted.toSorted());
    assert.deepEqual((await logged(engine, sql, true)).sort(), plain.toSorted());
    assert.deepEqual(
      await answeredTo(engine, sql),
      edges.map(edge => ({ n: edge, u: edge })),
    );
    assert.deepEqual(await shown(engine, sql), quoted);
    assert.deepEqual(await shown(engine, sql, '--json_numerics'), plain);
    assert.deepEqual(
      await shown(engine, sql, '--json_numerics', '--json_pretty').then(lines => lines.length),
      4 * edges.length,
    );
  });

for (const table of places)
  test(`64 bits asked of ${table} are exact, and pick one row`, { timeout: 60_000 }, async context => {
    const engine = await openEdges(context);
    for (const edge of edges) {
      const asked = await answeredTo(engine, `select n, asked from ${table} where n = ${edge}`);
      assert.deepEqual(asked, [{ n: edge, asked: edge }]);
    }
  });

test('NULL, bytes and text with a NUL in it', async context => {
  const engine = await openEdges(context);
  const sql = 'select t, i, d, x, z from kinds';
  const none = { t: '', i: '', d: '', x: '', z: '' };
  const missing = '{"d":"","i":"","t":"","x":"","z":""}';
  assert.deepEqual(
    (await logged(engine, sql, false)).sort(),
    [missing, missing, '{"d":"12.0","i":"12","t":"12","x":"h\\\\xFF","z":"seen"}'].sort(),
  );
  assert.equal((await logged(engine, sql, true)).at(0), '{"d":12.0,"i":12,"t":"12","x":"h\\\\xFF","z":"seen"}');
  assert.deepEqual(await answeredTo(engine, sql), [
    { t: '12', i: '12', d: '12.0', x: 'h\udcff', z: 'seen' },
    none,
    none,
  ]);
  const [full, ...others] = await shown(engine, sql, '--json_numerics');
  assert.equal(full, '{"d":12.0,"i":12,"t":"12","x":"h\ufffd","z":"seen"}');
  assert.deepEqual(others, [
    '{"d":null,"i":null,"t":null,"x":null,"z":null}',
    '{"d":null,"i":null,"t":"","x":"","z":""}',
  ]);
  // Within SQL nothing is cut off.
  assert.deepEqual(await answeredTo(engine, 'select hex(x) as x, hex(z) as z, typeof(x) as t from kinds limit 1'), [
    { x: '68FF0069', z: '7365656E00756E7365656E', t: 'blob' },
  ]);
});
