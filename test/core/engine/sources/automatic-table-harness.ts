import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { Engine, type EngineOptions } from '../../../../core/src/engine/engine.ts';
import { automaticSchema } from '../../../../core/src/engine/sources/automatic-table.ts';
import { patternsModule } from '../../../../extensions/tables/src/index.ts';

/** An engine whose tables are made of SQLite files in a directory of the test's own. */
export interface World {
  readonly engine: Engine;
  readonly directory: string;
  /** What was said on the status log. */
  readonly warnings: string[];
  path(name: string): string;
  /** What lies where copies are made. */
  copies(): string[];
  /** Has a table made of files of the directory. */
  table(name: string, query: string, files: string, columns: readonly string[]): void;
  /** Opens a database of the directory, as its owner would; it is closed with the test. */
  database(name: string): Database.Database;
}

/** Opens one; it ends with the test. */
export const openWorld = (context: TestContext, options: EngineOptions = {}): World => {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-automatic-'));
  const temporary = mkdtempSync(join(tmpdir(), 'outpost-copies-'));
  const usual = process.env.TMPDIR;
  process.env.TMPDIR = temporary;
  const warnings: string[] = [];
  const engine = Engine.open({ ...options, onWarning: (_, message) => warnings.push(message) });
  const databases: Database.Database[] = [];
  context.after(async () => {
    for (const database of databases) database.close();
    await engine.close();
    for (const each of [directory, temporary]) rmSync(each, { recursive: true, force: true });
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
  });
  const path = (name: string): string => join(directory, name);
  return {
    engine,
    directory,
    warnings,
    path,
    copies: () => readdirSync(temporary),
    table: (name, query, files, columns) => {
      const made = { query, path: path(files), columns };
      const schema = automaticSchema(name, made);
      const placement = { kind: 'automatic', patterns: patternsModule, ...made } as const;
      engine.catalog.set({ name, aliases: [], placement, schema });
    },
    database: name => {
      const database = new Database(path(name));
      databases.push(database);
      return database;
    },
  };
};
