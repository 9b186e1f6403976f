import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutpostError } from '@outpost/protocol';
import { bigint, defineTable, integer, isPluginDefinition, routesOf, schemaFromRoutes, text } from '@outpost/sdk';
import { buildSchema } from '../../../../extensions/sdk/src/table/build.ts';

const hosts = defineTable({
  name: 'etc_hosts',
  aliases: ['hosts'],
  description: 'Lines of /etc/hosts.',
  attributes: { cacheable: true, userBased: true },
  examples: ['select * from etc_hosts'],
  columns: {
    address: text('IP address', { index: true, collate: 'nocase', aliases: ['ip'] }),
    hostnames: text('Names'),
    pid_with_namespace: integer('Process', { additional: true, hidden: true }),
    win_timestamp: bigint('Time', { platforms: ['windows'] }),
  },
  order: ['address'],
  exact: ['address'],
  generate: () => [],
});

test('a definition is frozen, branded and carries its schema', () => {
  assert.ok(isPluginDefinition(hosts));
  assert.ok(Object.isFrozen(hosts) && Object.isFrozen(hosts.schema) && Object.isFrozen(hosts.schema.columns));
  assert.equal(isPluginDefinition({ ...hosts }), false);
  assert.deepEqual(structuredClone(hosts.schema), hosts.schema);
  assert.equal(hosts.schema.attributes, 2 + 8);
  assert.deepEqual(
    hosts.schema.columns.map(({ name, options, foreign }) => [name, options, foreign]),
    [
      ['address', 1 + 64, false],
      ['hostnames', 0, false],
      ['pid_with_namespace', 4 + 16, false],
      ['win_timestamp', process.platform === 'win32' ? 0 : 16, process.platform !== 'win32'],
    ],
  );
});

test('a column is foreign where its platforms lack the running one', () => {
  const spec = {
    name: 't',
    description: 'd',
    columns: { here: text('h'), there: text('t', { platforms: ['macos'] }) },
  } as const;
  const foreign = (platform: 'linux' | 'macos') => buildSchema(spec, platform).columns.map(column => column.foreign);
  assert.deepEqual(foreign('linux'), [false, true]);
  assert.deepEqual(foreign('macos'), [false, false]);
});

test('routes announce columns, aliases and attributes, and give the schema back', () => {
  const routes = routesOf(hosts);
  assert.deepEqual(routes.slice(0, 1), [{ id: 'column', name: 'address', type: 'TEXT', op: '65' }]);
  assert.deepEqual(routes.slice(4), [
    { id: 'alias', alias: 'hosts' },
    { id: 'columnAlias', name: 'ip', target: 'address' },
    { id: 'attributes', attributes: '10' },
  ]);
  const schema = schemaFromRoutes('etc_hosts', routes);
  const shape = ({ name, aliases, attributes, columns }: typeof schema) => ({
    name,
    aliases,
    attributes,
    columns: columns.map(column => [column.name, column.type, column.options, column.aliases]),
  });
  assert.deepEqual(shape(schema), shape(hosts.schema));
});

test('routes of strangers are read as osquery reads them', () => {
  const schema = schemaFromRoutes('t', [
    { id: 'columnAlias', name: 'early', target: 'a' },
    { id: 'column', name: 'a', type: 'text', op: 'x' },
    { id: 'column', name: 'b' },
    { id: 'column', type: 'TEXT' },
    { name: 'c', type: 'TEXT' },
    { id: 'alias' },
    { id: 'columnAlias', name: 'late', target: 'a' },
  ]);
  assert.deepEqual(schema.columns, [
    { name: 'a', type: 'UNKNOWN', options: 0, description: '', aliases: ['late'], foreign: false },
  ]);
  assert.deepEqual([schema.aliases, schema.attributes], [[], 0]);
});

test('all faults of a definition are named at once', () => {
  const faulty = () =>
    defineTable({
      name: 'select',
      aliases: ['Up', 'select'],
      description: ' ',
      platforms: ['beos'],
      attributes: { fast: true },
      examples: [''],
      columns: {
        Upper: text('x'),
        rowid: integer('x'),
        plain: text('', { indexed: true, platforms: [] } as never),
        number: integer('x', { collate: 'nocase', aliases: ['plain'] }),
        odd: { type: 'VARCHAR', description: 'x', options: {} },
        sorted: text('x', { collate: 'klingon' } as never),
      },
      order: ['nowhere', 'sorted', 'sorted'],
      exact: ['nothing'],
      insert: 5,
    } as never);
  assert.throws(faulty, (error: unknown) => {
    assert.ok(error instanceof OutpostError);
    assert.equal(error.code, 'DEFINITION_INVALID');
    for (const fault of [
      'The table select is not well defined',
      '"select" is a reserved word',
      'the name "Up" must be',
      'the name "select" is given twice',
      'the description is empty',
      'unknown platform "beos"',
      'unknown attribute "fast"',
      'an example is empty',
      'the column name "Upper" must be',
      `the column name "rowid" is SQLite's own`,
      'the description of column plain is empty',
      'unknown option "indexed"',
      'the column plain names no platform',
      'the column number has a collation but is not TEXT',
      'the column name "plain" is given twice',
      'the column odd has no known type',
      'unknown collation "klingon"',
      'order names the unknown column "nowhere"',
      'order names the column "sorted" twice',
      'exact names the unknown column "nothing"',
      'generate is missing',
      'insert is not a function',
    ])
      assert.ok(error.message.includes(fault), `${fault} is missing in: ${error.message}`);
    return true;
  });
  assert.throws(
    () => defineTable({ name: 't', description: 'd', columns: {}, generate: () => [] }),
    /there are no columns/,
  );
  assert.throws(() => defineTable({} as never), /\(unnamed\)/);
});

test('whether a generator is asynchronous is seen, or said', () => {
  const shape = { name: 't', description: 'd', columns: { a: text('a') } } as const;
  const delayed = () => Promise.resolve([{ a: 'x' }]);
  assert.equal(defineTable({ ...shape, generate: delayed }).asynchronous, false);
  assert.equal(defineTable({ ...shape, asynchronous: true, generate: delayed }).asynchronous, true);
});
