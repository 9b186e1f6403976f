import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Augeas } from '../../../extensions/tables/src/lib/sys/augeas.ts';
import { augeas } from '../../../extensions/tables/src/posix/augeas.ts';
import { machineWith, rowsOf } from './machine.ts';

/** Why augeas cannot be asked here; false when it can, with the lens for /etc/hosts. */
function missing(): string | false {
  try {
    using tree = new Augeas('/', '');
    tree.loadFile('/etc/hosts');
    return false;
  } catch (error) {
    return `augeas does not work here: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const skip = missing();
const machine = {
  'etc/hosts': '127.0.0.1 localhost\n192.0.2.1 box.example box\n',
  'etc/hostname': 'box\n',
  'etc/with space/x': '',
};

test('augeas: the nodes of a file, and of none that it has no lens for', { skip }, t => {
  const files = machineWith(t, machine);
  const warnings: string[] = [];
  const rows = rowsOf(augeas, { files, where: { path: ['/etc/hosts', '/etc/with space/x'] }, warnings });
  assert.deepEqual(
    rows.filter(({ label }) => label === 'canonical'),
    [
      { node: '/files/etc/hosts/1/canonical', value: 'localhost', label: 'canonical', path: '/etc/hosts' },
      { node: '/files/etc/hosts/2/canonical', value: 'box.example', label: 'canonical', path: '/etc/hosts' },
    ],
  );
  assert.deepEqual(rows[0], { node: '/files/etc/hosts', value: '', label: 'hosts', path: '/etc/hosts' });
  assert.match(warnings.join(), /with space\/x .* cannot be read by augeas/);
});

test('augeas: nodes, and patterns of nodes and of paths', { skip }, t => {
  const files = machineWith(t, machine);
  const [node] = rowsOf(augeas, { files, where: { node: '/files/etc/hosts/2/ipaddr' } });
  assert.equal(node?.value, '192.0.2.1');
  const like = (column: string, value: string) =>
    rowsOf(augeas, { files, constraints: [{ column, op: 'like', values: [value] }] });
  assert.ok(like('node', '/files/etc/hosts/2/%').some(row => row.value === 'box'));
  assert.deepEqual([...new Set(like('path', '/etc/host%').map(row => row.path))].toSorted(), [
    '/etc/hostname',
    '/etc/hosts',
  ]);
});

test('augeas: what is no expression is a warning', { skip }, t => {
  const warnings: string[] = [];
  assert.deepEqual(rowsOf(augeas, { files: machineWith(t, machine), where: { node: '/files/[' }, warnings }), []);
  assert.match(warnings.join(), /Invalid path expression/);
});

test('augeas: without the library no rows, and a warning that names it', { skip: skip === false }, t => {
  const warnings: string[] = [];
  assert.deepEqual(rowsOf(augeas, { files: machineWith(t, machine), warnings }), []);
  assert.match(warnings.join(), /libaugeas\.so\.0 .* cannot be read by augeas/);
});
