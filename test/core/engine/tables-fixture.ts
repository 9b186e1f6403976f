// Tables for the engine's tests: quick ones, slow ones, and ones that misbehave.
import { openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { defineTable, integer, text } from '@outpost/sdk';

export const numbers = defineTable({
  name: 'numbers',
  aliases: ['digits'],
  description: 'The numbers from 1 to 9999, or those asked for.',
  columns: { n: integer('A number', { index: true }), word: text('Its text') },
  exact: ['n'],
  order: ['n'],
  *generate(context) {
    const wanted = context.equals('n') ?? Array.from({ length: 9999 }, (_, index) => index + 1);
    for (const n of wanted) yield { n, word: `number ${n}` };
  },
});

export const slowNumbers = defineTable({
  name: 'slow_numbers',
  description: 'Numbers that come in their own time.',
  columns: { n: integer('A number'), limit_told: integer('The limit that the table was told') },
  async *generate(context) {
    for (let n = 1; n <= 3000; n++) {
      if (n % 1500 === 0) await delay(5);
      yield { n, limit_told: context.limit ?? -1 };
    }
  },
});

export const forever = defineTable({
  name: 'forever',
  description: 'Rows without end.',
  columns: { n: integer('A number') },
  *generate() {
    for (let n = 0; ; n++) yield { n: n % 1000 };
  },
});

export const fifo = defineTable({
  name: 'fifo',
  description: 'Blocks in a system call: opens a FIFO that nobody writes to.',
  columns: { path: text('The FIFO', { required: true }) },
  *generate(context) {
    for (const path of context.equals('path') ?? []) yield { path: String(openSync(path, 'r')) };
  },
});

export const broken = defineTable({
  name: 'broken',
  description: 'Throws after its first row.',
  columns: { n: integer('A number') },
  *generate() {
    yield { n: 1 };
    throw new Error('the table broke');
  },
});

export const late = defineTable({
  name: 'late',
  description: 'Never answers, and tells by a file when it is given up.',
  columns: { n: integer('A number') },
  async generate(context) {
    await new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(new Error('aborted'))));
    return [];
  },
});

export const noted = defineTable({
  name: 'noted',
  description: 'Has something to say.',
  columns: { n: integer('A number') },
  *generate(context) {
    context.warn('one row is missing');
    yield { n: 1 };
  },
});
