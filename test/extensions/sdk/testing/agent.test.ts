import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DistributedResults, defineConfig, defineDistributed, defineLogger, serve } from '@outpost/sdk';
import { fakeAgent, fakeFiles, fakeManager, PluginFailure } from '@outpost/sdk/testing';
import { hello } from '../../../../examples/hello-table/hello.ts';
import { notesTable } from '../../../../examples/notes-table/notes.ts';

/** Plugins that remember what they were given. */
const remembering = () => {
  const logged: unknown[] = [];
  const written: DistributedResults[] = [];
  const logger = defineLogger({
    name: 'l',
    description: 'Remembers lines.',
    init: name => void logged.push(['init', name]),
    logString(line) {
      if (line === 'bad') throw new Error('the sink is full');
      logged.push(line);
    },
    logSnapshot: line => void logged.push(['snapshot', line]),
    logStatus: lines => void logged.push(...lines.map(({ message }) => ['status', message])),
  });
  const config = defineConfig({
    name: 'c',
    description: 'A file.',
    genConfig: ({ files }) => ({ file: files.readText('/etc/c.conf') }),
    genPack: (name, value) => JSON.stringify({ name, value }),
  });
  const distributed = defineDistributed({
    name: 'd',
    description: 'One query.',
    getQueries: () => ({ queries: { q: 'select 1' } }),
    writeResults: results => void written.push(results),
  });
  return { logged, written, plugins: [logger, config, distributed] };
};

test('a logger is given lines, snapshots and status lines, and tells what it wants', async () => {
  const { logged, plugins } = remembering();
  const logger = fakeAgent(plugins).logger('l');
  await logger.init();
  await logger.log('a', 'b');
  await logger.logBatch(['c']);
  await logger.snapshot('s');
  await logger.status({ message: 'm' });
  assert.deepEqual(logged, [['init', 'outpostd'], 'a', 'b', 'c', ['snapshot', 's'], ['status', 'm']]);
  assert.deepEqual(await logger.features(), { status: true, events: false });
  await assert.rejects(logger.log('bad'), new PluginFailure({ code: 1, message: 'the sink is full', uuid: 0 }));
});

test('a configuration is fetched from the files that a test made up', async () => {
  const { plugins } = remembering();
  using files = fakeFiles({ '/etc/c.conf': '{"schedule":{}}' });
  const config = fakeAgent(plugins, { files }).config('c');
  assert.deepEqual(await config.sources(), { file: '{"schedule":{}}' });
  assert.equal(await config.pack('p', 'v'), '{"name":"p","value":"v"}');
});

test('live queries are fetched and their results given', async () => {
  const { written, plugins } = remembering();
  const distributed = fakeAgent(plugins).distributed('d');
  assert.deepEqual(await distributed.queries(), { queries: { q: 'select 1' } });
  await distributed.write({ id: 'q', rows: [{ n: '1' }], status: 0, message: '' });
  assert.deepEqual(
    written[0]?.map(({ id, rows, status }) => ({ id, rows, status })),
    [{ id: 'q', rows: [{ n: '1' }], status: 0 }],
  );
});

test('a table is read and written, in process and over a socket', async () => {
  await using manager = await fakeManager();
  await using running = await serve([hello, notesTable], { name: 'peers', argv: ['--socket', manager.socket] });
  for (const agent of [fakeAgent([hello, notesTable]), manager.agent(running.uuid)]) {
    assert.deepEqual(await agent.table('hello').rows({ name: 'you' }), [
      { name: 'you', greeting: 'Hello, you!', length: '11' },
    ]);
    const notes = agent.table('notes');
    const { status, id = '' } = await notes.insert(['bread', 3]);
    assert.equal(status, 'success');
    assert.deepEqual(await notes.insert(['bread', 1]), { status: 'constraint' });
    assert.deepEqual(await notes.update(BigInt(id), ['salt', 4]), { status: 'success' });
    assert.deepEqual(await notes.rows(), [{ rowid: id, title: 'salt', stars: '4' }]);
    await notes.delete(BigInt(id));
    assert.deepEqual(await notes.rows(), []);
  }
});

test('a plugin that is not there is told as such', async () => {
  await assert.rejects(fakeAgent([]).table('nowhere').rows(), /There is no table nowhere among the plugins/);
});
