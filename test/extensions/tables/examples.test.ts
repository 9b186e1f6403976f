import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutpostError } from '@outpost/protocol';
import { tables } from '@outpost/tables';
import { openCore } from '../../core/engine/agent-core.ts';

/** What an example may end with on a machine that has more than a test has time for. */
const overBudget = new Set(['QUERY_DEADLINE', 'QUERY_BUDGET_ROWS', 'QUERY_BUDGET_BYTES']);

test('the examples of every table run', async context => {
  const { engine } = await openCore(context);
  for (const { name, load } of tables) {
    const { examples } = (await load()).schema;
    assert.ok(examples.length > 0, `${name} has no example`);
    for (const example of examples) {
      assert.match(example, new RegExp(`\\b${name}\\b`));
      await context.test(`${name}: ${example}`, async () => {
        try {
          await engine.query(example, { lane: 'scheduled', deadlineMs: 10_000, budget: { rows: 100_000 } });
        } catch (error) {
          if (!(error instanceof OutpostError && overBudget.has(error.code))) throw error;
        }
      });
    }
  }
});
