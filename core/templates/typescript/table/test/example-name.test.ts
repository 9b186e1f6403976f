import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeFiles, rowsOf } from '@outpost/sdk/testing';
import { exampleName } from '../src/example-name.ts';

test('each program is a row, with its line', async () => {
  using files = fakeFiles({ '/etc/shells': '# login shells\n/bin/sh\n\n/bin/bash\n' });
  assert.deepEqual(await rowsOf(exampleName, { files }), [
    { path: '/bin/sh', line: 2 },
    { path: '/bin/bash', line: 4 },
  ]);
});

test('a machine without the file has no rows', async () => {
  using files = fakeFiles({});
  assert.deepEqual(await rowsOf(exampleName, { files }), []);
});
