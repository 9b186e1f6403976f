import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { processEnvs } from '../../../../extensions/tables/src/common/process_envs.ts';
import { processMemoryMap } from '../../../../extensions/tables/src/common/process_memory_map.ts';
import { processOpenFiles } from '../../../../extensions/tables/src/common/process_open_files.ts';
import { processOpenSockets } from '../../../../extensions/tables/src/common/process_open_sockets.ts';
import { processNamespaces } from '../../../../extensions/tables/src/linux/process_namespaces.ts';
import { rowsOf } from '../machine.ts';
import { linesOf, withTools } from './tools.ts';

/** A process that holds still while two look at it. */
async function stillProcess(t: TestContext): Promise<number> {
  const child = spawn('sleep', ['60'], {
    env: { FIRST: '1', SECOND: 'two words' },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  await once(child, 'spawn');
  t.after(() => child.kill('SIGKILL'));
  assert.ok(child.pid);
  return child.pid;
}

test('environments agree with ps', withTools('/usr/bin/ps'), async t => {
  const pid = await stillProcess(t);
  const [line = ''] = linesOf('ps', 'eww', '-o', 'args=', '-p', String(pid));
  const variables = rowsOf(processEnvs, { where: { pid } }).map(row => `${row.key}=${row.value}`);
  assert.equal(line.trimEnd(), `sleep 60 ${variables.join(' ')}`);
});

test('regions agree with pmap', withTools('/usr/bin/pmap'), async t => {
  const pid = await stillProcess(t);
  const expected = linesOf('pmap', '-X', String(pid))
    .map(line => line.trim().split(/\s+/))
    .filter(fields => /^[0-9a-f]{6,}$/.test(fields[0] ?? ''))
    .map(([start, permissions, offset, device, inode]) => [
      ...[BigInt(`0x${start}`), permissions, Number.parseInt(offset ?? '', 16), device, Number(inode)],
    ]);
  const found = rowsOf(processMemoryMap, { where: { pid } })
    .map(row => [BigInt(String(row.start)), row.permissions, row.offset, row.device, row.inode])
    .filter(([start]) => expected.some(row => row[0] === start));
  assert.ok(expected.length > 10);
  assert.deepEqual(found, expected);
});

test('open files agree with lsof', withTools('/usr/bin/lsof'), async t => {
  const pid = await stillProcess(t);
  const fields = linesOf('lsof', '-w', '-p', String(pid), '-F', 'fn');
  const expected = fields.flatMap((field, index): [number, string][] => {
    const name = fields[index + 1];
    return /^f\d/.test(field) && name?.startsWith('n/') ? [[Number(field.slice(1)), name.slice(1)]] : [];
  });
  const found = rowsOf(processOpenFiles, { where: { pid } }).map(row => [row.fd, row.path]);
  assert.deepEqual(found.toSorted(), expected.toSorted());
  assert.ok(found.length > 0);
});

test('namespaces agree with lsns', withTools('/usr/bin/lsns'), async t => {
  const pid = await stillProcess(t);
  const [row] = rowsOf(processNamespaces, { where: { pid } });
  const expected = linesOf('lsns', '-p', String(pid), '-n', '-o', 'TYPE,NS').map(line => line.trim().split(/\s+/));
  for (const [type, number] of expected) if (type !== 'time') assert.equal(row?.[`${type}_namespace`], number);
  assert.ok(expected.length >= 6);
});

test('listeners agree with ss', withTools('/usr/bin/ss'), async t => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const expected = linesOf('ss', '-Htnlpe', `sport = :${port}`).map(line => [
    /^(\S+)/.exec(line)?.[1],
    Number(/pid=(\d+)/.exec(line)?.[1]),
    Number(/fd=(\d+)/.exec(line)?.[1]),
    Number(/\bino:(\d+)/.exec(line)?.[1]),
  ]);
  const found = rowsOf(processOpenSockets, { where: { pid: process.pid } }).filter(row => row.local_port === port);
  assert.deepEqual(
    found.map(row => [row.state, row.pid, row.fd, row.socket]),
    [['LISTEN', ...(expected[0]?.slice(1) ?? [])]],
  );
});
