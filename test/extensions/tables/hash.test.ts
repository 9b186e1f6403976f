import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type FileView, fileView } from '@outpost/sdk';
import { hash } from '../../../extensions/tables/src/common/hash.ts';
import { directoryWith, machineWith, rowsOf } from './machine.ts';

const digest = (name: string, content: string | Buffer): string => createHash(name).update(content).digest('hex');

test('gives the digests of files of every size', t => {
  const sizes = [0, 1, 1 << 20, (1 << 20) - 1, (3 << 20) + 17];
  const contents = sizes.map(size => Buffer.alloc(size, 'outpost '));
  const root = directoryWith(t, Object.fromEntries(contents.map((content, index) => [`f${index}`, content])));
  for (const [index, content] of contents.entries()) {
    const path = join(root, `f${index}`);
    assert.deepEqual(rowsOf(hash, { where: { path } }), [
      {
        path,
        directory: root,
        md5: digest('md5', content),
        sha1: digest('sha1', content),
        sha256: digest('sha256', content),
        pid_with_namespace: 0,
        mount_namespace_id: '',
      },
    ]);
  }
});

test('regular files only, the others are passed over', t => {
  const root = directoryWith(t, {
    a: 'a',
    sub: { directory: true },
    '.b': 'b',
    broken: { link: 'nowhere' },
    link: { link: 'a' },
  });
  execFileSync('mkfifo', [join(root, 'fifo')]);
  const names = rowsOf(hash, { where: { directory: root } }).map(row => String(row.path).slice(root.length + 1));
  assert.deepEqual(names.toSorted(), ['.b', 'a', 'link']);
  assert.deepEqual(
    rowsOf(hash, { where: { path: ['', root, `${root}/a/`, `${root}/fifo`, '/dev/null', '/dev/zero'] } }),
    [],
  );
});

test('only the digests that the query reads are made', t => {
  const files = machineWith(t, { a: 'content' });
  const [row] = rowsOf(hash, { files, where: { path: '/a' }, used: ['path', 'sha1'] });
  assert.deepEqual([row?.md5, row?.sha1, row?.sha256], ['', digest('sha1', 'content'), '']);
});

/** A view that counts how often content is read. */
function counted(files: FileView): { files: FileView; reads: () => number } {
  let reads = 0;
  const counting = new Proxy(files, {
    get(target, name) {
      if (name === 'readInto' || name === 'readFile') reads += 1;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { files: counting, reads: () => reads };
}

test('a file is read again only when it changed', t => {
  const root = directoryWith(t, { a: 'one' });
  const { files, reads } = counted(fileView(root));
  const md5 = (used: string[] = ['path', 'md5']) => rowsOf(hash, { files, where: { path: '/a' }, used })[0]?.md5;
  assert.deepEqual([md5(), md5(), reads()], [digest('md5', 'one'), digest('md5', 'one'), 1]);
  assert.deepEqual([md5(['path', 'md5', 'sha1']), reads()], [digest('md5', 'one'), 2]);
  writeFileSync(join(root, 'a'), 'two');
  utimesSync(join(root, 'a'), 1, 1);
  assert.deepEqual([md5(), reads()], [digest('md5', 'two'), 3]);
  rmSync(join(root, 'a'));
  assert.equal(md5(), undefined);
});

test('a file of more than 50 MiB has a row without digests, and a warning', t => {
  const root = directoryWith(t, { big: '' });
  truncateSync(join(root, 'big'), (50 << 20) + 1);
  const warnings: string[] = [];
  const [row] = rowsOf(hash, { where: { path: join(root, 'big') }, warnings });
  assert.deepEqual([row?.md5, row?.sha1, row?.sha256], ['', '', '']);
  assert.equal(warnings.length, 1);
});

test('files of the kernel, which say they are empty, are read to their end', () => {
  const [row] = rowsOf(hash, { where: { path: '/proc/version' } });
  assert.equal(row?.sha1, digest('sha1', fileView().readFile('/proc/version')));
});

test('a file of several parts is read part by part, and its digests are those of the whole', t => {
  const content = Buffer.alloc((3 << 20) + 7, 'part after part ');
  const root = directoryWith(t, { large: content });
  const files: FileView = new Proxy(fileView(root), {
    get: (view, name: keyof FileView) => {
      assert.notEqual(name, 'readFile', 'a file is not to be read whole');
      const member = view[name];
      return typeof member === 'function' ? member.bind(view) : member;
    },
  });
  const [row] = rowsOf(hash, { files, where: { path: '/large' } });
  assert.equal(row?.sha256, createHash('sha256').update(content).digest('hex'));
  assert.equal(row?.md5, createHash('md5').update(content).digest('hex'));
});
