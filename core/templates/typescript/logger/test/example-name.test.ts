import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fakeAgent } from '@outpost/sdk/testing';
import { exampleName } from '../src/example-name.ts';

const directory = await mkdtemp(join(tmpdir(), 'example-name-'));
after(() => rm(directory, { recursive: true }));
const logger = fakeAgent([exampleName]).logger('example_name');

test('lines are appended in their order', async () => {
  const path = join(directory, 'lines');
  process.env.EXAMPLE_NAME_FILE = path;
  await logger.log('{"n":1}', '{"n":2}');
  await logger.snapshot('{"n":3}');
  assert.equal(await readFile(path, 'utf8'), '{"n":1}\n{"n":2}\n{"n":3}\n');
});

test('a line that cannot be written is not delivered', async () => {
  process.env.EXAMPLE_NAME_FILE = join(directory, 'no', 'such', 'directory');
  await assert.rejects(logger.log('{"n":4}'), /ENOENT/);
});
