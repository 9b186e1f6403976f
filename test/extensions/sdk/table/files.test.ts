import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type FileView, fileView, machineFiles } from '@outpost/sdk';
import fc from 'fast-check';

const outside = mkdtempSync(join(tmpdir(), 'files-'));
const root = join(outside, 'root');
after(() => rmSync(outside, { recursive: true }));

mkdirSync(join(root, 'etc/deep'), { recursive: true });
mkdirSync(join(root, 'proc/1'), { recursive: true });
writeFileSync(join(outside, 'secret'), 'outside');
writeFileSync(join(root, 'etc/hosts'), 'inside\n');
writeFileSync(join(root, 'proc/1/stat'), '1 (init)');
writeFileSync(join(root, 'secret'), 'decoy');
symlinkSync('/etc/hosts', join(root, 'absolute'));
symlinkSync('../hosts', join(root, 'etc/deep/relative'));
symlinkSync('../../../../../../secret', join(root, 'etc/escape'));
symlinkSync('/etc', join(root, 'alias'));
symlinkSync('loop', join(root, 'loop'));
symlinkSync('/nowhere', join(root, 'dangling'));
execFileSync('mkfifo', [join(root, 'fifo')]);

const view = fileView(root);
const views: readonly [string, FileView, string][] = [
  ['the machine', machineFiles, root],
  ['a root', view, ''],
];

for (const [name, files, at] of views) {
  test(`${name}: content`, () => {
    assert.equal(files.readText(`${at}/etc/hosts`), 'inside\n');
    assert.deepEqual(files.readFile(`${at}/etc/hosts`), Buffer.from('inside\n'));
    assert.equal(files.readTextIfPresent(`${at}/etc/none`), undefined);
    assert.equal(files.readTextIfPresent(`${at}/etc/hosts/none`), undefined);
    assert.throws(() => files.readFile(`${at}/etc/none`), { code: 'ENOENT' });
    const buffer = Buffer.alloc(4);
    assert.equal(files.readInto(`${at}/etc/hosts`, buffer), 4);
    assert.equal(String(buffer), 'insi');
    assert.equal(files.readInto(`${at}/etc/none`, buffer), -1);
  });

  test(`${name}: what is too large or no regular file is refused, without waiting`, () => {
    assert.equal(files.readText(`${at}/etc/hosts`, { maxBytes: 7 }), 'inside\n');
    assert.throws(() => files.readFile(`${at}/etc/hosts`, { maxBytes: 6 }), { code: 'FILE_TOO_LARGE' });
    assert.throws(() => files.readFile(`${at}/fifo`), { code: 'FILE_NOT_REGULAR' });
    assert.throws(() => files.readInto(`${at}/fifo`, Buffer.alloc(1)), { code: 'FILE_NOT_REGULAR' });
    assert.throws(() => files.readFile(`${at}/etc`), { code: 'FILE_NOT_REGULAR' });
    assert.throws(() => files.readFile('etc/hosts'), { code: 'PATH_NOT_ABSOLUTE' });
  });

  test(`${name}: what paths are and lead to`, () => {
    assert.equal(files.stat(`${at}/etc`)?.isDirectory(), true);
    assert.equal(files.stat(`${at}/none`), undefined);
    assert.equal(files.lstat(`${at}/dangling`)?.isSymbolicLink(), true);
    assert.equal(files.stat(`${at}/dangling`), undefined);
    assert.equal(files.readlink(`${at}/etc/deep/relative`), '../hosts');
    assert.equal(files.readlink(`${at}/etc/hosts`), undefined);
    assert.equal(files.readlink(`${at}/none`), undefined);
    assert.equal(files.realpath(`${at}/etc/deep/relative`), `${at}/etc/hosts`);
    assert.equal(files.realpath(`${at}/dangling`), undefined);
    assert.equal(files.exists(`${at}/etc/../etc/hosts`), true);
    assert.equal(files.exists(`${at}/none/../etc/hosts`), false);
    assert.throws(() => files.stat(`${at}/loop`), { code: 'ELOOP' });
    assert.ok((files.statfs(`${at}/etc`)?.blocks ?? 0) >= 0);
    assert.equal(files.statfs(`${at}/none`), undefined);
  });

  test(`${name}: directories`, () => {
    assert.deepEqual(files.readdir(`${at}/etc`).sort(), ['deep', 'escape', 'hosts']);
    assert.deepEqual(files.readdir(`${at}/none`), []);
    assert.deepEqual(
      files.readdirTypes(`${at}/proc`).map(entry => [entry.name, entry.isDirectory()]),
      [['1', true]],
    );
    assert.deepEqual(files.readdirTypes(`${at}/none`), []);
  });
}

test('links and dots never lead out of a root', () => {
  assert.equal(view.readText('/absolute'), 'inside\n');
  assert.equal(view.readText('/alias/hosts'), 'inside\n');
  assert.equal(view.realpath('/alias/deep/relative'), '/etc/hosts');
  assert.equal(view.readText('/etc/escape'), 'decoy');
  assert.equal(view.readText('/../../secret'), 'decoy');
  assert.equal(view.readText('/proc/1/stat'), '1 (init)');
  const part = fc.constantFrom('..', '.', '', 'etc', 'alias', 'deep', 'escape', 'absolute', 'none', 'secret');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), parts => {
      assert.notEqual(
        view.readTextIfPresent(`/${parts.join('/')}`.replace(/(\/(etc|alias|deep|\.)?)*$/, '/secret')),
        'outside',
      );
      assert.ok(!view.realpath(`/${parts.join('/')}`)?.includes(outside));
    }),
  );
});

test('a file of /proc is read to its end, though it says it has no bytes', {
  skip: process.platform !== 'linux',
}, () => {
  assert.equal(machineFiles.readText('/proc/self/stat').split(' ')[0], String(process.pid));
  assert.equal(machineFiles.readText('/proc/kallsyms').length, readFileSync('/proc/kallsyms', 'utf8').length);
  assert.throws(() => machineFiles.readFile('/proc/kallsyms', { maxBytes: 100_000 }), { code: 'FILE_TOO_LARGE' });
  assert.ok(machineFiles.readInto('/proc/self/stat', Buffer.alloc(4096)) > 10);
  assert.equal(machineFiles.readInto('/proc/99999999/stat', Buffer.alloc(10)), -1);
});

test('a file of more than 50 MiB is refused unless asked for', () => {
  const path = join(outside, 'large');
  writeFileSync(path, '');
  truncateSync(path, 52_428_801);
  assert.throws(() => machineFiles.readFile(path), /more than 52428800 bytes/);
  assert.equal(machineFiles.readFile(path, { maxBytes: 60_000_000 }).length, 52_428_801);
});

test('the root is the real one', () => {
  assert.equal(fileView(), machineFiles);
  assert.equal(fileView('/'), machineFiles);
  assert.throws(() => fileView(join(outside, 'none')), { code: 'ENOENT' });
});
