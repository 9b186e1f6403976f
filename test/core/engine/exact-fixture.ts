// A table of whole numbers at the edges of what 64 bits, 32 bits and a double hold.
import { bigint, blob, defineTable, double, integer, text, unsignedBigint } from '@outpost/sdk';

/** The numbers, as decimal text. */
export const edges: readonly string[] = [
  -(2n ** 63n),
  -(2n ** 63n) + 1n,
  -(2n ** 53n) - 1n,
  -(2n ** 53n) + 1n,
  -(2n ** 31n) - 1n,
  -1n,
  0n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 63n - 2n,
  2n ** 63n - 1n,
].map(String);

const columns = {
  n: bigint('The number', { index: true }),
  u: unsignedBigint('The number'),
  asked: text('The values that the table was asked for'),
};

type Asking = { equals(column: 'n'): readonly unknown[] | undefined };

const rows = (context: Asking) => {
  const asked = (context.equals('n') ?? []).join();
  return edges.map(edge => ({ n: BigInt(edge), u: BigInt(edge), asked }));
};

/** Made in the query's own thread. */
export const edgesHere = defineTable({ name: 'edges_here', description: 'Edges.', columns, generate: rows });

/** Made in the plugin host. */
export const edgesHosted = defineTable({
  name: 'edges_hosted',
  description: 'Edges.',
  columns,
  generate: async context => rows(context),
});

/** Made on the main thread. */
export const edgesMain = defineTable({ name: 'edges_main', description: 'Edges.', columns, generate: rows });

/** A value of each type, and one that is not there. */
export const kinds = defineTable({
  name: 'kinds',
  description: 'A row of each type, and a row without values.',
  columns: {
    t: text('A text'),
    i: integer('A number'),
    d: double('A double'),
    x: blob('Bytes'),
    z: text('A text with a NUL in it'),
  },
  generate: () => [
    { t: '12', i: 12, d: 12, x: Uint8Array.of(0x68, 0xff, 0, 0x69), z: 'seen\0unseen' },
    { t: null, i: null, d: null, x: null, z: null },
    {},
  ],
});
