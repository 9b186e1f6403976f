// What patterns of paths find, asked of the tables file and hash through the engine: see test/golden/globs.jsonl.
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { PluginRow } from '@outpost/protocol';
import { rowsAsText } from '../../../core/src/engine/rows.ts';
import { openCore } from './agent-core.ts';
import { temporaryDirectory } from './harness.ts';
import { golden } from './native-harness.ts';

interface Tree {
  readonly root: string;
  readonly files: readonly string[];
  readonly symlinks: Readonly<Record<string, string>>;
}

interface Statement {
  readonly sql: string;
  readonly rows?: readonly PluginRow[];
  readonly error?: string;
}

const [head, ...statements] = golden<{ readonly tree: Tree } | Statement>('globs.jsonl') as [
  { readonly tree: Tree },
  ...Statement[],
];

/** Makes the files and links of the recorded tree. @returns what puts its place into a text */
const plant = (context: TestContext, { root: recorded, files, symlinks }: Tree): ((text: string) => string) => {
  const root = temporaryDirectory(context);
  const moved = (text: string): string => text.replaceAll(recorded, root);
  for (const file of files) {
    mkdirSync(join(root, file.endsWith('/') ? file : dirname(file)), { recursive: true });
    if (!file.endsWith('/')) writeFileSync(join(root, file), basename(file));
  }
  for (const [link, target] of Object.entries(symlinks)) symlinkSync(moved(target), join(root, link));
  return moved;
};

/** A row as text; without the size of a directory, which depends on the file system. */
const textOf = (row: PluginRow): string =>
  JSON.stringify(
    Object.entries(row)
      .filter(([name]) => name !== 'size' || row.type !== 'directory')
      .sort(),
  );

const sorted = (rows: readonly PluginRow[]): string[] => rows.map(textOf).sort();

/** Rows of a pattern on a path come in the order of their bytes, those of a directory in its own. */
const inOrder = ({ sql }: Statement): boolean => /path like/.test(sql) && !/ or /.test(sql);

/** osquery expands LIKE only; what GLOB finds there is nothing. */
const expandsMore = ({ sql }: Statement): boolean => / glob /.test(sql);

test('patterns find the paths that they find in osquery', { timeout: 60_000 }, async context => {
  const { engine } = await openCore(context);
  const moved = plant(context, head.tree);
  const started = process.cwd();
  context.after(() => process.chdir(started));
  process.chdir(moved(join(head.tree.root, 'emptydir')));
  for (const statement of statements)
    await context.test(statement.sql, async () => {
      const result = engine.query(moved(statement.sql), { lane: 'shell', encoding: 'thrift', deadlineMs: 10_000 });
      const { error } = statement;
      if (error !== undefined) return assert.rejects(result, ({ message }: Error) => message.startsWith(`${error}: `));
      const rows = rowsAsText(await result).map(row => ({ ...row }));
      const expected = JSON.parse(moved(JSON.stringify(statement.rows))) as PluginRow[];
      if (expandsMore(statement)) return assert.ok(rows.length > expected.length);
      assert.deepEqual(sorted(rows), sorted(expected));
      if (inOrder(statement))
        assert.deepEqual(
          rows.map(({ path }) => path),
          expected.map(({ path }) => path),
        );
      return undefined;
    });
  assert.equal(statements.length, 91);
});
