// Tables that count how often they are asked, for tests of what is kept of them. The module lives in the thread of the test.
import { defineTable, integer, text } from '@outpost/sdk';

/** How often each table was asked. */
export const asked = new Map<string, number>();

const note = (name: string): number => {
  const count = (asked.get(name) ?? 0) + 1;
  asked.set(name, count);
  return count;
};

/** Three rows that tell at which asking they were made. */
export const turns = defineTable({
  name: 'turns',
  description: 'Rows that are others each time.',
  columns: { n: integer('A number'), turn: integer('How often the table was asked'), word: text('A word') },
  *generate() {
    const turn = note('turns');
    for (const n of [1, 2, 3]) yield { n, turn, word: `word ${n}` };
  },
});

/** Rows that are looked up. */
export const keyed = defineTable({
  name: 'keyed',
  description: 'Rows by their keys.',
  columns: { k: integer('The key', { index: true }), twice: integer('Twice the key') },
  exact: ['k'],
  *generate(context) {
    note('keyed');
    for (const k of context.equals('k') ?? [1, 2, 3, 4]) yield { k, twice: 2 * k };
  },
});

/** Heeds a constraint on a column that does not say so. */
export const heeding = defineTable({
  name: 'heeding',
  description: 'Rows that are left out when they are not wanted.',
  columns: { n: integer('A number') },
  *generate(context) {
    note('heeding');
    const wanted = context.equals('n');
    for (let n = 0; n < 40; n++) if (wanted?.includes(n) !== false) yield { n };
  },
});

/** Several blocks of rows. */
export const long = defineTable({
  name: 'long',
  description: 'Many rows.',
  columns: { n: integer('A number') },
  *generate() {
    note('long');
    for (let n = 0; n < 5000; n++) yield { n };
  },
});

/** More rows than are kept. */
export const huge = defineTable({
  name: 'huge',
  description: 'Many long rows.',
  columns: { n: integer('A number'), filler: text('Long text') },
  *generate() {
    note('huge');
    const filler = 'x'.repeat(100_000);
    for (let n = 0; n < 200; n++) yield { n, filler };
  },
});

const kept: number[] = [];

/** A table that can be written to. */
export const notes = defineTable({
  name: 'notes',
  description: 'Numbers that are kept.',
  attributes: { cacheable: true },
  columns: { n: integer('A number') },
  *generate() {
    note('notes');
    for (const [rowid, n] of kept.entries()) yield { n, rowid };
  },
  insert: ({ n }) => kept.push(Number(n)) - 1,
});

/** Rows of a cacheable table, which tell at which asking they were made. */
export const cacheable = defineTable({
  name: 'cacheable',
  description: 'Rows that scheduled queries share.',
  attributes: { cacheable: true },
  columns: {
    turn: integer('How often the table was asked'),
    n: integer('A number'),
    k: integer('A key', { index: true }),
    elsewhere: text('Of another platform', { platforms: ['windows'] }),
  },
  *generate(context) {
    const turn = note('cacheable');
    const wanted = context.equals('n');
    for (const n of [1, 2, 3]) if (wanted?.includes(n) !== false) yield { turn, n, k: n };
  },
});
