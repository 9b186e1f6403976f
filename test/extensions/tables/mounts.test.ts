import assert from 'node:assert/strict';
import { statfsSync } from 'node:fs';
import { test } from 'node:test';
import { type FileView, fileView } from '@outpost/sdk';
import fc from 'fast-check';
import { parseMounts } from '../../../extensions/tables/src/lib/mounts.ts';
import { mounts } from '../../../extensions/tables/src/posix/mounts.ts';
import { machineWith, rowsOf } from './machine.ts';

const table = `/dev/mapper/root / ext4 rw,relatime 0 0
tmpfs /run tmpfs rw 0 0
//host/my\\040share /mnt/a\\011b\\134c\\012d cifs ro 0 0
systemd-1 /auto autofs rw 0 0
half a line
`;

test('reads the table of mounts', t => {
  const files = machineWith(t, {
    'proc/mounts': table,
    'dev/mapper/root': { link: '../dm-0' },
    'dev/dm-0': '',
    run: { directory: true },
  });
  const rows = rowsOf(mounts, { files });
  assert.deepEqual(
    rows.map(row => [row.device, row.device_alias, row.path, row.type, row.flags]),
    [
      ['/dev/mapper/root', '/dev/dm-0', '/', 'ext4', 'rw,relatime'],
      ['tmpfs', 'tmpfs', '/run', 'tmpfs', 'rw'],
      ['//host/my share', '//host/my share', '/mnt/a\tb\\c\nd', 'cifs', 'ro'],
    ],
  );
  assert.equal(rows[2]?.blocks, undefined);
});

test('asks for space only where a column needs it, and says when it cannot be told', t => {
  const asked: string[] = [];
  const files: FileView = new Proxy(machineWith(t, { 'proc/mounts': table }), {
    get(target, name) {
      if (name === 'statfs' || name === 'realpath')
        return (path: string) => {
          asked.push(`${name} ${path}`);
          if (name === 'statfs') throw new Error('not today');
        };
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  assert.equal(rowsOf(mounts, { files, used: ['path', 'type'] }).length, 3);
  assert.equal(asked.length, 0);
  const warnings: string[] = [];
  assert.equal(rowsOf(mounts, { files, used: ['path', 'blocks'], warnings }).length, 3);
  assert.deepEqual(warnings, ['/ (not today) and 2 more cannot be asked for space.']);
  assert.ok(!asked.some(call => call.includes('/auto')));
});

test('gives the numbers of this machine', () => {
  const root = rowsOf(mounts).findLast(row => row.path === '/');
  const found = statfsSync('/');
  assert.deepEqual([root?.blocks_size, root?.blocks, root?.inodes], [found.bsize, found.blocks, found.files]);
});

test('counts beyond 32 bits stay what they are', () => {
  const big = { bsize: 4096, blocks: 2 ** 33, bfree: 2 ** 32, bavail: 5, files: 2 ** 40, ffree: 1, type: 0 };
  const base = fileView();
  const files = { readText: () => 'x / ext4 rw 0 0\n', statfs: () => big, realpath: () => undefined, root: base.root };
  const [row] = rowsOf(mounts, { files: files as unknown as FileView });
  assert.deepEqual([row?.blocks, row?.inodes], [2 ** 33, 2 ** 40]);
});

test('no content makes the parser throw', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), content => void [...parseMounts(content)]));
  fc.assert(
    fc.property(fc.array(fc.constantFrom(' ', '\\', '0', '4', '7', '\n', 'x')), parts => {
      for (const mount of parseMounts(parts.join(''))) assert.ok(!/\\0[0-7]{2}/.test(mount.type));
    }),
  );
});
