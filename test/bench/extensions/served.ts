// Serves the table that is measured, with this repository's SDK, a table of one row and one without rows: as `ours` over version 2 of the
// protocol, or as `ours1` over version 1 when the first argument is 1.
import { bigint, defineTable, double, integer, serve, text } from '@outpost/sdk';

const columns = {
  a: integer('A small number'),
  b: integer('A small number'),
  c: integer('A small number'),
  d: double('A number with a fraction'),
  e: bigint('A large number'),
  s1: text('A path'),
  s2: text('A short word, the same everywhere'),
  s3: text('A letter'),
  s4: text('A command line'),
  s5: text('Nothing'),
};

const rows = Array.from({ length: 100_000 }, (_, i) => ({
  a: i,
  b: i * 2,
  c: i % 7,
  d: i + 0.5,
  e: 1_700_000_000 + i,
  s1: `/usr/bin/proc${i}`,
  s2: 'root',
  s3: 'S',
  s4: `some longer command line --flag=${i}`,
  s5: '',
}));

const [version = '', ...argv] = process.argv.slice(2);
const protocol = version === '1' ? 1 : 2;
const name = protocol === 1 ? 'ours1' : 'ours';
const many = defineTable({ name: `${name}_many`, description: 'Many rows.', columns, generate: () => rows });
const one = defineTable({ name: `${name}_one`, description: 'One row.', columns, generate: () => rows.slice(0, 1) });
const none = defineTable({ name: `${name}_none`, description: 'No rows.', columns, generate: () => [] });

await serve([many, one, none], { name, argv, protocol });
