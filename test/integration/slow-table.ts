// Tables of the recorded osquery's extension: `slow` answers after a minute, `g` has one row.
import { setTimeout as delay } from 'node:timers/promises';
import { defineTable, integer } from '@outpost/sdk';

export const slow = defineTable({
  name: 'slow',
  description: 'One row, after a minute',
  columns: { n: integer('Always 1') },
  async *generate({ signal }) {
    await delay(60_000, undefined, { signal });
    yield { n: 1 };
  },
});

export const g = defineTable({
  name: 'g',
  description: 'One row',
  columns: { k: integer('Always 1') },
  generate: () => [{ k: 1 }],
});
