// Distributed queries that a real osquery was given, with what it wrote back and said: see test/golden/daemon.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { defineTable, integer, text } from '@outpost/sdk';
import { Engine } from '../../../core/src/engine/engine.ts';
import { rowsAsPairs } from '../../../core/src/engine/rows.ts';
import type { PluginRequest, PluginRow } from '../../../protocol/src/index.ts';
import { harness } from './harness.ts';

interface Case {
  readonly name: string;
  readonly flags?: readonly string[];
  readonly response: readonly PluginRow[];
  readonly status?: { readonly code: number; readonly message: string };
  readonly requests: readonly { readonly action: string; readonly results: string }[];
  readonly seconds_between_polls?: readonly number[];
  readonly log: readonly string[];
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../golden/daemon/distributed.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] };

/** Cases that osquery fails. */
const left: Readonly<Record<string, string>> = {
  'several statements': 'the rows of all statements are written, where osquery fails with map::at',
  'several statements with the same columns':
    'the rows of all statements are written, where osquery fails with map::at',
  'only a comment': 'a text without a statement has no rows, where osquery fails with "not an error"',
};

/** Tables of the recording, as far as its queries look at them. */
const slow = defineTable({
  name: 'slow',
  description: 'One row.',
  columns: { n: integer('1') },
  generate: () => [{ n: 1 }],
});
const curl = defineTable({
  name: 'curl',
  description: 'Has to be asked for an address.',
  columns: { url: text('The address', { required: true }) },
  generate: () => [],
});

/** Lines that say more than osquery's, or say what osquery keeps to itself. */
const more = (line: string): boolean => /is given up: |gave no JSON: |scripted fails: /.test(line);

type Body = Record<string, Record<string, unknown>>;

/** A body without figures, and with the beginning of messages that osquery's ends. */
const comparable = (text: string, like?: Body): Body => {
  const body = JSON.parse(text) as Body;
  const messages = Object.entries(body.messages ?? {}).map(([id, message]) => {
    const wanted = String(like?.messages?.[id] ?? message);
    return [id, String(message).startsWith(wanted) && wanted !== '' ? wanted : message];
  });
  const stats = Object.keys(body.stats ?? {});
  return { ...body, messages: Object.fromEntries(messages), stats: Object.fromEntries(stats.map(id => [id, {}])) };
};

const nullText = (flags: readonly string[]): string =>
  flags.find(flag => flag.startsWith('--nullvalue='))?.slice('--nullvalue='.length) ?? '';

suite('distributed queries that osquery was given', () => {
  for (const { name, flags = [], response, status, requests, log, seconds_between_polls: pauses } of cases)
    test(name, { skip: left[name] ?? false }, async context => {
      const engine = Engine.open({ settings: { nullText: nullText(flags) } });
      context.after(() => engine.close());
      engine.addMainTables(slow, curl);
      const written: string[] = [];
      const call = async ({ action, results = '' }: PluginRequest) => {
        if (action === 'writeResults') written.push(results);
        const answer = action === 'getQueries' ? { response: [...response] } : { response: [] };
        return { status: { code: 0, message: 'OK', ...status, uuid: 0 }, ...answer };
      };
      const { distributed, status: said } = await harness({
        call,
        settings: () => ({ intervalSeconds: 1 }),
        runQuery: async sql => {
          const result = await engine.query(sql, { lane: 'live', encoding: 'thrift', deadlineMs: 10_000 });
          return { rows: rowsAsPairs(result), stats: result.stats };
        },
      });
      await distributed.cycle();
      const expected = requests.map(({ results }) => comparable(results));
      assert.deepEqual(
        written.map((text, index) => comparable(text, expected[index])),
        expected,
      );
      if (pauses !== undefined) assert.deepEqual([distributed.pauseSeconds], pauses);
      const wanted = log
        .map(line => line.replace(/^(\w) \S+\] /, '$1 '))
        .filter(line => /^[IE] (?:Error exec|Accel)/.test(line));
      const lines = said.lines.filter(line => !more(line));
      assert.deepEqual(
        lines.map((line, index) => (line.startsWith(wanted[index] ?? '\0') ? wanted[index] : line)),
        wanted,
      );
    });
});
