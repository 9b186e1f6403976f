import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { plugins } from '../../../extensions/distributed/src/index.ts';
import {
  type DistributedRead,
  type DistributedResults,
  decodeDistributedRead,
  encodeDistributedResults,
  hostPlugin,
} from '../../../extensions/sdk/src/index.ts';

let spool = '';
let warnings: string[] = [];

const start = () => {
  const [definition] = plugins({ distributed_spool: spool });
  assert.ok(definition);
  const handle = hostPlugin(definition, { warn: message => warnings.push(message) });
  return {
    read: async (): Promise<DistributedRead> => {
      const { status, response } = await handle({ action: 'getQueries' });
      assert.equal(status.code, 0, status.message);
      return JSON.parse(decodeDistributedRead(response));
    },
    write: (results: DistributedResults) =>
      handle({ action: 'writeResults', results: encodeDistributedResults(results) }),
  };
};

const list = (folder: string): string[] => readdirSync(join(spool, folder)).sort();
const text = (path: string): string => readFileSync(join(spool, path), 'utf8');
const queue = (name: string, content: string): void => writeFileSync(join(spool, 'queries', name), content);
const ok = (id: string) => ({ id, rows: [{ a: '1' }], status: 0, message: '' });

beforeEach(() => {
  spool = join(mkdtempSync(join(tmpdir(), 'spool-')), 'deep', 'spool');
  warnings = [];
});
afterEach(() => rmSync(join(spool, '../..'), { recursive: true }));

describe('the spool of live queries', () => {
  it('makes its directories for their owner only', async () => {
    assert.deepEqual(await start().read(), { queries: {}, discovery: {} });
    for (const folder of ['queries', 'running', 'results', 'rejected'])
      assert.equal(statSync(join(spool, folder)).mode & 0o777, 0o700);
  });

  it('hands a query out once and puts its result beside it', async () => {
    const plugin = start();
    await plugin.read();
    queue('b.sql', 'select 2;\n');
    queue('a.sql', 'select 1;\n');
    queue('.hidden.sql', 'select 3');
    queue('c.sql.tmp', 'select 4');
    assert.deepEqual((await plugin.read()).queries, { a: 'select 1;\n', b: 'select 2;\n' });
    assert.deepEqual(list('running'), ['a.sql', 'b.sql']);
    assert.deepEqual(await plugin.read(), { queries: {}, discovery: {} });
    const stats = { wallTimeMs: 1, userTimeMs: 2, systemTimeMs: 3, memoryBytes: 4 };
    await plugin.write([{ ...ok('a'), stats }]);
    assert.equal(
      text('results/a.json'),
      '{"id":"a","status":0,"message":"","rows":[{"a":"1"}],"stats":{"wall_time_ms":1,"user_time":2,"system_time":3,"memory":4}}\n',
    );
    assert.deepEqual(list('running'), ['b.sql']);
    assert.deepEqual(list('results'), ['a.json']);
  });

  it('keeps a file of several queries until all of them have a result', async () => {
    const plugin = start();
    await plugin.read();
    queue('many.json', JSON.stringify({ queries: { x: 'select 1', y: 'select 2' }, accelerate: 60 }));
    assert.deepEqual(await plugin.read(), {
      queries: { x: 'select 1', y: 'select 2' },
      discovery: {},
      accelerate: 60,
    });
    await plugin.write([ok('x')]);
    assert.deepEqual(list('running'), ['many.json']);
    await plugin.write([ok('y')]);
    assert.deepEqual(list('running'), []);
    assert.deepEqual(list('results'), ['x.json', 'y.json']);
  });

  it('takes a result that comes after a restart', async () => {
    const before = start();
    await before.read();
    queue('a.sql', 'select 1');
    await before.read();
    const after = start();
    assert.deepEqual((await after.read()).queries, {});
    await after.write([ok('a')]);
    assert.deepEqual([list('running'), list('results')], [[], ['a.json']]);
  });

  it('hands a file with discovery out alone and forgets it when discovery says no', async () => {
    const plugin = start();
    await plugin.read();
    const file = JSON.stringify({ queries: { d: 'select 1' }, discovery: { d: 'select 1 where 0' } });
    queue('a.sql', 'select 1');
    queue('d.json', file);
    assert.deepEqual((await plugin.read()).queries, { a: 'select 1' });
    assert.deepEqual(await plugin.read(), { queries: { d: 'select 1' }, discovery: { d: 'select 1 where 0' } });
    assert.deepEqual(list('running'), ['a.sql', 'd.json']);
    await plugin.read();
    assert.deepEqual(list('running'), ['a.sql']);
  });

  it('takes a bounded number of files at once', async () => {
    const plugin = start();
    await plugin.read();
    for (let i = 0; i < 130; i++) queue(`q${i}.sql`, 'select 1');
    assert.equal(Object.keys((await plugin.read()).queries).length, 100);
    assert.equal(Object.keys((await plugin.read()).queries).length, 30);
  });

  it('says that a result could not be written, and succeeds later', async () => {
    const plugin = start();
    await plugin.read();
    queue('a.sql', 'select 1');
    await plugin.read();
    mkdirSync(join(spool, 'results/a.json'));
    assert.equal((await plugin.write([ok('a')])).status.code, 1);
    assert.deepEqual(list('running'), ['a.sql']);
    rmSync(join(spool, 'results/a.json'), { recursive: true });
    assert.deepEqual(list('results'), []);
    assert.equal((await plugin.write([ok('a')])).status.code, 0);
    assert.ok(existsSync(join(spool, 'results/a.json')));
  });

  it('fails without a directory', async () => {
    const [definition] = plugins({ distributed_spool: '' });
    assert.ok(definition);
    const { status } = await hostPlugin(definition)({ action: 'getQueries' });
    assert.equal(status.message, 'The plugin spool has no directory: name one with --distributed_spool.');
  });

  it('drops a result whose id is no file name', async () => {
    const plugin = start();
    assert.equal((await plugin.write([ok('../evil'), ok('good')])).status.code, 0);
    assert.deepEqual(list('results'), ['good.json']);
    assert.deepEqual(warnings, ['The result of "../evil" is dropped: the id is not a plain file name.']);
  });
});

describe('files that are no queries', () => {
  const cases: [name: string, content: string, error: RegExp][] = [
    ['empty.sql', ' \n', /^The file holds no SQL\.\n$/],
    ['text.json', 'select 1', /JSON/],
    ['array.json', '[]', /^The file is not an object\.\n$/],
    ['none.json', '{}', /^The member queries is not an object\.\n$/],
    ['no-query.json', '{"queries":{}}', /^The member queries is empty\.\n$/],
    ['number.json', '{"queries":{"a":1}}', /^The member a of queries is not SQL\.\n$/],
    ['escape.json', '{"queries":{"../a":"select 1"}}', /^The id "\.\.\/a" in queries is not a plain file name\.\n$/],
    ['other.json', '{"queries":{"a":"s"},"discovery":{"b":"s"}}', /^The member discovery has b, and queries has not/],
    ['fast.json', '{"queries":{"a":"s"},"accelerate":"1"}', /^The member accelerate is not a whole number/],
    ['large.sql', ' '.repeat(1_048_577), /^The file has more than 1048576 bytes\.\n$/],
  ];
  for (const [name, content, error] of cases)
    it(`rejects ${name}`, async () => {
      const plugin = start();
      await plugin.read();
      queue(name, content);
      queue('good.sql', 'select 1');
      assert.deepEqual((await plugin.read()).queries, { good: 'select 1' });
      const id = name.replace(/\.\w+$/, '');
      assert.deepEqual(list('rejected'), [`${id}.error`, name].sort());
      assert.match(text(`rejected/${id}.error`), error);
    });

  it('rejects what is no regular file, and an id that runs already', async () => {
    const plugin = start();
    await plugin.read();
    mkdirSync(join(spool, 'queries/directory.sql'));
    queue('a.sql', 'select 1');
    await plugin.read();
    queue('a.json', '{"queries":{"a":"select 2"}}');
    assert.deepEqual((await plugin.read()).queries, {});
    assert.equal(text('rejected/directory.error'), 'It is not a regular file.\n');
    assert.equal(text('rejected/a.error'), 'The query a is running already, from a.sql.\n');
  });
});
