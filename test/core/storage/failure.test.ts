import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureKind, storeError } from '../../../core/src/storage/failure.ts';

const level = (code: string, message: string): Error =>
  new Error('Database failed to open', { cause: Object.assign(new Error(message), { code }) });

test('what LevelDB says is told apart', () => {
  assert.equal(failureKind(level('LEVEL_LOCKED', 'IO error: lock x/LOCK: already held by process')), 'locked');
  assert.equal(failureKind(level('LEVEL_CORRUPTION', 'Corruption: bad block type')), 'damaged');
  assert.equal(
    failureKind(level('LEVEL_IO_ERROR', 'IO error: x/MANIFEST-000002: No such file or directory')),
    'damaged',
  );
  assert.equal(failureKind(level('LEVEL_IO_ERROR', 'IO error: x/LOCK: Permission denied')), 'denied');
  assert.equal(failureKind(level('LEVEL_IO_ERROR', 'IO error: x/000003.log: No space left on device')), 'full');
  assert.equal(failureKind(level('LEVEL_IO_ERROR', 'IO error: x: Too many open files')), 'other');
});

test('each becomes an error that names the database and what to do', () => {
  const full = storeError('/x', level('LEVEL_IO_ERROR', 'IO error: /x/1.log: No space left on device'));
  assert.deepEqual(
    [full.code, full.message],
    ['STORE_FULL', 'The database /x cannot be written, because the disk is full.'],
  );
  assert.equal(
    storeError('/x', level('LEVEL_LOCKED', 'lock')).message,
    'The database /x is in use by another process.',
  );
  assert.equal(storeError('/x', full), full);
});
