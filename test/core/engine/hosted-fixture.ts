// Asynchronous tables for the tests of the plugin host. What they do, they note in a file, since they run in a thread of their own.
import { appendFileSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { defineTable, integer, text } from '@outpost/sdk';

const columns = { notes: text('The file to note in', { required: true }), n: integer('A number') };

const noteFile = (context: { equals(column: 'notes'): readonly string[] | undefined }): string =>
  context.equals('notes')?.[0] ?? '/dev/null';

export const counted = defineTable({
  name: 'counted',
  description: 'Rows without end; notes when its generator is ended.',
  columns,
  async *generate(context) {
    try {
      for (let n = 0; ; n++) yield { notes: noteFile(context), n };
    } finally {
      appendFileSync(noteFile(context), `ended, aborted: ${context.aborted}\n`);
    }
  },
});

export const pending = defineTable({
  name: 'pending',
  description: 'Does not begin before it is given up; notes that it was.',
  columns,
  async generate(context) {
    await new Promise(resolve => context.signal.addEventListener('abort', resolve));
    appendFileSync(noteFile(context), 'given up\n');
    return [];
  },
});

export const hanging = defineTable({
  name: 'hanging',
  description: 'Blocks the event loop of its thread: opens a FIFO that nobody writes to.',
  columns,
  async generate(context) {
    await delay(1);
    return [{ notes: String(openSync(noteFile(context), 'r')) }];
  },
});

export const dying = defineTable({
  name: 'dying',
  description: 'Ends its thread.',
  columns,
  async generate() {
    setImmediate(() => {
      throw new Error('an error that nobody catches');
    });
    await delay(60_000);
    return [];
  },
});

export const disguised = defineTable({
  name: 'disguised',
  description: 'A plain function that gives a promise, which it does not say.',
  columns: { n: integer('A number') },
  generate: () => Promise.resolve([{ n: 1 }]),
});
