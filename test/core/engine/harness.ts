import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Engine, type EngineOptions, type QueryOptions } from '../../../core/src/engine/engine.ts';
import type { SqlValue } from '../../../core/src/engine/native.ts';
import { rowsOf } from '../../../core/src/engine/rows.ts';

const module = new URL('./tables-fixture.ts', import.meta.url).href;
const fixtureTables = ['numbers', 'slow_numbers', 'forever', 'fifo', 'broken', 'late', 'noted'];

/** An engine with the tables of the fixture, closed when the test ends. */
export const openEngine = (context: TestContext, options: EngineOptions = {}): Engine => {
  const engine = Engine.open(options);
  engine.catalog.set(
    ...fixtureTables.map(name => ({
      name,
      aliases: name === 'numbers' ? ['digits'] : [],
      placement: { kind: 'module' as const, module },
    })),
  );
  context.after(() => engine.close());
  return engine;
};

/** The rows of a query in the shell's lane. */
export const rows = async (
  engine: Engine,
  sql: string,
  options: Partial<QueryOptions> = {},
): Promise<Record<string, SqlValue>[]> => [
  ...rowsOf(await engine.query(sql, { lane: 'shell', deadlineMs: 20_000, ...options })),
];

/** A directory that goes with the test. */
export const temporaryDirectory = (context: TestContext): string => {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};
