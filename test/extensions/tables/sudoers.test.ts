import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseSudoers } from '../../../extensions/tables/src/lib/sudoers.ts';
import { sudoers } from '../../../extensions/tables/src/posix/sudoers.ts';
import { machineWith, rowsOf } from './machine.ts';

// The lines are those of Debian 12, of Fedora 39 and of sudoers(5).
const debian = `#
# This file MUST be edited with the 'visudo' command as root.
#
Defaults	env_reset
Defaults	secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
User_Alias	ADMINS = millert,\\
		mikef
root	ALL=(ALL:ALL) ALL
%sudo   ALL=(ALL:ALL) ALL
#1000 ALL = NOPASSWD: /usr/bin/id
# See sudoers(5) for more information on "@include" directives:
@includedir /etc/sudoers.d
#include local
@include "/etc/with space"
@include
#includedirs are nice
`;

test('follows the includes of sudoers', t => {
  const files = machineWith(t, {
    'etc/sudoers': debian,
    'etc/sudoers.d/20-second': 'bob ALL=(ALL) ALL\n#includedir /etc/sudoers.d\n',
    'etc/sudoers.d/10-first': 'alice ALL=(ALL) NOPASSWD: ALL',
    'etc/sudoers.d/README.txt': 'no ALL=ALL',
    'etc/sudoers.d/backup~': 'no ALL=ALL',
    'etc/sudoers.d/sub': { directory: true },
    'etc/local': 'carol ALL=ALL',
    'etc/with space': 'dave ALL=ALL\n@include /etc/sudoers\n',
  });
  assert.deepEqual(
    rowsOf(sudoers, { files }).map(row => [String(row.source).slice(5), row.header, row.rule_details]),
    [
      ['sudoers', 'Defaults', 'env_reset'],
      ['sudoers', 'Defaults', 'secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"'],
      ['sudoers', 'User_Alias', 'ADMINS = millert, mikef'],
      ['sudoers', 'root', 'ALL=(ALL:ALL) ALL'],
      ['sudoers', '%sudo', 'ALL=(ALL:ALL) ALL'],
      ['sudoers', '#1000', 'ALL = NOPASSWD: /usr/bin/id'],
      ['sudoers', 'includedir', '/etc/sudoers.d'],
      ['sudoers.d/10-first', 'alice', 'ALL=(ALL) NOPASSWD: ALL'],
      ['sudoers.d/20-second', 'bob', 'ALL=(ALL) ALL'],
      ['sudoers.d/20-second', 'includedir', '/etc/sudoers.d'],
      ['sudoers', 'include', '/etc/local'],
      ['local', 'carol', 'ALL=ALL'],
      ['sudoers', 'include', '/etc/with space'],
      ['with space', 'dave', 'ALL=ALL'],
      ['with space', 'include', '/etc/sudoers'],
      ['sudoers', '@include', ''],
    ],
  );
});

test('goes no deeper than sudo does, and has no rows without the file', t => {
  const chain = Array.from({ length: 200 }, (_, index) => [`etc/s${index}`, `#include s${index + 1}\n`]);
  const files = machineWith(t, { 'etc/sudoers': '#include s0\n', ...Object.fromEntries(chain) });
  assert.equal(rowsOf(sudoers, { files }).length, 128);
  assert.deepEqual(rowsOf(sudoers, { files: machineWith(t, {}) }), []);
  const warnings: string[] = [];
  rowsOf(sudoers, { files: machineWith(t, { 'etc/sudoers': { directory: true } }), warnings });
  assert.equal(warnings.length, 1);
});

test('no content makes the parser throw', () => {
  const pieces = fc.constantFrom('#', '@', 'include', 'dir', ' ', '\t', '\\', '\n', '"', '/', 'a', '1', '\r', '\ufffd');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), parts => {
      for (const { header } of parseSudoers(parts.join(''))) assert.match(header, /^\S+$/);
    }),
  );
});
