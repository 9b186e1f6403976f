import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type FileView, fileView } from '@outpost/sdk';
import { processes } from '../../../extensions/tables/src/common/processes.ts';
import { type Content, directoryWith, machineWith, rowsOf } from './machine.ts';

const status = (name: string, pid: number, memory = 'VmSize:\t    2496 kB\nVmRSS:\t     736 kB\n'): string =>
  `Name:\t${name}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t1\n` +
  `Uid:\t10\t11\t12\t13\nGid:\t20\t21\t22\t23\nFDSize:\t64\nGroups:\t \n${memory}Threads:\t1\n`;
const stat = (pid: number, name: string): string =>
  `${pid} (${name}) S 1 77 77 0 -1 4194304 117 0 2 0 31 32 0 0 20 -5 3 0 123456 2555904 184 18446744073709551615\n`;
const io = 'rchar: 4\nwchar: 5\nsyscr: 6\nsyscw: 7\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 100\n';

function processFiles(pid: number, name: string, more: Record<string, Content> = {}): Record<string, Content> {
  const files: Record<string, Content> = {
    status: status(name, pid),
    stat: stat(pid, name),
    io,
    cmdline: 'sleep\0  60\0\0',
    cgroup: '0::/user.slice/a:b\n1:name=systemd:/x\n',
    exe: { link: '/usr/bin/sleep' },
    cwd: { link: '/home' },
    root: { link: '/' },
    ...more,
  };
  return Object.fromEntries(Object.entries(files).map(([file, content]) => [`proc/${pid}/${file}`, content]));
}

const common = { 'proc/stat': 'cpu 1 2 3\nintr 5 6\nbtime 1700000000\nprocesses 3\n', 'usr/bin/sleep': 'x' };

test('reads every column', t => {
  const files = machineWith(t, { ...common, ...processFiles(55, 'sleep') });
  assert.deepEqual(rowsOf(processes, { files }), [
    {
      pid: 55,
      name: 'sleep',
      path: '/usr/bin/sleep',
      cmdline: 'sleep   60',
      state: 'S',
      cwd: '/home',
      root: '/',
      uid: 10,
      gid: 20,
      euid: 11,
      egid: 21,
      suid: 12,
      sgid: 22,
      on_disk: 1,
      wired_size: 0,
      resident_size: 736 * 1024,
      total_size: 2496 * 1024,
      user_time: 310,
      system_time: 320,
      disk_bytes_read: 4096,
      disk_bytes_written: 8092,
      start_time: 1700001234,
      parent: 1,
      pgroup: 77,
      threads: 3,
      nice: -5,
      cgroup_path: '/user.slice/a:b',
    },
  ]);
});

test('rows come in the order of pids, and a process that is gone has none', t => {
  const files = machineWith(t, {
    ...common,
    ...processFiles(100, 'a'),
    ...processFiles(9, 'b'),
    'proc/30/status': { directory: true },
    'proc/31/status': 'Name:\tx\n',
    'proc/32': { directory: true },
    'proc/self/status': status('self', 1),
  });
  assert.deepEqual(
    rowsOf(processes, { files }).map(row => row.pid),
    [9, 100],
  );
  assert.deepEqual(
    rowsOf(processes, { files, used: ['pid'] }).map(row => row.pid),
    [9, 30, 31, 32, 100],
  );
});

test('a pid in the query reads that process only, and the id of a thread is none', t => {
  const files = machineWith(t, {
    ...common,
    ...processFiles(5, 'five'),
    ...processFiles(6, 'six'),
    ...processFiles(7, 'thread', { status: status('thread', 5) }),
  });
  const pids = (pid: unknown, used?: string[]) =>
    rowsOf(processes, { files, where: { pid }, ...(used && { used }) }).map(row => row.pid);
  assert.deepEqual(pids(6), [6]);
  assert.deepEqual(pids([6, 5, 8, -1, 0, 6.5, 1e12, 'x']), [5, 6]);
  assert.deepEqual(pids(7), []);
  assert.deepEqual(pids(7, ['pid']), []);
  assert.deepEqual(pids(8, ['pid']), []);
});

/** A view that notes what is read. */
function watched(files: FileView, seen: Set<string>): FileView {
  return new Proxy(files, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...parameters: unknown[]) => {
        const [, file] = /^\/proc\/\d+\/(.*)$/.exec(String(parameters[0])) ?? [];
        if (file !== undefined) seen.add(file);
        return Reflect.apply(member, target, parameters);
      };
    },
  });
}

test('only the files of the used columns are read', t => {
  const files = machineWith(t, { ...common, ...processFiles(55, 'sleep') });
  const read = (...used: string[]): string[] => {
    const seen = new Set<string>();
    rowsOf(processes, { files: watched(files, seen), used });
    return [...seen].toSorted();
  };
  assert.deepEqual(read('pid'), []);
  assert.deepEqual(read('pid', 'name'), ['status']);
  assert.deepEqual(read('parent'), ['stat', 'status']);
  assert.deepEqual(read('path'), ['exe', 'status']);
  assert.deepEqual(read('cmdline', 'disk_bytes_read'), ['cmdline', 'io', 'status']);
  assert.deepEqual(read('cgroup_path'), ['cgroup', 'status']);
});

test('kernel threads have no program, no memory and no command line', t => {
  const more = { status: status('kworker/0:1', 2, ''), exe: 'no link', cmdline: '' };
  const files = machineWith(t, { ...common, ...processFiles(2, 'kworker/0:1', more) });
  const [row] = rowsOf(processes, { files });
  assert.deepEqual(
    [row?.path, row?.on_disk, row?.cmdline, row?.total_size, row?.resident_size],
    ['', -1, '', undefined, undefined],
  );
});

test('odd names, missing io and an unknown boot time do no harm', t => {
  const files = machineWith(t, {
    ...processFiles(3, ') S 9 (', { status: status('caf\u00e9 \\n', 3), io: '' }),
    ...processFiles(4, 'bad', { stat: 'nonsense' }),
    ...processFiles(5, 'bytes', { cmdline: Buffer.from([0xff, 0x41, 0, 0x42]), cgroup: '' }),
  });
  const [odd, bytes, ...rest] = rowsOf(processes, { files });
  assert.deepEqual(rest, []);
  assert.deepEqual(
    [odd?.name, odd?.state, odd?.parent, odd?.start_time, odd?.disk_bytes_read, odd?.on_disk],
    ['caf\u00e9 \\n', 'S', 1, -1, undefined, 0],
  );
  assert.deepEqual([bytes?.cmdline, bytes?.cgroup_path], ['\ufffdA B', '']);
});

test('a command line longer than the buffer is whole', t => {
  const files = machineWith(t, { ...processFiles(3, 'long', { cmdline: `${'a'.repeat(200_000)}\0b\0` }) });
  assert.equal(String(rowsOf(processes, { files })[0]?.cmdline).length, 200_002);
});

test('the mark of a deleted program is taken off, unless its file is called so', t => {
  const files = machineWith(t, {
    ...processFiles(3, 'gone', { exe: { link: '/tmp/gone (deleted)' } }),
    ...processFiles(4, 'odd', { exe: { link: '/tmp/odd (deleted)' } }),
    'tmp/odd (deleted)': 'x',
  });
  assert.deepEqual(
    rowsOf(processes, { files }).map(row => [row.path, row.on_disk]),
    [
      ['/tmp/gone', 0],
      ['/tmp/odd (deleted)', 1],
    ],
  );
});

test('sees this process as it is', () => {
  const [row] = rowsOf(processes, { where: { pid: process.pid } });
  assert.equal(row?.path, realpathSync(process.execPath));
  assert.equal(row?.parent, process.ppid);
  assert.equal(row?.uid, process.getuid?.());
  assert.equal(row?.cwd, process.cwd());
  assert.ok(String(row?.cmdline).includes(process.execPath));
  const started = Date.now() / 1000 - process.uptime();
  assert.ok(Math.abs(Number(row?.start_time) - started) < 5, `${row?.start_time} ${started}`);
  const memory = process.memoryUsage().rss;
  assert.ok(Number(row?.resident_size) > memory / 2 && Number(row?.resident_size) < memory * 2);
  assert.ok(rowsOf(processes, { used: ['pid'] }).some(({ pid }) => pid === process.pid));
});

test('sees the program of a running process deleted', async t => {
  const program = join(directoryWith(t, {}), 'my sleep');
  copyFileSync('/bin/sleep', program);
  const child = spawn(program, ['60']);
  await once(child, 'spawn');
  t.after(() => child.kill('SIGKILL'));
  const look = () => rowsOf(processes, { where: { pid: child.pid } }).map(row => [row.path, row.on_disk]);
  assert.deepEqual(look(), [[program, 1]]);
  rmSync(program);
  assert.deepEqual(look(), [[program, 0]]);
});

test('processes that end while they are looked at are only left out', () => {
  const children = Array.from({ length: 20 }, () => spawn('true'));
  for (let round = 0; round < 20; round += 1) assert.ok(rowsOf(processes).length > 0);
  for (const child of children) child.kill('SIGKILL');
});

test('a query that was given up stops', () => {
  assert.equal(fileView().root, '/');
  const context = { equals: () => undefined, used: () => true, files: fileView(), aborted: true };
  assert.deepEqual([...(processes.generate(context as never) as Iterable<unknown>)], []);
});
