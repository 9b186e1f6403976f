import type { RawResponse } from '@outpost/protocol';
import type { TableSchema } from '@outpost/sdk';
import type { ColumnType } from '../engine/column-types.ts';
import type { Engine, QueryOptions } from '../engine/engine.ts';
import { rowsBytes } from '../engine/rows.ts';
import { okStatus } from '../extensions/answers.ts';
import type { ExtensionPlacement, SqlService, TypedResult } from '../extensions/sql-service.ts';

/** Whether a table name can stand in a statement as it is, without quotes. */
const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The engine as the extension manager uses it. */
export class EngineSql implements SqlService {
  readonly #engine: Engine;
  readonly #enabled: (table: string) => boolean;

  /** @param enabled whether flags let statements use a table */
  constructor(engine: Engine, enabled: (table: string) => boolean) {
    this.#engine = engine;
    this.#enabled = enabled;
  }

  async query(sql: string, asker?: number, signal?: AbortSignal): Promise<RawResponse> {
    const result = await this.#engine.query(sql, { ...this.#options(asker, signal), encoding: 'thrift' });
    return { status: okStatus(), rowsBytes: rowsBytes(result) };
  }

  typedQuery(sql: string, asker?: number, signal?: AbortSignal): Promise<TypedResult> {
    return this.#engine.query(sql, this.#options(asker, signal));
  }

  #options(asker: number | undefined, signal: AbortSignal | undefined): QueryOptions {
    const depth = asker === undefined ? 0 : this.#engine.depthWithin(asker);
    return { lane: 'extension', depth, ...(signal && { signal }) };
  }

  columns(sql: string): Promise<readonly ColumnType[]> {
    return this.#engine.columns(sql);
  }

  async attach(name: string, schema: TableSchema, placement: ExtensionPlacement): Promise<void> {
    if (!plainName.test(name)) throw new Error(`The table name ${JSON.stringify(name)} cannot stand in a statement.`);
    if (!this.#enabled(name)) return;
    const { extension: _, ...where } = placement;
    const before = this.#engine.catalog.get(name);
    this.#engine.catalog.set({
      name,
      aliases: schema.aliases,
      placement: { kind: 'extension', ...where },
      schema,
    });
    try {
      await this.#engine.columns(`select * from ${name}`);
    } catch (error) {
      if (before === undefined) this.#engine.catalog.remove(name);
      else this.#engine.catalog.set(before);
      throw error;
    }
  }

  async detach(name: string): Promise<void> {
    this.#engine.catalog.remove(name);
  }

  async suspend(name: string, message: string): Promise<void> {
    const table = this.#engine.catalog.get(name);
    if (table !== undefined) this.#engine.catalog.set({ ...table, placement: { kind: 'unavailable', message } });
  }

  /** Whether a query thread waits for an answer of an extension now: a sign that it works. */
  busy(uuid: number): boolean {
    return this.#engine.depthWithin(uuid) > 0;
  }
}
