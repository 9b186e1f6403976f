import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killExtension } from '../reliability/extension-kills.ts';
import { Sandbox } from './harness.ts';

/** What a query on an extension that was killed may say. */
const named =
  /^(?:Extension socket not available: |Extension call failed: |extension hello is not responding since |no such table: hello)/;

test('queries on an extension that is killed end with rows or a named error, and its table comes back', {
  timeout: 180_000,
}, async context => {
  const result = await killExtension(Sandbox.for(context), 20, 1);
  context.diagnostic(JSON.stringify(result));
  assert.ok(result.withRows > 0);
  assert.deepEqual(
    result.errors.filter(error => !named.test(error)),
    [],
  );
});
