/** An extension whose one thread works on a call for seconds and answers nobody meanwhile. */
import { defineTable, integer, serve } from '@outpost/sdk';

const slow = defineTable({
  name: 'slow',
  description: 'One row, after three seconds.',
  columns: { a: integer('A number') },
  generate: () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000);
    return [{ a: 1 }];
  },
});

await serve([slow], { name: 'slow' });
