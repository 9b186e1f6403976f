import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readCopy } from '../../../core/src/storage/copy.ts';
import { Store } from '../../../core/src/storage/store.ts';

const folder = (context: TestContext): string => {
  const path = mkdtempSync(join(tmpdir(), 'copy-'));
  context.after(() => rmSync(path, { recursive: true }));
  return path;
};

/** Writes so many values of 256 KiB, so that LevelDB writes new files and removes old ones all the time. */
const write = async (store: Store, from: number, count: number): Promise<void> => {
  for (let number = from; number < from + count; number++)
    await store.batch([
      { type: 'put', domain: 'outbox', key: String(number).padStart(6, '0'), value: randomBytes(1 << 18) },
    ]);
};

test('a copy of a database that is written to has all that was committed before', async context => {
  const path = join(folder(context), 'db');
  const store = await Store.open(path, { onNotice: assert.fail });
  for (let round = 0; round < 12; round++) {
    await write(store, round * 20, 10);
    const meanwhile = write(store, round * 20 + 10, 10);
    const keys = await readCopy(path, copy => copy.scan('outbox', { limit: 1000, values: false }));
    assert.ok(keys.length >= round * 20 + 10, `${keys.length} of ${round * 20 + 10}`);
    await meanwhile;
  }
  assert.deepEqual(readdirSync(join(path, '..')), ['db'], 'no copy is left behind');
  await store.close();
});

test('a damaged database is said to be one, and stays as it is', async context => {
  const path = join(folder(context), 'db');
  const store = await Store.open(path, { onNotice: assert.fail });
  await write(store, 0, 60);
  await store.close();
  const [table = ''] = readdirSync(path).filter(file => file.endsWith('.ldb'));
  rmSync(join(path, table));
  const before = readdirSync(path);
  await assert.rejects(
    readCopy(path, async () => undefined),
    { code: 'STORE_FAILED', message: /it is damaged, or changed/ },
  );
  assert.deepEqual(readdirSync(path), before);
  assert.deepEqual(readdirSync(join(path, '..')), ['db']);
});

test('where there is no database there is nothing to copy', async context => {
  const path = join(folder(context), 'db');
  await assert.rejects(
    readCopy(path, async () => undefined),
    { code: 'STORE_FAILED', message: /no such file/ },
  );
});
