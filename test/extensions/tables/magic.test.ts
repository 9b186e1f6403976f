import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileView } from '@outpost/sdk';
import { magic } from '../../../extensions/tables/src/posix/magic.ts';
import { linesOf, withTools } from './live/tools.ts';
import { directoryWith, rowsOf } from './machine.ts';

const content = {
  'a/text': 'hello\n',
  'a/empty': '',
  'a/picture': Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex'),
  'a/link': { link: 'text' },
  'a/directory/x': '',
};

test('agrees with file', withTools('/usr/bin/file', '/usr/bin/mkfifo'), t => {
  const root = directoryWith(t, content);
  execFileSync('mkfifo', [join(root, 'a/fifo')]);
  const paths = ['text', 'empty', 'picture', 'link', 'directory', 'fifo', 'absent'].map(name => join(root, 'a', name));
  const rows = rowsOf(magic, { where: { path: paths } });
  const option = (...options: string[]) => linesOf('file', '-b', ...options, ...paths);
  assert.deepEqual(
    rows.map(row => row.data),
    option(),
  );
  assert.deepEqual(
    rows.map(row => row.mime_type),
    option('--mime-type'),
  );
  assert.deepEqual(
    rows.map(row => row.mime_encoding),
    option('--mime-encoding'),
  );
});

test('looks into other roots, and at nothing when no path is given', withTools('/usr/bin/file'), t => {
  const files = fileView(directoryWith(t, { ...content, 'a/absolute': { link: '/a/picture' } }));
  const rows = rowsOf(magic, { files, where: { path: ['/a/absolute', 'a/text'] } });
  assert.deepEqual(
    rows.map(row => [row.path, row.mime_type]),
    [['/a/absolute', 'image/png']],
  );
  assert.deepEqual(rowsOf(magic, { files }), []);
});

test('says why it has no rows', () => {
  const warnings: string[] = [];
  assert.deepEqual(rowsOf(magic, { where: { path: '/etc/passwd', magic_db_files: '/nowhere.mgc' }, warnings }), []);
  assert.match(warnings.join(), /^The table magic has no rows without libmagic \(.*\): /);
});
