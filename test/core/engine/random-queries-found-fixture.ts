// Tables on which random queries once went wrong.
import { defineTable, integer, text } from '@outpost/sdk';

export const repeated = defineTable({
  name: 'repeated',
  description: 'Rows that repeat the value of an indexed column, or have none.',
  columns: { k: integer('A key', { index: true }), v: integer('A number') },
  generate: () => [
    { k: 1, v: 1 },
    { k: 1, v: 2 },
    { k: 1, v: 1 },
    { k: null, v: 1 },
  ],
});

export const spelled = defineTable({
  name: 'spelled',
  description: 'Numbers in words of digits, looked up exactly.',
  columns: { word: text('Digits', { index: true }) },
  exact: ['word'],
  *generate(context) {
    const wanted = context.equals('word');
    for (const word of ['1', '01', '1.0', '2']) if (wanted?.includes(word) !== false) yield { word };
  },
});

export const plain = defineTable({
  name: 'plain',
  description: 'Numbers.',
  columns: { n: integer('A number') },
  generate: () => [{ n: 1 }, { n: 2 }],
});
