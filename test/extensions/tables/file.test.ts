import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, realpathSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Constraint, type FileView, fileView } from '@outpost/sdk';
import { file } from '../../../extensions/tables/src/common/file.ts';
import { filenameOf, parentOf } from '../../../extensions/tables/src/lib/paths.ts';
import { type AnyRow, directoryWith, machineWith, rowsOf } from './machine.ts';

const like = (column: string, ...values: string[]): Constraint[] =>
  values.map(value => ({ column, op: 'like', values: [value] }));
const pick = (rows: AnyRow[], ...names: string[]): unknown[][] => rows.map(row => names.map(name => row[name]));

test('gives what stat gives', t => {
  const root = directoryWith(t, { 'a.bin': 'hello' });
  const path = join(root, 'a.bin');
  chmodSync(path, 0o4750);
  utimesSync(path, 1_600_000_000.9, 1_500_000_000.9);
  const found = statSync(path);
  assert.deepEqual(rowsOf(file, { where: { path } }), [
    {
      path,
      directory: root,
      filename: 'a.bin',
      inode: found.ino,
      uid: found.uid,
      gid: found.gid,
      mode: '4750',
      device: 0,
      size: 5,
      block_size: found.blksize,
      atime: 1_600_000_000,
      mtime: 1_500_000_000,
      ctime: Math.floor(found.ctimeMs / 1000),
      btime: 0,
      hard_links: 1,
      symlink: 0,
      type: 'regular',
      symlink_target_path: '',
      pid_with_namespace: 0,
      mount_namespace_id: '',
    },
  ]);
});

test('names every type, of what a link leads to', async t => {
  const root = directoryWith(t, { dir: { directory: true }, link: { link: 'dir' }, loop: { link: 'loop' } });
  execFileSync('mkfifo', [join(root, 'fifo')]);
  const server = createServer().listen(join(root, 'sock'));
  t.after(() => server.close());
  const paths = ['dir', 'fifo', 'link', 'loop', 'sock'].map(name => join(root, name));
  const rows = rowsOf(file, { where: { path: [...paths, '/dev/null'] } });
  assert.deepEqual(pick(rows, 'filename', 'type', 'symlink', 'symlink_target_path'), [
    ['dir', 'directory', 0, ''],
    ['fifo', 'fifo', 0, ''],
    ['link', 'directory', 1, 'dir'],
    ['loop', 'unknown', 1, 'loop'],
    ['sock', 'socket', 0, ''],
    ['null', 'character', 0, ''],
  ]);
  assert.equal(rows.at(-1)?.device, statSync('/dev/null').rdev);
});

test('a path and a directory that are not there, empty or not absolute give nothing', t => {
  const files = machineWith(t, { f: 'x' });
  assert.deepEqual(rowsOf(file, { files, where: { path: ['', '/nope', '/f/', '/f/x', 'nope'] } }), []);
  assert.deepEqual(rowsOf(file, { files, where: { directory: ['', '/nope', 'nope'] } }), []);
  assert.deepEqual(rowsOf(file, { files }), []);
});

test('a path that several constraints select comes once', t => {
  const files = machineWith(t, { 'd/a': '', 'd/b': '' });
  const constraints: Constraint[] = [
    { column: 'path', op: '=', values: ['/d/a'] },
    ...like('path', '/d/%', '/d/a%'),
    { column: 'directory', op: '=', values: ['/d'] },
  ];
  assert.deepEqual(pick(rowsOf(file, { files, constraints }), 'path'), [['/d/a'], ['/d/b']]);
});

test('links of a made-up machine stay inside it', t => {
  const files = machineWith(t, { 'etc/out': { link: '../../../../etc/passwd' }, 'etc/passwd': 'four' });
  assert.deepEqual(pick(rowsOf(file, { files, where: { path: '/etc/out' } }), 'size', 'symlink'), [[4, 1]]);
});

test("gives a container's files", t => {
  const files = machineWith(t, {
    'proc/42/ns/mnt': { link: 'mnt:[4026532001]' },
    'proc/42/root/etc/a': 'x',
    'proc/42/root/etc/b': { link: '/../etc/a' },
    'etc/outside': '',
  });
  const rows = rowsOf(file, { files, constraints: like('path', '/etc/%'), where: { pid_with_namespace: 42 } });
  assert.deepEqual(pick(rows, 'path', 'size', 'pid_with_namespace', 'mount_namespace_id'), [
    ['/etc/a', 1, 42, '4026532001'],
    ['/etc/b', 1, 42, '4026532001'],
  ]);
});

test('this process as a container of its own', () => {
  const rows = rowsOf(file, { where: { path: process.execPath, pid_with_namespace: process.pid } });
  assert.deepEqual(pick(rows, 'path', 'size'), [[process.execPath, statSync(realpathSync(process.execPath)).size]]);
});

test('says that a name which is not UTF-8 is missing', t => {
  const root = directoryWith(t, { good: '' });
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x62, 0xff])]), '');
  const warnings: string[] = [];
  assert.deepEqual(pick(rowsOf(file, { where: { directory: root }, warnings }), 'filename'), [['good']]);
  assert.match(warnings.join(), /not UTF-8/);
});

test('splits paths as osquery does', () => {
  const paths = ['/a/b', '/a/b/', '/a//b', '/a', '/', 'a', '/a/..', '/a/./'];
  assert.deepEqual(
    paths.map(path => [parentOf(path), filenameOf(path)]),
    [
      ['/a', 'b'],
      ['/a/b', '.'],
      ['/a', 'b'],
      ['/', 'a'],
      ['', '/'],
      ['', 'a'],
      ['/a', '..'],
      ['/a/.', '.'],
    ],
  );
});

test('the number of a file that is too large for a first answer is asked for again', t => {
  const root = directoryWith(t, { there: 'x' });
  const rounded = 2 ** 60;
  const files: FileView = new Proxy(fileView(root), {
    get: (view, name: keyof FileView) => {
      const member = view[name];
      if (typeof member !== 'function') return member;
      if (name !== 'lstat') return member.bind(view);
      return (path: string) => Object.assign(view.lstat(path) ?? {}, { ino: rounded });
    },
  });
  const [row] = rowsOf(file, { files, where: { path: '/there' } });
  assert.equal(row?.inode, statSync(join(root, 'there'), { bigint: true }).ino);
});
