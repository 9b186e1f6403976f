import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeKey } from '../../../core/src/storage/keys.ts';
import { bringUpToDate, type Migration } from '../../../core/src/storage/layout.ts';
import { MemoryBackend } from '../../../core/src/storage/memory.ts';
import { packText, unpackText } from '../../../core/src/storage/values.ts';

const versionOf = async (backend: MemoryBackend): Promise<string> =>
  unpackText((await backend.get(encodeKey('meta', 'version'))) ?? packText('none'));

const put = (key: string, value: string) =>
  ({ type: 'put', key: encodeKey('configurations', key), value: packText(value) }) as const;

/** Two steps that note that they ran. */
const ran: string[] = [];
const steps: readonly Migration[] = ['one', 'two'].map(name => async () => {
  ran.push(name);
  return [put(name, 'done')];
});

test('a fresh database is of the present layout; no step runs', async () => {
  ran.length = 0;
  const backend = new MemoryBackend();
  await bringUpToDate('db', backend, steps);
  assert.deepEqual([ran, await versionOf(backend)], [[], '3']);
});

test('a database without a version is of the first layout and goes through all steps, once', async () => {
  ran.length = 0;
  const backend = new MemoryBackend();
  await backend.write([put('x', 'y')]);
  await bringUpToDate('db', backend, steps);
  assert.deepEqual([ran, await versionOf(backend)], [['one', 'two'], '3']);
  await bringUpToDate('db', backend, steps);
  assert.deepEqual(ran, ['one', 'two']);
});

test('a step that fails is taken up again, and those before it are not', async () => {
  ran.length = 0;
  const backend = new MemoryBackend();
  await backend.write([put('x', 'y')]);
  const [one] = steps;
  const failing: Migration = async () => {
    throw new Error('disk full');
  };
  await assert.rejects(bringUpToDate('db', backend, [one as Migration, failing]), /disk full/);
  assert.equal(await versionOf(backend), '2');
  await bringUpToDate('db', backend, steps);
  assert.deepEqual([ran, await versionOf(backend)], [['one', 'two'], '3']);
});

test('a database of a later version is left as it is', async () => {
  const backend = new MemoryBackend();
  await bringUpToDate('db', backend, steps);
  await assert.rejects(bringUpToDate('db', backend, []), { code: 'STORE_NEWER' });
  await backend.write([{ type: 'put', key: encodeKey('meta', 'version'), value: packText('x') }]);
  await assert.rejects(bringUpToDate('db', backend, steps), { code: 'STORE_NEWER' });
});
