import assert from 'node:assert/strict';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type ErrorCode, OutpostError } from '@outpost/protocol';
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

/** Lets a thread go that hangs in opening a FIFO, so that the process can end. @throws ENXIO when none does */
export const letGo = (fifo: string): void => closeSync(openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK));

/** A statement without end. */
export const endless = 'with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c';

/** Whether an error has a code of the table of errors, and a message. */
export const failsWith =
  (code: ErrorCode, message?: string | RegExp) =>
  (error: unknown): true => {
    assert.ok(error instanceof OutpostError, String(error));
    assert.equal(error.code, code);
    if (typeof message === 'string') assert.equal(error.message, message);
    else if (message !== undefined) assert.match(error.message, message);
    return true;
  };

/** The words of SQLite in an error, without the name that we add where one is nearly meant. */
export const withoutSuggestion = (message: string): string => message.replace(/ — did you mean \w+\?$/, '');
