// Tables that do not give the thread back.
import { statSync } from 'node:fs';
import { defineTable, integer, text } from '@outpost/sdk';

const columns = { n: integer('A number') };

export const spinning = defineTable({
  name: 'spinning',
  description: 'Spins without giving a row.',
  columns,
  generate: () => {
    for (let n = 0; ; n = (n + 1) % 1000) if (n < 0) return [];
  },
});

export const endlessly = defineTable({
  name: 'endlessly',
  description: 'Rows without end, asynchronously.',
  columns,
  async *generate() {
    for (let n = 0; ; n = (n + 1) % 1000) yield { n };
  },
});

export const stalled = defineTable({
  name: 'stalled',
  description: 'Asks the file system for a path, and waits for its answer.',
  columns: { path: text('The path', { required: true }) },
  *generate(context) {
    for (const path of context.equals('path') ?? []) yield { path: String(statSync(path).size) };
  },
});
