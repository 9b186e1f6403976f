// An extension that obeys no SIGTERM and whose table never answers.
import { defineTable, integer, serve } from '@outpost/sdk';

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
const stubborn = defineTable({
  name: 'stubborn',
  description: 'Never answers',
  columns: { n: integer('Never given') },
  generate: () => {
    for (;;);
  },
});
await serve([stubborn], { name: 'stubborn' });
