import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fakeAgent } from '@outpost/sdk/testing';
import { exampleName } from '../src/example-name.ts';

const directory = await mkdtemp(join(tmpdir(), 'example-name-'));
after(() => rm(directory, { recursive: true }));
const path = join(directory, 'queries.json');
process.env.EXAMPLE_NAME_FILE = path;
const distributed = fakeAgent([exampleName]).distributed('example_name');

test('queries are given once', async () => {
  await writeFile(path, '{"queries":{"who":"select * from users"}}');
  assert.deepEqual(await distributed.queries(), { queries: { who: 'select * from users' } });
  assert.deepEqual(await distributed.queries(), { queries: {} });
});

test('results are appended', async () => {
  await distributed.write({ id: 'who', rows: [{ username: 'root' }], status: 0, message: '' });
  const [line = ''] = (await readFile(`${path}.results`, 'utf8')).split('\n');
  const { id, rows, status } = JSON.parse(line) as { id: string; rows: unknown; status: number };
  assert.deepEqual([id, rows, status], ['who', [{ username: 'root' }], 0]);
});
