import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { namePart, ordered } from '../../../core/src/storage/keys.ts';
import { Store } from '../../../core/src/storage/store.ts';
import { packText, unpackText } from '../../../core/src/storage/values.ts';

let directory = '';
let path = '';
const notices: string[] = [];
const onNotice = (message: string): void => {
  notices.push(message);
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'store-'));
  path = join(directory, 'db');
  notices.length = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const put = (key: string, text: string) =>
  ({ type: 'put', domain: 'configurations', key, value: packText(text) }) as const;

async function text(store: Store, key: string): Promise<string | undefined> {
  const value = await store.get('configurations', key);
  return value === undefined ? undefined : unpackText(value);
}

for (const kind of ['level', 'memory'] as const) {
  const open = async (): Promise<Store> => (kind === 'memory' ? Store.memory() : Store.open(path, { onNotice }));

  test(`${kind}: batches, scans from a cursor, ranges`, async () => {
    const store = await open();
    await store.batch(['a1', 'a2', 'a3', 'b1'].map(key => put(key, key)));
    await store.batch([{ type: 'put', domain: 'queries', key: 'a1', value: packText('other') }]);
    assert.equal(await text(store, 'a2'), 'a2');
    assert.equal(await text(store, 'zz'), undefined);
    const keys = async (options: { prefix?: string; after?: string; limit: number }) =>
      (await store.scan('configurations', options)).map(([key]) => key);
    assert.deepEqual(await keys({ limit: 9 }), ['a1', 'a2', 'a3', 'b1']);
    assert.deepEqual(await keys({ prefix: 'a', limit: 2 }), ['a1', 'a2']);
    assert.deepEqual(await keys({ prefix: 'a', after: 'a1', limit: 9 }), ['a2', 'a3']);
    assert.deepEqual(await keys({ after: 'a3', limit: 9 }), ['b1']);
    assert.deepEqual(await store.scan('configurations', { limit: 1, values: false }), [['a1', new Uint8Array(0)]]);
    await store.batch([
      { type: 'deleteRange', domain: 'configurations', from: 'a1', to: 'a2' },
      { type: 'delete', domain: 'configurations', key: 'b1' },
      put('a2', 'again'),
    ]);
    assert.deepEqual(await keys({ limit: 9 }), ['a2', 'a3']);
    await store.close();
    await assert.rejects(store.get('configurations', 'a2'), { code: 'STORE_CLOSED' });
  });
}

test('the two stores behave alike', async () => {
  const key = fc.constantFrom('a', 'ab', 'b', 'é', 'z/1', '~');
  const step = fc.oneof(
    fc.record({ type: fc.constant('put' as const), key, value: fc.string({ maxLength: 4 }) }),
    fc.record({ type: fc.constant('delete' as const), key }),
    fc.record({ type: fc.constant('deleteRange' as const), from: key, to: key }),
  );
  const store = await Store.open(path, { onNotice });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 6 }), async batches => {
      const memory = Store.memory();
      await store.batch([{ type: 'deleteRange', domain: 'events', from: '', to: '\u{10ffff}' }]);
      for (const batch of batches) {
        const operations = batch.map(operation => ({
          ...operation,
          domain: 'events' as const,
          ...('value' in operation && { value: packText(operation.value) }),
        })) as Parameters<Store['batch']>[0];
        await Promise.all([store.batch(operations), memory.batch(operations)]);
      }
      const contents = await Promise.all([store, memory].map(each => each.scan('events', { limit: 99 })));
      const [left, right] = contents.map(entries => entries.map(([name, value]) => [name, unpackText(value)]));
      assert.deepEqual(left, right);
    }),
    { numRuns: 50 },
  );
  await store.close();
});

test('numbers and names in keys keep their order and their bounds', () => {
  assert.ok(ordered(9) < ordered(10) && ordered(10) < ordered(2 ** 53 - 1));
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
      fc.pre(left.toWellFormed() !== right.toWellFormed());
      assert.equal(namePart(left).startsWith(namePart(right)), false);
    }),
  );
});

test('the directory is for its owner only, and what was written is there again', async () => {
  const store = await Store.open(join(path, 'deeper'), { onNotice });
  assert.equal(statSync(join(path, 'deeper')).mode & 0o777, 0o700);
  await store.batch([put('k', 'v')]);
  await store.close();
  const again = await Store.open(join(path, 'deeper'), { onNotice });
  assert.equal(await text(again, 'k'), 'v');
  await again.close();
  assert.deepEqual(notices, []);
});

test('many writes are synced together, and on close', async () => {
  const store = await Store.open(path, { onNotice, syncMs: 50 });
  for (let i = 0; i < 100; i++) await store.batch([put(`k${i}`, 'v')]);
  assert.ok(store.syncs <= 2, `${store.syncs} syncs`);
  await new Promise(resolve => setTimeout(resolve, 120));
  const { syncs } = store;
  assert.ok(syncs >= 1);
  await new Promise(resolve => setTimeout(resolve, 80));
  assert.equal(store.syncs, syncs, 'an idle store is left alone');
  await store.close();
  assert.equal(store.syncs, syncs + 1);
});

test('a database in use names who uses it', async () => {
  const store = await Store.open(path, { onNotice });
  await assert.rejects(Store.open(path, { onNotice }), {
    code: 'STORE_LOCKED',
    message: `The database ${path} is in use by this process (${process.pid}).`,
  });
  await store.close();
});

test('a damaged database is set aside, told of, and a bounded number is kept', async () => {
  for (let i = 0; i < 4; i++) {
    const store = await Store.open(path, { onNotice, keepDamaged: 2 });
    assert.equal(await text(store, 'k'), undefined);
    await store.batch([put('k', 'v')]);
    await store.close();
    writeFileSync(join(path, 'CURRENT'), 'garbage');
  }
  assert.equal(notices.length, 3);
  assert.match(
    notices[0] ?? '',
    /was damaged \(.*\) and a fresh one takes its place\. Lost are .* are in .*\.corrupt-\d{8}T\d{6}Z\.$/,
  );
  assert.equal(readdirSync(directory).filter(name => name.startsWith('db.corrupt-')).length, 2);
});

test('damage that shows later does not stop the agent', async () => {
  const store = await Store.open(path, { onNotice });
  await store.batch([put('k', 'v')]);
  rmSync(path, { recursive: true });
  await store.sync();
  await store.batch([put('l', 'w')]);
  assert.equal(await text(store, 'l'), 'w');
  assert.equal(notices.length, 1);
  assert.ok(existsSync(join(path, 'CURRENT')));
  await store.close();
});

test('a path that cannot be a database says why', async () => {
  writeFileSync(path, '');
  await assert.rejects(Store.open(path, { onNotice }), { code: 'STORE_DENIED', message: /it is not a directory/ });
  await assert.rejects(
    Store.open('/proc/nowhere/db', { onNotice }),
    error => error instanceof Error && 'remedy' in error,
  );
});

/** Starts a writer, kills it at a moment of its own, and gives the last batch that it saw acknowledged. */
async function writeAndKill(delayMs: number): Promise<number> {
  const child = spawn(process.execPath, [new URL('writer-fixture.ts', import.meta.url).pathname, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let acknowledged = -1;
  const ended = new Promise(resolve => child.once('close', resolve));
  const started = new Promise<void>(resolve => {
    child.stdout.setEncoding('utf8').on('data', (data: string) => {
      acknowledged = Number(data.trim().split('\n').at(-1));
      resolve();
    });
  });
  await started;
  await new Promise(resolve => setTimeout(resolve, delayMs));
  child.kill('SIGKILL');
  await ended;
  return acknowledged;
}

test('every acknowledged batch survives kill -9 whole, and none is there in part', async () => {
  for (let round = 0; round < 5; round++) {
    const acknowledged = await writeAndKill(20 + Math.random() * 150);
    const store = await Store.open(path, { onNotice });
    const found = new Map<string, number>();
    for (const [key] of await store.scan('events', { limit: 1e9, values: false })) {
      const batch = key.split('.')[0] ?? '';
      found.set(batch, (found.get(batch) ?? 0) + 1);
    }
    await store.close();
    assert.ok(
      [...found.values()].every(count => count === 50),
      'no batch is there in part',
    );
    assert.ok(found.size > acknowledged, `${found.size} batches are there, ${acknowledged + 1} were acknowledged`);
  }
  assert.deepEqual(notices, []);
});

test('a database is opened again while it is used, and nothing is lost or refused', async () => {
  const store = await Store.open(path, { onNotice });
  const write = async (key: number): Promise<void> => {
    await store.batch([{ type: 'put', domain: 'queries', key: String(key), value: packText('x') }]);
    if (key % 7 === 0) await Promise.all([store.reopen(), store.reopen()]);
    assert.notEqual(await store.get('queries', String(key)), undefined);
  };
  await Promise.all(Array.from({ length: 50 }, (_, key) => write(key)));
  assert.equal((await store.scan('queries', { limit: 100 })).length, 50);
  assert.deepEqual(notices, []);
  await store.close();
  const memory = Store.memory();
  await memory.batch([{ type: 'put', domain: 'queries', key: 'q', value: packText('x') }]);
  await memory.reopen();
  assert.notEqual(await memory.get('queries', 'q'), undefined, 'a store in memory would lose everything');
});
