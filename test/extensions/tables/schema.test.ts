import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isPluginDefinition } from '@outpost/sdk';
import { tables } from '@outpost/tables';

interface GoldenTable {
  readonly name: string;
  readonly description: string;
  readonly platforms: readonly string[];
  readonly aliases: readonly string[];
  readonly attributes: number;
  readonly columns: readonly { name: string; type: string; options: number; cid: number; foreign?: boolean }[];
  readonly columnAliases: Readonly<Record<string, string>>;
}

const golden: readonly GoldenTable[] = JSON.parse(
  readFileSync(new URL('../../golden/schema-tables.json', import.meta.url), 'utf8'),
);

/** Tables of osquery on Linux that other packages bring, or that have yet to come. */
const elsewhere = /^(?:docker|lxd|azure|ec2|ycloud|device|osquery)_|_events$|^carves$|^yara_/;
const present = new Set(tables.map(({ name }) => name));

test('every table is one of osquery, and of its families that belong here none is missing', () => {
  assert.equal(present.size, tables.length);
  const known = golden.map(({ name }) => name);
  assert.deepEqual(
    [...present].filter(name => !known.includes(name)),
    [],
  );
  assert.deepEqual(
    known.filter(name => !present.has(name) && !elsewhere.test(name)),
    [],
  );
});

for (const expected of golden.filter(({ name }) => present.has(name)))
  test(`${expected.name} has the columns, positions, types, options, aliases and attributes of osquery`, async () => {
    const entry = tables.find(({ name }) => name === expected.name);
    const schema = (await entry?.load())?.schema;
    assert.ok(schema);
    const columns = schema.columns.map(({ name, type, options, foreign }, cid) => ({
      name,
      type,
      options,
      cid,
      foreign,
    }));
    assert.deepEqual(
      columns,
      expected.columns.map(({ name, type, options, cid, foreign = false }) => ({ name, type, options, cid, foreign })),
    );
    const aliases = schema.columns.flatMap(column => column.aliases.map(alias => [alias, column.name]));
    assert.deepEqual(Object.fromEntries(aliases), expected.columnAliases);
    const { name, description, platforms, attributes } = schema;
    assert.deepEqual(
      { name, description, platforms, attributes, aliases: schema.aliases },
      {
        name: expected.name,
        description: expected.description,
        platforms: expected.platforms,
        attributes: expected.attributes,
        aliases: expected.aliases,
      },
    );
  });

for (const entry of tables)
  test(`the index entry of ${entry.name} says what its module says`, async () => {
    const definition = await entry.load();
    const exported: Record<string, unknown> = await import(entry.module);
    assert.deepEqual(Object.values(exported).filter(isPluginDefinition), [definition]);
    assert.equal(Object.keys(exported).length, 1);
    assert.equal(entry.name, definition.schema.name);
    assert.deepEqual(entry.aliases, definition.schema.aliases);
    assert.match(fileURLToPath(entry.module), new RegExp(`/(common|posix|linux)/${entry.name}\\.ts$`));
  });

test('the index imports nothing at run time', () => {
  const source = readFileSync(fileURLToPath(import.meta.resolve('@outpost/tables')), 'utf8');
  assert.deepEqual([...source.matchAll(/^import (?!type ).*$/gm)], []);
});
