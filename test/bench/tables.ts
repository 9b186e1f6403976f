// Every table once over: its rows, and what one takes. And some tables beside programs that find out the same, which take turns with them.
// All statements go from the main thread to a query thread and back, as anybody's do.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { columnOptions, OutpostError } from '@outpost/protocol';
import type { TableSchema } from '@outpost/sdk';
import { tables } from '@outpost/tables';
import { Engine } from '../../core/src/engine/engine.ts';
import type { BenchmarkResult } from './result.ts';
import { type Duel, duels, startNothing } from './tables/duels.ts';
import { plantTree } from './tables/tree.ts';

/** As often as a table is asked; the best counts. */
const rounds = 5;
/** A table that takes longer is asked once. */
const slowMs = 200;
const tableDeadlineMs = 5000;
const allTablesMs = 45_000;
const budget = { rows: 1_000_000, bytes: 2 ** 30 };

interface Measured {
  readonly rows: number;
  readonly ms: number;
}

const measure = async (engine: Engine, sql: string, deadlineMs: number): Promise<Measured> => {
  const began = performance.now();
  const { rowCount } = await engine.query(sql, { lane: 'shell', budget, deadlineMs });
  return { rows: rowCount, ms: performance.now() - began };
};

/** Everything of a table; of one that has to be told where to look, its first example. */
const statementOf = ({ name, columns, examples }: TableSchema): string =>
  columns.some(({ options }) => options & columnOptions.required)
    ? (examples[0] ?? `select * from ${name}`)
    : `select * from ${name}`;

const bestOf = async (engine: Engine, sql: string, deadlineMs: number): Promise<Measured> => {
  let best = await measure(engine, sql, deadlineMs);
  if (best.ms > slowMs) return best;
  for (let round = 1; round < rounds; round += 1) {
    const next = await measure(engine, sql, deadlineMs);
    if (next.ms < best.ms) best = next;
  }
  return best;
};

const toKnow = (name: string, ours: number, unit: string): BenchmarkResult => ({
  name: `tables: ${name}`,
  ours,
  unit,
  target: 'to know',
  met: true,
});

const tableFigure = async (engine: Engine, schema: TableSchema, deadlineMs: number): Promise<BenchmarkResult> => {
  const sql = statementOf(schema);
  const name = sql.endsWith(`from ${schema.name}`) ? schema.name : sql;
  try {
    const { rows, ms } = await bestOf(engine, sql, deadlineMs);
    if (rows === 0) return toKnow(`${name}, no rows, in all`, ms, 'ms');
    return toKnow(`${name}, ${rows} rows in ${ms.toPrecision(3)} ms`, (ms * 1000) / rows, 'µs/row');
  } catch (error) {
    if (!(error instanceof OutpostError && error.code === 'QUERY_DEADLINE')) throw error;
    return toKnow(`${name}, stopped after`, deadlineMs, 'ms');
  }
};

const everyTable = async (engine: Engine): Promise<BenchmarkResult[]> => {
  const end = performance.now() + allTablesMs;
  const results: BenchmarkResult[] = [];
  for (const { load } of tables) {
    const left = end - performance.now();
    if (left <= 0) break;
    results.push(await tableFigure(engine, (await load()).schema, Math.min(tableDeadlineMs, left)));
  }
  if (results.length < tables.length)
    results.push(toKnow('left out for lack of time', tables.length - results.length, ''));
  return results;
};

const fight = async (engine: Engine, { name, sql, rival, rounds: turns, atMost }: Duel): Promise<BenchmarkResult> => {
  let [ours, theirs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let turn = 0; turn < turns; turn += 1) {
    ours = Math.min(ours, (await measure(engine, sql, Number.POSITIVE_INFINITY)).ms);
    theirs = Math.min(theirs, rival());
  }
  const ratio = ours / theirs;
  return {
    ...{ name: `tables: ${name}`, ours, rival: theirs, unit: 'ms', ratio },
    target: atMost === undefined ? 'to know' : `under ${atMost} times`,
    met: atMost === undefined || ratio < atMost,
  };
};

/** Tables beside programs, the best of some turns; and every table by itself, the best of five. */
export const run = async (): Promise<BenchmarkResult[]> => {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-bench-'));
  const engine = Engine.open();
  engine.catalog.set(
    ...tables.map(({ name, aliases, module }) => ({ name, aliases, placement: { kind: 'module' as const, module } })),
  );
  try {
    const tree = join(directory, 'tree');
    mkdirSync(tree);
    plantTree(tree);
    const results: BenchmarkResult[] = [];
    for (const duel of duels(tree, directory)) results.push(await fight(engine, duel));
    const starts = Array.from({ length: 40 }, startNothing);
    results.push(toKnow('starting a program that does nothing, as is in the time of each', Math.min(...starts), 'ms'));
    return [...results, ...(await everyTable(engine))];
  } finally {
    await engine.close();
    rmSync(directory, { recursive: true });
  }
};

if (import.meta.main) console.table(await run());
