import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, oneColumn } from './fakes.ts';

const routes = { table: { t: oneColumn }, config: { far: [] } };
const statesOf = (bench: Bench, uuid: number): string[] =>
  bench.manager
    .events()
    .filter(event => event.uuid === uuid)
    .map(({ to }) => to);

test('an extension that hangs is suspended, its tables say so, and it comes back', { timeout: 30_000 }, async () => {
  await using bench = await new Bench().start();
  await using extension = await bench.extension('example', routes);
  const { uuid } = extension;
  await bench.state(uuid, 'ready');
  const wake = extension.sleep('awake');
  await bench.state(uuid, 'suspended');
  await bench.register('barrier');
  const message = /^extension example is not responding since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
  assert.match(bench.sql.tables.get('t')?.suspended ?? '', message);
  assert.match((await bench.registry.call('config', 'far', {})).status.message, message);
  assert.ok((await bench.ask(client => client.extensions())).has(uuid));
  wake();
  await bench.state(uuid, 'ready');
  assert.equal(bench.sql.tables.get('t')?.suspended, undefined);
  assert.equal((await bench.registry.call('config', 'far', {})).status.code, 0);
  assert.deepEqual(statesOf(bench, uuid), ['starting', 'ready', 'unresponsive', 'suspended', 'ready']);
  const warnings = bench.log.lines.filter(({ severity }) => severity === 1).map(line => line.message);
  assert.match(warnings.join('\n'), /was ready and is unresponsive: .*\n.*was unresponsive and is suspended: 3 signs/);
});

test('a bad ping code counts as no sign of life', { timeout: 30_000 }, async () => {
  await using bench = await new Bench().start();
  await using extension = await bench.extension('example', routes);
  await bench.state(extension.uuid, 'ready');
  extension.pingCode = 1;
  await bench.state(extension.uuid, 'suspended');
});

test('a call in flight counts as life', { timeout: 30_000 }, async () => {
  await using bench = await new Bench().start();
  await using extension = await bench.extension('example', routes);
  await bench.state(extension.uuid, 'ready');
  const wake = extension.sleep('awake');
  const finish = extension.sleep('free');
  const calling = bench.registry.call('config', 'far', {});
  const ended = bench.manager.callStarted(extension.uuid);
  await bench.state(extension.uuid, 'unresponsive');
  finish();
  assert.equal((await calling).status.code, 0);
  wake();
  ended();
  await bench.state(extension.uuid, 'ready');
  assert.deepEqual(statesOf(bench, extension.uuid), ['starting', 'ready', 'unresponsive', 'ready']);
});

test('a query that reads a table counts as life, and no longer than it lasts', { timeout: 30_000 }, async () => {
  await using bench = await new Bench().start();
  await using extension = await bench.extension('example', routes);
  const { uuid } = extension;
  await bench.state(uuid, 'ready');
  const wake = extension.sleep('awake');
  bench.sql.reading.add(uuid);
  await bench.state(uuid, 'unresponsive');
  bench.sql.reading.delete(uuid);
  await bench.state(uuid, 'suspended');
  wake();
});

test('work that has gone on for longer than any call may last is no sign of life', { timeout: 30_000 }, async () => {
  await using bench = await new Bench().start({ callLimitMs: 300 });
  await using extension = await bench.extension('example', routes);
  await bench.state(extension.uuid, 'ready');
  bench.sql.reading.add(extension.uuid);
  const wake = extension.sleep('awake');
  await bench.state(extension.uuid, 'suspended');
  wake();
});

test('an extension whose socket is gone is dead after a grace; its tables stay, suspended', {
  timeout: 30_000,
}, async () => {
  await using bench = await new Bench().start();
  const extension = await bench.extension('example', routes);
  await bench.state(extension.uuid, 'ready');
  await extension[Symbol.asyncDispose]();
  await bench.state(extension.uuid, 'dead');
  await bench.register('barrier');
  assert.match(bench.sql.tables.get('t')?.suspended ?? '', /^extension example is not responding since /);
  assert.ok(!(await bench.ask(client => client.extensions())).has(extension.uuid));
  assert.equal((await bench.ask(client => client.deregisterExtension(extension.uuid))).code, 1);
  assert.ok(bench.log.lines.some(line => line.message === `Extension UUID ${extension.uuid} has gone away`));
});

test('an extension that never listens is dead after the timeout', { timeout: 30_000 }, async () => {
  await using bench = await new Bench().start();
  const { uuid } = await bench.register('example', routes);
  await bench.state(uuid, 'dead');
  assert.deepEqual(statesOf(bench, uuid), ['starting', 'dead']);
});

test('a successor takes the place of one that hangs', { timeout: 30_000 }, async () => {
  await using bench = await new Bench().start();
  await using former = await bench.extension('example', { table: { t: oneColumn, gone: oneColumn } });
  const wake = former.sleep('awake');
  await bench.state(former.uuid, 'suspended');
  await using successor = await bench.extension('example', routes);
  assert.deepEqual([...bench.sql.tables.keys()], ['t']);
  assert.equal(bench.sql.tables.get('t')?.placement.uuid, successor.uuid);
  assert.equal(statesOf(bench, former.uuid).at(-1), 'replaced');
  wake();
  await bench.state(successor.uuid, 'ready');
  assert.deepEqual([...(await bench.ask(client => client.extensions())).keys()], [successor.uuid]);
});

test('a successor takes the place at once when nobody listens any more', { timeout: 30_000 }, async () => {
  await using bench = await new Bench().start({ intervalMs: 60_000 });
  const former = await bench.extension('example', routes);
  await bench.state(former.uuid, 'ready');
  await former[Symbol.asyncDispose]();
  await using successor = await bench.extension('example', routes);
  assert.equal(bench.sql.tables.get('t')?.placement.uuid, successor.uuid);
});

test('a successor that fails leaves neither its own tables nor those of the former', { timeout: 30_000 }, async () => {
  await using bench = await new Bench().start({ intervalMs: 60_000 });
  const former = await bench.extension('example', routes);
  await bench.state(former.uuid, 'ready');
  await former[Symbol.asyncDispose]();
  assert.equal(
    (await bench.register('example', { ...routes, carver: {} })).message,
    'Failed adding registry: Unknown registry: carver',
  );
  assert.equal(bench.sql.tables.size, 0);
  assert.equal((await bench.register('example', routes)).code, 0);
});

test('the tables of a dead extension may come back in one of another name', { timeout: 30_000 }, async () => {
  await using bench = await new Bench().start();
  const former = await bench.extension('old name', routes);
  await former[Symbol.asyncDispose]();
  await bench.state(former.uuid, 'dead');
  await using successor = await bench.extension('new name', routes);
  assert.equal(bench.sql.tables.get('t')?.placement.uuid, successor.uuid);
  assert.equal(bench.sql.tables.get('t')?.suspended, undefined);
});
