import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repositoryFile, Sandbox, until } from './harness.ts';

test('a scheduled query over a table that an extension brings later runs as soon as it is there', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: { greeting: { query: 'select greeting from hello', interval: 1 } } });
  sandbox.daemon(`--extension=${repositoryFile('examples', 'hello-table', 'hello.ts')}`);
  const line = await until('a row of the extension', () =>
    sandbox.lines('outpostd.results.log').find(({ name }) => name === 'greeting'),
  );
  assert.deepEqual(line.columns, { greeting: 'Hello, world!' });
});
