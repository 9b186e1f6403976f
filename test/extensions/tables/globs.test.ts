import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { after, test } from 'node:test';
import type { Constraint, TableDefinition } from '@outpost/sdk';
import { tables } from '@outpost/tables';
import { type AnyRow, rowsOf } from './machine.ts';

interface Tree {
  readonly root: string;
  readonly files: readonly string[];
  readonly symlinks: Readonly<Record<string, string>>;
}
interface Statement {
  readonly sql: string;
  readonly rows?: readonly Readonly<Record<string, string>>[];
  readonly error?: string;
}

const [first = '', ...lines] = readFileSync(new URL('../../golden/globs.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const tree: Tree = JSON.parse(first).tree;
const root = mkdtempSync(join(tmpdir(), 'outpost-globs-'));
after(() => rmSync(root, { recursive: true }));
const moved = (text: string): string => text.replaceAll(tree.root, root);

for (const file of tree.files) {
  mkdirSync(join(root, file.endsWith('/') ? file : dirname(file)), { recursive: true });
  if (!file.endsWith('/')) writeFileSync(join(root, file), basename(file));
}
for (const [link, target] of Object.entries(tree.symlinks)) symlinkSync(moved(target), join(root, link));

/** The constraints in a statement's WHERE: of those joined by `or`, the rows of both are made, and SQLite takes what fits. */
function constraintsOf(sql: string): Constraint[] {
  const terms = sql.matchAll(/\b(path|directory|filename) (=|like|glob|in) (\([^)]*\)|'[^']*')/g);
  return [...terms].map(([, column = '', op = '', operand = '']) => ({
    column,
    op: (op === 'in' ? '=' : op) as Constraint['op'],
    values: [...operand.matchAll(/'([^']*)'/g)].map(([, value = '']) => value),
  }));
}

/** What SQLite makes of the rows: it checks every constraint again. */
function selected(sql: string, table: TableDefinition, rows: readonly AnyRow[]): AnyRow[] {
  using database = new DatabaseSync(':memory:');
  const columns = table.schema.columns.map(({ name }) => name);
  database.exec(`create table ${table.schema.name} (${columns.join(', ')})`);
  const insert = database.prepare(`insert into ${table.schema.name} values (${columns.map(() => '?').join(', ')})`);
  for (const row of rows) insert.run(...columns.map(name => (row[name] ?? null) as SQLInputValue));
  return database.prepare(sql).all();
}

const ordered = (rows: readonly AnyRow[]): AnyRow[] =>
  rows.toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
/** Sizes of directories depend on the file system. */
const comparable = (row: AnyRow): AnyRow =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([name]) => !(name === 'size' && row.type === 'directory'))
      .map(([name, value]) => [name, String(value)])
      .toSorted(),
  );

for (const line of lines) {
  const { sql, rows, error }: Statement = JSON.parse(line);
  const name = / from (\w+)/.exec(sql)?.[1] ?? '';
  test(sql, async () => {
    const table = await tables.find(entry => entry.name === name)?.load();
    assert.ok(table);
    const constraints = constraintsOf(moved(sql));
    if (error !== undefined) {
      const required = new Set(['path', 'directory']);
      assert.ok(constraints.every(({ column }) => !required.has(column)));
      return;
    }
    const cwd = process.cwd();
    process.chdir(join(root, 'emptydir'));
    const made = rowsOf(table, { constraints, warnings: [] });
    process.chdir(cwd);
    const expected = JSON.parse(moved(JSON.stringify(rows)));
    const got = selected(moved(sql), table, made).map(comparable);
    assert.deepEqual(ordered(got), ordered(expected.map(comparable)));
    // Of `directory`, files come in the order of the directory; of a path's pattern, in the order of their bytes.
    if (/path like/.test(sql) && !/ or /.test(sql))
      assert.deepEqual(
        got.map(row => row.path),
        expected.map((row: AnyRow) => row.path),
      );
  });
}
