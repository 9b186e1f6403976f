import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { errorTable } from '@outpost/protocol';
import { errorsPage } from '../../scripts/errors-page.ts';

test('docs/errors.md is what the table of errors gives', () => {
  assert.equal(readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8'), errorsPage());
});

test('every error is a sentence and says what to do', () => {
  for (const [code, { message, remedy }] of Object.entries(errorTable)) {
    assert.match(code, /^[A-Z][A-Z0-9_]+$/);
    assert.ok(message.length > 0, `${code} has no message`);
    assert.match(remedy, /[.!?]$/, `the remedy of ${code} is no sentence`);
  }
});
