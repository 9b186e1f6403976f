import type { TableDefinition, TableSchema } from '@outpost/sdk';
import type { CatalogChange, CatalogTable } from './catalog.ts';
import { loadTable } from './definitions.ts';
import type { BlockingExchange } from './exchange.ts';
import {
  authorize,
  declare,
  type NativeConnection,
  type NativeSchema,
  openConnection,
  prepare,
  type Registers,
  type Statement,
  undeclare,
} from './native.ts';
import { nativeSchema } from './schema.ts';
import { ExtensionSource } from './sources/extension.ts';
import { GeneratorSource } from './sources/generator.ts';
import { RemoteSource } from './sources/remote.ts';
import type { BlockStream, Run, Source } from './sources/source.ts';

/** Flags that a connection heeds. */
export interface EngineSettings {
  /** `--thrift_timeout`, milliseconds. */
  readonly thriftTimeoutMs: number;
  /** `--extensions_default_index`. */
  readonly defaultIndex: boolean;
  /** `--nullvalue`: what a NULL is in rows of text. */
  readonly nullText: string;
}

/** What surrounds a connection. */
export interface ConnectionOptions {
  readonly settings: EngineSettings;
  /** The way to definitions on the main thread and in the plugin host; a connection that only prepares has neither. */
  readonly exchanges?: { readonly main: BlockingExchange; readonly host: BlockingExchange };
  readonly warn: (table: string, message: string) => void;
  /** Called once, before the plugin host is asked for the first time. */
  readonly onHostNeeded?: () => void;
}

/** A table that statements have named. */
interface Attached {
  readonly schema: TableSchema;
  readonly source: Source | undefined;
}

const noRun: Run = { cancel: new Int32Array(new SharedArrayBuffer(4)), deadline: Number.POSITIVE_INFINITY };

/** A SQLite connection whose tables are those of the catalog. */
export class QueryConnection {
  /** The query that runs; sources look at it. */
  run: Run = noRun;
  readonly #options: ConnectionOptions;
  readonly #native: NativeConnection;
  readonly #registers: Registers = new Int32Array(2);
  readonly #tables = new Map<string, CatalogTable>();
  readonly #definitions = new Map<string, TableDefinition>();
  readonly #attached: Attached[] = [];
  readonly #streams = new Map<number, { readonly stream: BlockStream; readonly encoding: 0 | 1 }>();
  /** The table whose module has to be loaded before the statement can be prepared. */
  #missing: CatalogTable | undefined;
  #hostNeeded = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#native = openConnection(
      {
        connect: name => this.#connect(name),
        open: (table, cursor, constraints, usedLow, usedHigh, limit, order) => {
          const { source } = this.#at(table);
          if (source === undefined) return null;
          const stream = source.open({ constraints, usedLow, usedHigh, limit, order }, this.run);
          this.#streams.set(cursor, { stream, encoding: source.encoding });
          return this.#next(cursor);
        },
        next: cursor => this.#next(cursor),
        close: cursor => {
          this.#streams.get(cursor)?.stream.close();
          this.#streams.delete(cursor);
        },
        update: (table, kind, rowid, newRowid, values) =>
          this.#at(table).source?.write({ kind, rowid, newRowid, values }, this.run),
      },
      this.#registers,
    );
    authorize(this.#native.handle, true);
  }

  /** The connection's handle, for interrupts and counters. */
  get handle(): NativeConnection['handle'] {
    return this.#native.handle;
  }

  /** Brings the tables up to date with the catalog. */
  apply({ set, removed }: CatalogChange): void {
    const { handle, database } = this.#native;
    authorize(handle, false);
    try {
      for (const table of removed) {
        this.#tables.delete(table.name);
        for (const alias of table.aliases) database.exec(`drop view if exists "${alias}"`);
        undeclare(handle, table.name);
      }
      for (const table of set) {
        this.#tables.set(table.name, table);
        for (const alias of table.aliases)
          database.exec(`drop view if exists "${alias}"; create view "${alias}" as select * from "${table.name}"`);
      }
      declare(
        handle,
        set.map(({ name }) => name),
      );
    } finally {
      authorize(handle, true);
    }
  }

  /**
   * Prepares the statement at a byte offset; modules of tables that it names are loaded on the way.
   * @returns null when there is no further statement
   * @throws NativeError; OutpostError TABLE_MODULE_INVALID
   */
  async prepare(sql: Uint8Array, offset: number): Promise<Statement | null> {
    for (;;) {
      this.#missing = undefined;
      try {
        return prepare(this.#native.handle, sql, offset);
      } catch (error) {
        const table = this.#missing as CatalogTable | undefined;
        if (table?.placement.kind !== 'module') throw error;
        this.#definitions.set(table.name, await loadTable(table.name, table.placement.module));
      }
    }
  }

  /** The schema of a table, loading its module where necessary; undefined when there is no such table or nobody serves it. */
  async schema(name: string): Promise<TableSchema | undefined> {
    const table = this.#tables.get(name);
    if (table?.placement.kind !== 'module') return table?.schema;
    const known = this.#definitions.get(name) ?? (await loadTable(name, table.placement.module));
    this.#definitions.set(name, known);
    return known.schema;
  }

  /** Undoes what a statement left open. */
  rollback(): void {
    authorize(this.#native.handle, false);
    try {
      this.#native.database.exec('rollback');
    } finally {
      authorize(this.#native.handle, true);
    }
  }

  /** Closes the connection. */
  close(): void {
    this.#native.close();
  }

  #at(table: number): Attached {
    const attached = this.#attached[table];
    if (attached === undefined) throw new RangeError(`There is no attached table ${table}.`);
    return attached;
  }

  #next(cursor: number): Uint8Array | null {
    const open = this.#streams.get(cursor);
    const block = open?.stream.next() ?? null;
    this.#registers[0] = open?.stream.more === true ? 1 : 0;
    this.#registers[1] = open?.encoding ?? 0;
    return block;
  }

  #connect(name: string): NativeSchema | string {
    const table = this.#tables.get(name);
    if (table === undefined) return `no such table: ${name}`;
    const { placement } = table;
    if (placement.kind === 'unavailable') return placement.message;
    const definition = this.#definitions.get(name);
    const schema = definition?.schema ?? table.schema;
    if (schema === undefined) {
      this.#missing = table;
      return `The table ${name} is not loaded yet.`;
    }
    const source = this.#sourceOf(table, schema, definition);
    const number = this.#attached.push({ schema, source }) - 1;
    const extension = placement.kind === 'extension';
    const writable = extension || (definition?.insert ?? definition?.update ?? definition?.delete) !== undefined;
    return nativeSchema(number, schema, { extension, writable, defaultIndex: this.#options.settings.defaultIndex });
  }

  #sourceOf(
    { placement, name }: CatalogTable,
    schema: TableSchema,
    definition: TableDefinition | undefined,
  ): Source | undefined {
    const { exchanges, settings, warn } = this.#options;
    if (placement.kind === 'extension')
      return new ExtensionSource(schema, placement, settings.thriftTimeoutMs, settings.defaultIndex);
    if (exchanges === undefined) return undefined;
    if (placement.kind === 'main') return new RemoteSource(exchanges.main, schema);
    if (placement.kind !== 'module' || definition === undefined) return undefined;
    if (!definition.asynchronous) return new GeneratorSource(definition, message => warn(name, message));
    if (!this.#hostNeeded) this.#options.onHostNeeded?.();
    this.#hostNeeded = true;
    return new RemoteSource(exchanges.host, schema, placement.module);
  }
}
