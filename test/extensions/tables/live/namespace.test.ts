import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { etcHosts } from '../../../../extensions/tables/src/common/etc_hosts.ts';
import { file } from '../../../../extensions/tables/src/common/file.ts';
import { hash } from '../../../../extensions/tables/src/common/hash.ts';
import { pythonPackages } from '../../../../extensions/tables/src/common/python_packages.ts';
import { users } from '../../../../extensions/tables/src/common/users.ts';
import { aptSources } from '../../../../extensions/tables/src/linux/apt_sources.ts';
import { debPackages } from '../../../../extensions/tables/src/linux/deb_packages.ts';
import { directoryWith, rowsOf } from '../machine.ts';
import { withTools } from './tools.ts';

const { skip } = withTools('/usr/bin/unshare', '/usr/sbin/chroot', '/bin/mount', '/usr/bin/python3');
const reason = skip || (process.geteuid?.() === 0 ? false : 'a mount namespace takes root');

/** A process in a mount namespace of its own, whose root is another one. It needs nothing but itself there: python waits for the end of its input. */
async function container(t: TestContext, files: Parameters<typeof directoryWith>[1]): Promise<number> {
  const root = directoryWith(t, files);
  const enter = `
import os, sys
os.chroot(sys.argv[1]); os.chdir('/')
print('ready', flush=True)
sys.stdin.read()`;
  const child = spawn('unshare', ['--mount', 'python3', '-c', enter, root], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

const inside = {
  'etc/passwd': 'only:x:4242:1::/home/only:/bin/sh\n',
  'etc/hosts': { link: '/data/hosts' },
  'data/hosts': '192.0.2.77 inside.example\n',
  'etc/outside': { link: '../../../../../../../../etc/hostname' },
  'etc/dangling': { link: '/no/where' },
  'etc/apt/sources.list': 'deb http://inside.example/x y z\n',
  'var/lib/apt/lists/inside.example_x_dists_y_Release': 'Codename: y\n',
  'var/lib/dpkg/status': 'Package: inner\nStatus: install ok installed\nVersion: 1-2\n',
  'usr/lib/python3/dist-packages/inner-1.dist-info/METADATA': 'Name: inner\nVersion: 1\n',
} as const;

test('tables see what a process sees: its accounts, its links, its packages', { skip: reason }, async t => {
  const pid_with_namespace = await container(t, inside);
  const where = { pid_with_namespace };
  assert.deepEqual(
    rowsOf(users, { where }).map(row => row.username),
    ['only'],
  );
  assert.deepEqual(
    rowsOf(etcHosts, { where }).map(row => row.hostnames),
    ['inside.example'],
  );
  assert.deepEqual(
    rowsOf(aptSources, { where }).map(row => row.release),
    ['y'],
  );
  assert.deepEqual(
    rowsOf(debPackages, { where }).map(({ name, revision }) => [name, revision]),
    [['inner', '2']],
  );
  assert.deepEqual(
    rowsOf(pythonPackages, { where: { ...where, uid: 0 } }).map(row => row.name),
    ['inner'],
  );
});

test('links of a container lead nowhere outside of it', { skip: reason }, async t => {
  const pid_with_namespace = await container(t, { ...inside, 'etc/hostname': 'inside\n' });
  const path = ['/etc/outside', '/etc/hosts', '/etc/dangling', '/', '/etc/'];
  const rows = rowsOf(file, { where: { path, pid_with_namespace } });
  assert.deepEqual(
    rows.map(row => [row.path, row.type, row.symlink, row.symlink_target_path]),
    [
      ['/etc/outside', 'regular', 1, '../../../../../../../../etc/hostname'],
      ['/etc/hosts', 'regular', 1, '/data/hosts'],
      ['/etc/dangling', 'unknown', 1, '/no/where'],
      ['/', 'directory', 0, ''],
      ['/etc/', 'directory', 0, ''],
    ],
  );
  const [outside] = rowsOf(hash, { where: { path: '/etc/outside', pid_with_namespace }, used: ['md5'] });
  const [hostname] = rowsOf(hash, { where: { path: '/etc/hostname', pid_with_namespace }, used: ['md5'] });
  assert.equal(outside?.md5, hostname?.md5);
  assert.notEqual(readFileSync('/etc/hostname', 'utf8'), 'inside\n');
});

test('looking at a container leaves no descriptor open', { skip: reason }, async t => {
  const pid_with_namespace = await container(t, inside);
  const where = { path: ['/etc/hosts', '/nothing/here', '/etc/hosts/below'], pid_with_namespace };
  rowsOf(file, { where });
  const before = readdirSync('/proc/self/fd').length;
  for (let round = 0; round < 20; round += 1) rowsOf(file, { where });
  assert.equal(readdirSync('/proc/self/fd').length, before);
});
