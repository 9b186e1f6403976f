import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bigint, defineTable, text } from '@outpost/sdk';
import { rowsOf } from '@outpost/sdk/testing';

const echo = defineTable({
  name: 'echo',
  description: 'Says what it is asked.',
  columns: { word: text('Word'), size: bigint('Size') },
  *generate(context) {
    if (context.limit === 0) context.warn('nothing wanted');
    for (const word of context.equals('word') ?? context.like('word')) {
      yield { word, size: context.used('size') ? (context.equals('size')?.[0] ?? 1) : null };
    }
  },
});

test('rows come as the table yields them', async () => {
  assert.deepEqual(await rowsOf(echo), []);
  assert.deepEqual(await rowsOf(echo, { constraints: { word: ['a', 'b'], size: 2n ** 60n } }), [
    { word: 'a', size: 2n ** 60n },
    { word: 'b', size: 2n ** 60n },
  ]);
  const pattern = { column: 'word', op: 'like', values: ['a%'] } as const;
  assert.deepEqual(await rowsOf(echo, { constraints: [pattern], used: ['word'] }), [{ word: 'a%', size: null }]);
});

test('limit and warnings pass', async () => {
  const warnings: string[] = [];
  await rowsOf(echo, { limit: 0, warn: message => warnings.push(message) });
  assert.deepEqual(warnings, ['nothing wanted']);
  // @ts-expect-error
  await rowsOf(echo, { constraints: { bogus: 1 } });
});
