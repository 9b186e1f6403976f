import assert from 'node:assert/strict';
import { readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { processNamespaces } from '../../../extensions/tables/src/linux/process_namespaces.ts';
import { machineWith, rowsOf } from './machine.ts';

const names = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'] as const;

test('reads the namespaces of every process, empty where they are unknown', t => {
  const links = names.map((name, at) => [`proc/7/ns/${name}`, { link: `${name}:[402653183${at}]` }] as const);
  const files = machineWith(t, { ...Object.fromEntries(links), 'proc/8/ns/net': { link: 'net:[5]' } });
  const [seven, eight] = rowsOf(processNamespaces, { files });
  assert.deepEqual(
    [seven?.pid, ...names.map(name => seven?.[`${name}_namespace`])],
    [7, ...names.map((_, at) => `402653183${at}`)],
  );
  assert.deepEqual([eight?.pid, eight?.net_namespace, eight?.mnt_namespace], [8, '5', '']);
});

test('sees the namespaces of this process', () => {
  const [row] = rowsOf(processNamespaces, { where: { pid: process.pid } });
  for (const name of names)
    assert.equal(`${name}:[${row?.[`${name}_namespace`]}]`, readlinkSync(`/proc/self/ns/${name}`));
});
