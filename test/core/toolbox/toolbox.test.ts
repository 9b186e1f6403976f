import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const outpost = (...args: string[]) => {
  const command = fileURLToPath(new URL('../../../core/bin/outpost.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
};

test('a configuration is checked: exit code 0 and silence, or what is wrong with its place', context => {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'outpost.conf');
  writeFileSync(path, '{"schedule": {"a": {"query": "select 1", "interval": 60}}}');
  assert.deepEqual(outpost('config', 'check', path), { status: 0, stdout: '', stderr: '' });
  writeFileSync(path, '{"schedule": {"a": {"query": "select foo from time", "intervall": 60}}}');
  const { status, stderr } = outpost('config', 'check', path);
  assert.equal(status, 1);
  assert.match(stderr, /error: .*outpost\.conf:1:30: The query a is not run: no such column: foo/);
  assert.match(stderr, /warning: .*Did you mean interval\?/);
});

test('the schema of tables is printed as Markdown and as JSON', () => {
  const markdown = outpost('schema', 'etc_hosts');
  assert.equal(markdown.status, 0);
  assert.match(markdown.stdout, /^## etc_hosts\n[\s\S]*\| `address` \| TEXT \|/);
  const [schema] = JSON.parse(outpost('schema', '--json', 'hash').stdout) as [
    { name: string; columns: { name: string; options: string[] }[] },
  ];
  assert.equal(schema.name, 'hash');
  assert.deepEqual(schema.columns.find(({ name }) => name === 'path')?.options, ['index', 'required', 'optimized']);
  const all = JSON.parse(outpost('schema', '--json').stdout) as { name: string }[];
  assert.ok(all.some(({ name }) => name === 'osquery_info'));
});

test('the JSON Schema of a configuration is printed', () => {
  const { status, stdout } = outpost('config', 'schema');
  assert.equal(status, 0);
  assert.ok('schedule' in (JSON.parse(stdout) as { properties: object }).properties);
});

test('what is mistyped is told', () => {
  const told = 'outpost does not understand its arguments: ';
  for (const [args, fault] of [
    [['schemas'], "unknown command 'schemas'. Did you mean schema?"],
    [['schema', '--jsn'], "unknown option '--jsn'. Did you mean --json?"],
    [['config', 'chek'], "unknown command 'chek'. Did you mean check?"],
    [['zzz'], "unknown command 'zzz'. outpost --help says what it understands."],
  ] as const)
    assert.deepEqual(outpost(...args), { status: 1, stdout: '', stderr: `${told}${fault}\n` });
  assert.equal(outpost('schemas').status, 1);
  const absent = outpost('schema', 'nothing');
  assert.deepEqual([absent.status, absent.stderr], [1, 'There is no table nothing; outpost schema lists all.\n']);
  assert.equal(outpost('--help').status, 0);
  assert.match(outpost('--version').stdout, /^\d+\.\d+\.\d+\n$/);
});

test('an extension is examined: every check, what was found and what mends it', context => {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'inventory.ext');
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, 0o646);
  const bad = outpost('doctor', 'extension', path);
  assert.equal(bad.status, 1);
  assert.match(bad.stdout, /^ok +\S+ +kind +a regular file +a regular file$/m);
  assert.match(bad.stdout, /^NO +\S+ +mode +0646 +not writable by everybody$/m);
  assert.match(bad.stdout, /^NO +\S+ +executable +0646 +executable by its owner$/m);
  const repairs = [...bad.stdout.matchAll(/^ {2}(chmod .*)$/gm)].map(([, repair = '']) => repair);
  assert.equal(repairs.length, 2);
  for (const repair of repairs) assert.equal(spawnSync('sh', ['-c', repair]).status, 0, repair);
  const mended = outpost('doctor', 'extension', path);
  assert.equal(mended.status, 0);
  assert.match(mended.stdout, /The agent of the user \d+ starts /);
  assert.match(outpost('doctor', 'extension', join(directory, 'absent')).stdout, /kind +nothing/);
});
