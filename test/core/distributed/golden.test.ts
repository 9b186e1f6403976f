import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { harness } from './harness.ts';

interface Golden {
  readonly sql: string;
  readonly status: number;
  readonly message: string;
  readonly rows: readonly Record<string, string>[];
  readonly stats_keys: readonly string[];
}

const golden = readFileSync(new URL('../../golden/distributed.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line): Golden => JSON.parse(line));

describe('answers that osquery has given', () => {
  for (const { sql, status, message, rows, stats_keys } of golden)
    it(sql, async () => {
      const { distributed, plugin } = await harness({
        runQuery: async asked => {
          assert.equal(asked, sql);
          if (status !== 0) throw new Error(message);
          return { rows, stats: { wallMs: 0, userMs: 0, systemMs: 0 } };
        },
      });
      plugin.responses = [{ queries: { id: sql } }];
      await distributed.cycle();
      const stats = Object.fromEntries(stats_keys.map(key => [key, 0]));
      const expected = {
        queries: { id: rows },
        statuses: { id: status },
        messages: { id: message },
        stats: { id: stats },
      };
      assert.equal(JSON.stringify(plugin.written), JSON.stringify([expected]));
    });
});
