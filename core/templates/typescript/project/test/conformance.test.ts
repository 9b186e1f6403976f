import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { reportText, verify } from '@outpost/sdk/conformance';

test('the extension does what agents rely on', { timeout: 60_000 }, async () => {
  const report = await verify([process.execPath, join(import.meta.dirname, '../src/main.ts')]);
  assert.ok(report.passed, reportText(report));
});
