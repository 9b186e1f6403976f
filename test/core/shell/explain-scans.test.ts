import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const shim = fileURLToPath(new URL('../../../core/bin/outposti.mjs', import.meta.url));
const sql = 'EXPLAIN SCANS select username from (values (1), (2)) cross join users where uid = 0';
const names = ['table_name', 'calls', 'constraints', 'columns', 'rows', 'bytes', 'ms', 'cached'];

const outposti = (...argv: readonly string[]): string => {
  const flags = ['--disable_extensions', ...argv];
  const { status, stdout, stderr } = spawnSync(process.execPath, [shim, ...flags], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, ''], argv.join(' '));
  return stdout;
};

test('the shell prints the scans of a statement in each of its modes', () => {
  const framed = outposti(sql);
  assert.match(framed, /^\| table_name +\| calls \| constraints \| columns +\| rows \| bytes \| ms +\| cached \|$/m);
  assert.match(framed, /^\| users +\| 2 +\| uid = 0 +\| uid, username /m);
  assert.match(framed, /^\| \(statement\) +\| 2 +\| +\| +\| 2 +\|/m);

  const rows = JSON.parse(outposti('--json', sql)) as Record<string, string>[];
  assert.deepEqual(
    rows.map(({ table_name, calls, constraints, cached }) => [table_name, calls, constraints, cached]),
    [
      ['users', '2', 'uid = 0', '1'],
      ['(statement)', '2', '', '1'],
    ],
  );
  assert.deepEqual(Object.keys(rows[0] ?? {}), names.toSorted());
  assert.deepEqual(JSON.parse(outposti('--json_pretty', sql)).length, 2);

  assert.equal(outposti('--csv', sql).split('\n')[0], names.join('|'));
  assert.match(
    outposti('--list', '--noheader', sql),
    /^users\|2\|uid = 0\|.*\n\(statement\)\|2\|\|\|2\|\d+\|[\d.]+\|1\n$/,
  );
  assert.match(outposti('--line', sql), /^ table_name = users\n {6}calls = 2\n/);
});

test('the shell tells the types of its columns', () => {
  const { stdout } = spawnSync(process.execPath, [shim, '--disable_extensions'], {
    input: `.types ${sql};\n`,
    encoding: 'utf8',
  });
  for (const name of names) assert.match(stdout, new RegExp(`^\\| ${name} +\\| (TEXT|BIGINT|DOUBLE) `, 'm'));
});
