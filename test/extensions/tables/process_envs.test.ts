import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import fc from 'fast-check';
import { processEnvs } from '../../../extensions/tables/src/common/process_envs.ts';
import { parseEnvironment } from '../../../extensions/tables/src/lib/process/environment.ts';
import { machineWith, rowsOf } from './machine.ts';
import { statusOf } from './process-files.ts';

test('reads the variables of every process', t => {
  const files = machineWith(t, {
    'proc/7/environ': 'A=1\0B=x=y\0EMPTY=\0no equals sign\0=odd\0\0LATER=not part of it\0',
    'proc/8/environ': 'C=caf\u00e9\nsecond line',
    'proc/9/environ': '',
    'proc/10': { directory: true },
  });
  assert.deepEqual(
    rowsOf(processEnvs, { files }).map(row => [row.pid, row.key, row.value]),
    [
      [7, 'A', '1'],
      [7, 'B', 'x=y'],
      [7, 'EMPTY', ''],
      [7, '', 'odd'],
      [8, 'C', 'caf\u00e9\nsecond line'],
    ],
  );
});

test('a pid in the query reads that process only, and the id of a thread is none', t => {
  const files = machineWith(t, {
    'proc/7/environ': 'A=1\0',
    'proc/7/status': statusOf('seven', 7),
    'proc/8/environ': 'A=2\0',
    'proc/8/status': statusOf('eight', 8),
    'proc/9/environ': 'A=3\0',
    'proc/9/status': statusOf('thread of eight', 8),
  });
  const pids = (pid: unknown) => rowsOf(processEnvs, { files, where: { pid } }).map(row => row.pid);
  assert.deepEqual(pids(8), [8]);
  assert.deepEqual(pids([8, 7, 99, 0, -1]), [7, 8]);
  assert.deepEqual(pids(9), []);
});

test('sees the environment of a running process', async t => {
  const child = spawn('sleep', ['60'], { env: { GREETING: 'hello', EMPTY: '' } });
  await once(child, 'spawn');
  t.after(() => child.kill('SIGKILL'));
  const rows = rowsOf(processEnvs, { where: { pid: child.pid } });
  assert.deepEqual(rows.map(row => [row.key, row.value]).toSorted(), [
    ['EMPTY', ''],
    ['GREETING', 'hello'],
  ]);
});

test('what may not be read is said once', t => {
  const base = machineWith(t, { 'proc/7/environ': '', 'proc/8/environ': '', 'proc/9/environ': 'A=1' });
  const files = {
    ...base,
    readdir: (path: string) => base.readdir(path),
    readTextIfPresent: (path: string) => {
      if (!path.includes('/9/')) throw new Error('EACCES');
      return base.readTextIfPresent(path);
    },
  };
  const warnings: string[] = [];
  assert.equal(rowsOf(processEnvs, { files, warnings }).length, 1);
  assert.deepEqual(warnings, ['/proc/7/environ (EACCES) and 1 more cannot be read.']);
});

test('no content makes the parser throw, and variables are read as they were written', () => {
  const pieces = fc.constantFrom('A', '=', '\0', '\n', '\ufffd', '\0\0', 'LONGER');
  fc.assert(fc.property(fc.array(pieces), parts => void [...parseEnvironment(parts.join(''))]));
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '_') });
  fc.assert(
    fc.property(fc.array(fc.record({ key: word, value: word })), variables => {
      const content = variables.map(({ key, value }) => `${key}=${value}\0`).join('');
      assert.deepEqual(
        [...parseEnvironment(content)],
        variables.map(variable => ({ ...variable })),
      );
    }),
  );
});
