import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { processes } from '../../../extensions/tables/src/common/processes.ts';
import { partnersOf } from '../../../extensions/tables/src/lib/process/pipes.ts';
import { processOpenPipes } from '../../../extensions/tables/src/linux/process_open_pipes.ts';
import { directoryWith, rowsOf } from './machine.ts';

const own = () => rowsOf(processOpenPipes, { warnings: [] }).filter(row => row.pid === process.pid);

test('joins the writer and the reader of a pipe', async t => {
  const fifo = join(directoryWith(t, {}), 'ready');
  execFileSync('mkfifo', [fifo]);
  // Both sides open the FIFO only once they have their end of the pipe, and reading it waits for both.
  const side = `{ echo $0 > ${fifo}; exec sleep 60; }`;
  const shell = spawn('sh', ['-c', `(${side}) | (${side})`], { detached: true, stdio: 'ignore' });
  t.after(() => process.kill(-(shell.pid ?? 0), 'SIGKILL'));
  execFileSync('head', ['-n', '2', fifo], { timeout: 10_000 });
  const group = new Set(
    rowsOf(processes)
      .filter(row => row.pgroup === shell.pid)
      .map(row => row.pid),
  );
  const rows = rowsOf(processOpenPipes, { warnings: [] }).filter(row => group.has(row.pid) && Number(row.fd) < 3);
  const [writer, ...otherWriters] = rows.filter(row => row.mode === 'w');
  const [reader, ...otherReaders] = rows.filter(row => row.mode === 'r');
  assert.deepEqual([otherWriters, otherReaders], [[], []]);
  assert.deepEqual(
    [writer?.fd, writer?.partner_pid, writer?.partner_fd, writer?.partner_mode],
    [1, reader?.pid, 0, 'r'],
  );
  assert.deepEqual(
    [reader?.fd, reader?.partner_pid, reader?.partner_fd, reader?.partner_mode],
    [0, writer?.pid, 1, 'w'],
  );
  assert.equal(writer?.inode, reader?.inode);
});

test('a FIFO is named and has an end for reading and writing', t => {
  const directory = directoryWith(t, {});
  const path = join(directory, 'fifo');
  execFileSync('mkfifo', [path]);
  const both = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  t.after(() => [both, reader].forEach(closeSync));
  const rows = own().filter(row => row.inode === statSync(path).ino);
  const order = ['fd', 'mode', 'type', 'partner_pid', 'partner_fd', 'partner_mode'];
  assert.deepEqual(
    rows.map(row => order.map(name => row[name])),
    [
      [both, 'rw', 'named', process.pid, reader, 'r'],
      [reader, 'r', 'named', process.pid, both, 'rw'],
    ],
  );
});

test('an end without anybody at the other comes once', () => {
  const end = (fd: number, mode: string) => ({ pid: 1, fd, mode });
  const pairs = (...ends: ReturnType<typeof end>[]) =>
    [...partnersOf({ inode: 1, type: 'anonymous', ends })].map(pair => [pair.end.fd, pair.partner?.fd]);
  assert.deepEqual(pairs(end(1, 'r')), [[1, undefined]]);
  assert.deepEqual(pairs(end(1, 'r'), end(2, 'r')), [
    [1, undefined],
    [2, undefined],
  ]);
  assert.deepEqual(pairs(end(1, 'rw'), end(2, 'rw')), [
    [1, 2],
    [2, 1],
  ]);
  assert.deepEqual(pairs(end(1, 'r'), end(2, 'w'), end(3, 'r')), [
    [1, 2],
    [2, 1],
    [2, 3],
    [3, 2],
  ]);
});

test('every end comes, and who is a partner has a partner', () => {
  const ends = fc.array(fc.record({ pid: fc.nat(5), fd: fc.nat(9), mode: fc.constantFrom('r', 'w', 'rw', '') }));
  fc.assert(
    fc.property(ends, list => {
      const pairs = [...partnersOf({ inode: 1, type: 'named', ends: list })];
      assert.deepEqual(new Set(pairs.map(({ end }) => end)), new Set(list));
      for (const { end, partner } of pairs)
        if (partner) assert.ok(pairs.some(other => other.end === partner && other.partner === end));
    }),
  );
});
