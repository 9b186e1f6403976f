import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileView } from '@outpost/sdk';
import { suidBin } from '../../../extensions/tables/src/posix/suid_bin.ts';
import { directoryWith, rowsOf } from './machine.ts';

test('finds what runs as somebody else, through links to files but not to directories', t => {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const root = directoryWith(t, {
    'etc/passwd': `owner:x:${uid}:${gid}::/:/bin/sh\n`,
    'usr/bin/su': '',
    'usr/bin/write': '',
    'usr/bin/both': '',
    'usr/bin/plain': '',
    'usr/bin/deep/er': '',
    bin: { link: 'usr/bin' },
    'tmp/link': { link: '/usr/bin/su' },
    'tmp/dangling': { link: 'nothing' },
    'tmp/directory': { link: '/usr/bin' },
    'tmp/sticky': { directory: true },
    'opt/bin/elsewhere': '',
  });
  const modes = { su: 0o4755, write: 0o2755, both: 0o6711, plain: 0o755, 'deep/er': 0o4700 };
  for (const [name, mode] of Object.entries(modes)) chmodSync(join(root, 'usr/bin', name), mode);
  chmodSync(join(root, 'tmp/sticky'), 0o3777);
  chmodSync(join(root, 'opt/bin/elsewhere'), 0o4755);
  const rows = rowsOf(suidBin, { files: fileView(root) });
  const expected = [
    ['/usr/bin/both', 'SG'],
    ['/usr/bin/deep/er', 'S'],
    ['/usr/bin/su', 'S'],
    ['/usr/bin/write', 'G'],
  ];
  assert.deepEqual(
    rows.map(row => [row.path, row.permissions]).toSorted(),
    [...expected, ...expected.map(([path, flags]) => [String(path).slice(4), flags]), ['/tmp/link', 'S']].toSorted(),
  );
  assert.ok(rows.every(row => row.username === 'owner' && row.groupname === String(gid)));
});
