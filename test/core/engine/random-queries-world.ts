// The engine and plain SQLite side by side: the same tables, the same rows, the same queries.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Server, serveExtension, unixEndpoint } from '@outpost/protocol';
import { hostPlugin, type PluginHandler, routesOf, schemaFromRoutes } from '@outpost/sdk';
import { Engine } from '../../../core/src/engine/engine.ts';
import { type NativeConnection, openConnection } from '../../../core/src/engine/native.ts';
import { seeded } from '../../integration/random.ts';
import { literal } from './random-queries-predicate.ts';
import { engineRows, plainRow } from './random-queries-rows.ts';
import { type RandomTable, tablesOf, type Value } from './random-queries-schema.ts';
import { type Statement, StatementMaker } from './random-queries-statement.ts';
import { definitionOf } from './random-queries-table.ts';

/** What came of some queries. */
export interface Counts {
  queries: number;
  rows: number;
  /** Queries without rows. */
  empty: number;
  /** Queries that fail in plain SQLite too. */
  failing: number;
  /** Queries refused since a required column was not constrained in a way that a table can look up. */
  refused: number;
  /** Scans that were answered with the rows of an earlier one. */
  cached: number;
}

/** How many queries each world of tables is asked. */
const queriesPerWorld = 100;

const declarationOf = ({ name, columns }: RandomTable): string => {
  const list = columns.map(
    column => `${column.name} ${column.type}${column.collate ? ` collate ${column.collate}` : ''}`,
  );
  return `create table ${name} (${list.join(', ')})`;
};

const bindable = (value: Value, type: string): Value =>
  typeof value === 'number' && type !== 'DOUBLE' ? BigInt(value) : value;

const noTables = {
  connect: () => 'no table',
  open: () => null,
  next: () => null,
  close: () => undefined,
  update: () => undefined,
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Why two results differ; undefined where they do not. */
const difference = (statement: Statement, plain: readonly string[], ours: readonly string[]): string | undefined => {
  const { ordered, cut } = statement;
  const [left, right] = ordered ? [plain, ours] : [plain.toSorted(), ours.toSorted()];
  if (cut === undefined) return left.join('\u0002') === right.join('\u0002') ? undefined : 'the rows differ';
  const wanted = Math.min(cut.limit, Math.max(0, plain.length - cut.offset));
  if (ours.length !== wanted) return `there are ${ours.length} rows instead of ${wanted}`;
  const rest = [...plain];
  for (const row of ours) {
    const at = rest.indexOf(row);
    if (at < 0) return 'there is a row that is none of the whole result';
    rest.splice(at, 1);
  }
  return undefined;
};

const shown = (rows: readonly string[]): string =>
  [...rows.slice(0, 40), ...(rows.length > 40 ? [`… ${rows.length} rows`] : [])]
    .map(row => `    ${JSON.stringify(row.replaceAll('\u0001', ' | '))}`)
    .join('\n');

/** A table in a few lines: its columns with all that is true of them, and its rows. */
const toldTable = ({ columns, rows, heedsEqual, heedsOther, ...rest }: RandomTable): string => {
  const lines = columns.map((column, at) => {
    const flags = Object.entries(column).filter(([key, value]) => key !== 'name' && key !== 'type' && value !== false);
    const options = flags.map(([key, value]) => (value === true ? key : value)).filter(flag => flag !== undefined);
    return `${column.name} ${[column.type, ...options].join(' ')} (heeds = ${heedsEqual[at]}, others ${heedsOther[at]})`;
  });
  const shown = rows.slice(0, 40).map(row => `(${row.map(literal).join(', ')})`);
  return `\n    ${[JSON.stringify(rest), ...lines, ...shown].join('\n      ')}`;
};

const told = (tables: readonly RandomTable[]): string => tables.map(toldTable).join('');

/** Asks an engine and plain SQLite the same. */
export class Comparison {
  readonly counts: Counts = { queries: 0, rows: 0, empty: 0, failing: 0, refused: 0, cached: 0 };
  readonly #engine = Engine.open();
  readonly #plain: NativeConnection = openConnection(noTables, new Int32Array(4));
  readonly #directory: string;
  readonly #server: Server;
  readonly #handlers: Map<string, PluginHandler>;

  private constructor(directory: string, server: Server, handlers: Map<string, PluginHandler>) {
    this.#directory = directory;
    this.#server = server;
    this.#handlers = handlers;
  }

  static async open(): Promise<Comparison> {
    const directory = mkdtempSync(join(tmpdir(), 'outpost-'));
    const handlers = new Map<string, PluginHandler>();
    const status = { code: 0, message: 'OK', uuid: 7 };
    const server = await serveExtension(unixEndpoint(`${directory}/em.7`), {
      ping: () => status,
      call: (_registry, table, request) =>
        handlers.get(table)?.(request) ?? { status: { ...status, code: 1, message: 'no such table' }, response: [] },
      shutdown: () => undefined,
    });
    return new Comparison(directory, server, handlers);
  }

  async close(): Promise<void> {
    await this.#engine.close();
    await this.#server.close();
    this.#plain.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /**
   * Makes a world of tables and asks about them.
   * @throws an error with seed, tables, statement and both results when these differ
   */
  async world(seed: number, queries = queriesPerWorld): Promise<void> {
    const tables = tablesOf(seed);
    this.#declare(seed, tables);
    const maker = new StatementMaker(seeded(seed ^ 0x5eed), tables);
    for (let left = queries; left > 0; left--) {
      const statement = maker.any();
      const fault = await this.#compare(statement);
      if (fault !== undefined)
        throw new Error(
          `World ${seed}: ${fault}\n  ${statement.sql}\n  plain: ${statement.plainSql}\n  tables:${told(tables.filter(({ name }) => statement.sql.includes(`${name} `)))}`,
        );
    }
    for (const { name } of tables) {
      this.#engine.catalog.remove(name);
      this.#plain.database.exec(`drop table ${name}`);
    }
  }

  /** Asks `queries` about worlds that follow from a seed. */
  async run(seed: number, queries: number): Promise<Counts> {
    const random = seeded(seed);
    while (this.counts.queries < queries) {
      const world = random(0xffff_ffff);
      await this.world(world, Math.min(queriesPerWorld, queries - this.counts.queries));
    }
    return this.counts;
  }

  async #compare(statement: Statement): Promise<string | undefined> {
    this.counts.queries += 1;
    const plain = this.#plainRows(statement.plainSql);
    const ours = await this.#engineRows(statement.sql);
    if (typeof ours === 'string' && ours.includes('without a required column')) {
      this.counts.refused += 1;
      return undefined;
    }
    if (typeof plain === 'string' || typeof ours === 'string') {
      this.counts.failing += 1;
      if (typeof plain === typeof ours) return undefined;
      return `only one fails: plain ${typeof plain === 'string' ? plain : 'not'}; ours ${typeof ours === 'string' ? ours : 'not'}`;
    }
    this.counts.rows += plain.length;
    if (plain.length === 0) this.counts.empty += 1;
    const fault = difference(statement, plain, ours);
    return fault && `${fault}\n  plain:\n${shown(plain)}\n  ours:\n${shown(ours)}`;
  }

  #plainRows(sql: string): string[] | string {
    try {
      const rows = this.#plain.database.prepare(sql).raw().safeIntegers().all() as Value[][];
      return rows.map(plainRow);
    } catch (error) {
      return messageOf(error);
    }
  }

  async #engineRows(sql: string): Promise<string[] | string> {
    try {
      const { blocks, stats } = await this.#engine.query(sql, { lane: 'shell', deadlineMs: 20_000 });
      for (const { cached } of stats.tables) this.counts.cached += cached;
      return engineRows(blocks);
    } catch (error) {
      return messageOf(error);
    }
  }

  #declare(seed: number, tables: readonly RandomTable[]): void {
    for (const [at, table] of tables.entries()) {
      const { database } = this.#plain;
      database.exec(declarationOf(table));
      const insert = database.prepare(`insert into ${table.name} values (${table.columns.map(() => '?').join(', ')})`);
      for (const row of table.rows)
        insert.run(...row.map((value, column) => bindable(value, table.columns[column]?.type ?? '')));
      this.#attach(seed, at, table);
    }
  }

  #attach(seed: number, at: number, table: RandomTable): void {
    const { catalog } = this.#engine;
    const { name, kind } = table;
    if (kind === 'main') return this.#engine.addMainTables(definitionOf(table));
    if (kind === 'extension') {
      const definition = definitionOf(table);
      this.#handlers.set(name, hostPlugin(definition));
      const placement = { kind, uuid: 7, socketPath: `${this.#directory}/em.7` } as const;
      return catalog.set({ name, aliases: [], placement, schema: schemaFromRoutes(name, routesOf(definition)) });
    }
    const module = new URL(`./random-queries-table.ts?seed=${seed}&table=${at}`, import.meta.url).href;
    catalog.set({ name, aliases: [], placement: { kind: 'module', module } });
  }
}
