import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { tables } from '@outpost/tables';
import { tablesPages } from '../../scripts/tables-pages.ts';

const folder = new URL('../../docs/tables/', import.meta.url);
const remedy = 'docs/tables is not what the definitions give: run node scripts/tables-pages.ts';

test('docs/tables has the pages that the definitions of tables give, and no others', async () => {
  const pages = await tablesPages();
  assert.deepEqual(globSync('*', { cwd: folder }).toSorted(), [...pages.keys()].toSorted(), remedy);
  const old = [...pages].filter(([name, text]) => readFileSync(new URL(name, folder), 'utf8') !== text);
  assert.deepEqual(
    old.map(([name]) => name),
    [],
    remedy,
  );
});

test('the list of tables leads to each of them once', async () => {
  const linked = [...((await tablesPages()).get('README.md') ?? '').matchAll(/^\* \[(\w+)\]\(\1\.md\): ./gm)];
  const names = linked.map(([, name]) => name ?? '');
  assert.equal(new Set(names).size, names.length);
  for (const name of [...tables.map(table => table.name), 'osquery_info', 'outpost_metrics'])
    assert.ok(names.includes(name), `${name} is in no group`);
});
