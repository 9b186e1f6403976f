import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultText } from '../../../core/src/config/fault.ts';
import type { TableDrafts } from '../../../core/src/config/tables.ts';
import { harness } from './harness.ts';

interface Simple {
  readonly views: Readonly<Record<string, string>>;
  readonly automatic: readonly { name: string; query: string; path: string; columns: readonly string[] }[];
}

const simple = ({ views, automatic }: TableDrafts): Simple => ({
  views: Object.fromEntries(views.map(({ name, sql }) => [name, sql])),
  automatic: automatic.map(({ name, query, path, columns }) => ({ name, query, path, columns })),
});

const read = async (...sources: readonly string[]) => {
  const applied: TableDrafts[] = [];
  const { config, plugin } = harness({
    applyTables: async drafts => {
      applied.push(drafts);
      return drafts.views.flatMap(({ name, fault }) => (name === 'refused' ? [fault('It is refused.')] : []));
    },
  });
  const load = (...texts: readonly string[]): Promise<boolean> => {
    plugin.sources = Object.fromEntries(texts.map((text, index) => [`s${index}`, text]));
    return config.refresh();
  };
  await load(...sources);
  const last = (): Simple => {
    const drafts = applied.at(-1);
    assert.ok(drafts !== undefined);
    return simple(drafts);
  };
  return { config, load, last, faults: () => config.faults.map(fault => `${fault.severity} ${faultText(fault)}`) };
};

const table = (name: string, more: object = {}): string =>
  JSON.stringify({
    auto_table_construction: { [name]: { query: 'select a from b', path: '/x/%.db', columns: ['a'], ...more } },
  });

test('views and tables of sources and packs are taken over together, and go with their keys', async () => {
  const pack =
    '"packs": {"p": {"queries": {}, "views": {"of_pack": "select 2"}}, "q": {"platform": "darwin", "views": {"no": "select 3"}}}';
  const { last, load, faults } = await read(
    `{"views": {"v": "select 1"}, ${pack}}`,
    table('t', { platform: 'linux,darwin' }),
  );
  assert.deepEqual(last(), {
    views: { of_pack: 'select 2', v: 'select 1' },
    automatic: [{ name: 't', query: 'select a from b', path: '/x/%.db', columns: ['a'] }],
  });
  await load('{}', table('t', { platform: 'windows' }));
  assert.deepEqual(last(), { views: {}, automatic: [] });
  assert.deepEqual(faults(), []);
});

test('of two with one name the later source counts, and the other is told of', async () => {
  const { last, faults } = await read('{"views": {"v": "select 1"}}', '{"views": {"V": "select 2"}}');
  assert.deepEqual(last().views, { V: 'select 2' });
  assert.deepEqual(faults(), ['warning s0:1:17: v is defined again in a later place, which counts. (/views/v)']);
});

test('what is not well formed is left out and told of with its place', async () => {
  const cases: readonly (readonly [text: string, fault: RegExp])[] = [
    ['{"views": []}', /^error s0:1:11: The key views is an array; an object is expected\. \(\/views\)$/],
    ['{"views": {"v": 5}}', /^error s0:1:17: The view v is a number; the SQL of a query is expected\. \(\/views\/v\)$/],
    ['{"views": {"v": " "}}', /^error s0:1:17: The view v is empty; the SQL of a query is expected\./],
    ['{"views": {"refused": "select 1"}}', /^error s0:1:23: It is refused\. \(\/views\/refused\)$/],
    [
      '{"auto_table_construction": []}',
      /^error .* The key auto_table_construction is an array; an object is expected\./,
    ],
    [
      '{"auto_table_construction": {"t": "x"}}',
      /^error .*: ATC Table: Skipping t because it is a string; an object is expected/,
    ],
    [
      table('t', { query: 1 }),
      /^error .*: ATC Table: Skipping t because it is misconfigured \(missing query or path\)/,
    ],
    [
      table('t', { path: '' }),
      /^error .*: ATC Table: Skipping t because it is misconfigured \(missing query or path\)/,
    ],
    [table('t', { columns: 'a' }), /^error .*: ATC Table: Skipping t because it is misconfigured \(no columns\)/],
    [
      table('a b'),
      /^error .*: ATC Table: Skipping a b because its name is not made of letters, digits and underscores/,
    ],
  ];
  for (const [text, fault] of cases) {
    const { last, faults } = await read(text);
    assert.deepEqual(last().automatic, []);
    assert.equal(faults().length, 1, faults().join('\n'));
    assert.match(faults()[0] ?? '', fault);
  }
});

test('columns that are of no use are passed over, and the table is there', async () => {
  const { last, faults } = await read(table('t', { columns: [5, 'a', 'A', 'Path'] }));
  assert.deepEqual(last().automatic[0]?.columns, ['a', 'Path']);
  const said = faults();
  assert.match(said[0] ?? '', /^warning .* A column is a number; its name is expected\./);
  assert.match(said[1] ?? '', /^warning .* The column A is listed twice\./);
  assert.match(said[2] ?? '', /^warning .* The configuration includes `Path`\. This is a reserved column name/);
  assert.equal(said.length, 3);
});
