import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import Database from 'better-sqlite3';
import { declarations } from '../../core/src/engine/functions/declarations.ts';
import { encodings, finalize, prepare, step } from '../../core/src/engine/native.ts';
import { rowsOfBlock } from '../../core/src/shell/cells.ts';
import { openFunctions } from '../core/engine/functions/harness.ts';

const guide = readFileSync(new URL('../../docs/guides/sql-functions.md', import.meta.url), 'utf8');

/** The rows of the guide's tables: `name(…)`, words, `expression`, `result`. */
const rows = [...guide.matchAll(/^\| `(\w+)\((.*?)\)` \| .+ \| `(.+)` \| `(.+)` \|$/gm)].map(
  ([, name = '', parameters = '', example = '', result = '']) => ({ name, parameters, example, result }),
);

const names = rows.map(({ name }) => name);

suite('the guide to SQL functions', () => {
  test('names every function that SQLite would not have, once', context => {
    const { query } = openFunctions(context);
    const added = 'select distinct name from pragma_function_list where not builtin';
    const plain = new Database(':memory:').prepare(added).pluck().all();
    const ours = query(added)
      .flat()
      .filter(name => !plain.includes(name) && name !== 'outpost_handle');
    assert.deepEqual([...names].sort(), ours.sort());
  });

  test('gives each function as many parameters as it takes', () => {
    for (const [name, { arity }] of Object.entries(declarations)) {
      const parameters = rows.find(row => row.name === name)?.parameters.split(', ') ?? [];
      if (!arity.some(count => count === -1)) assert.equal(parameters.length, Math.max(...arity), name);
    }
  });

  for (const { example, name, result } of rows)
    test(`${example} is ${result}`, context => {
      const { handle } = openFunctions(context);
      assert.ok(example.includes(`${name}(`), `the example of ${name} does not call it`);
      const statement = prepare(handle, `select ${example}`);
      assert.ok(statement);
      const { block } = step(statement, encodings.messagepack, 1 << 16, 2);
      finalize(statement);
      assert.deepEqual(rowsOfBlock(block), [[result]]);
    });
});
