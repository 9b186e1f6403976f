/** Writes batches of 50 keys until it is killed, and prints the number of each that was acknowledged. */
import { writeSync } from 'node:fs';
import { ordered } from '../../../core/src/storage/keys.ts';
import { Store } from '../../../core/src/storage/store.ts';

const store = await Store.open(process.argv[2] ?? '', { onNotice: message => process.stderr.write(message) });
const last = (await store.scan('events', { limit: 1e9, values: false })).at(-1)?.[0];
const value = Buffer.alloc(300, 'x');
for (let batch = last === undefined ? 0 : Number(last.split('.')[0]) + 1; ; batch++) {
  await store.batch(
    Array.from({ length: 50 }, (_, i) => ({ type: 'put', domain: 'events', key: `${ordered(batch)}.${i}`, value })),
  );
  writeSync(1, `${batch}\n`);
}
