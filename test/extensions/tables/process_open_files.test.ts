import assert from 'node:assert/strict';
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { processOpenFiles } from '../../../extensions/tables/src/common/process_open_files.ts';
import { directoryWith, machineWith, rowsOf } from './machine.ts';

test('leaves out what has no path', t => {
  const files = machineWith(t, {
    'proc/7/fd/0': { link: '/dev/null' },
    'proc/7/fd/1': { link: 'pipe:[77]' },
    'proc/7/fd/2': { link: 'socket:[78]' },
    'proc/7/fd/3': { link: 'anon_inode:[eventpoll]' },
    'proc/7/fd/4': { link: '/var/log/pipe: and socket:[1]' },
    'proc/7/fd/5': { link: '/tmp/x (deleted)' },
    'proc/8/comm': 'without descriptors',
  });
  assert.deepEqual(
    rowsOf(processOpenFiles, { files }).toSorted((left, right) => Number(left.fd) - Number(right.fd)),
    [
      { pid: 7, fd: 0, path: '/dev/null' },
      { pid: 7, fd: 4, path: '/var/log/pipe: and socket:[1]' },
      { pid: 7, fd: 5, path: '/tmp/x (deleted)' },
    ],
  );
});

test('sees a file of this process, also after it was removed', t => {
  const path = join(directoryWith(t, { 'some file': 'x' }), 'some file');
  const fd = openSync(path, 'r');
  t.after(() => closeSync(fd));
  const look = () => rowsOf(processOpenFiles, { where: { pid: process.pid } }).find(row => row.fd === fd)?.path;
  assert.equal(look(), path);
  rmSync(path);
  assert.equal(look(), `${path} (deleted)`);
});
