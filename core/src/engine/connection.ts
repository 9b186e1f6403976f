import type { TableDefinition, TableSchema } from '@outpost/sdk';
import { reasonOf } from '../reason.ts';
import { askedWord, asking } from './asked-table.ts';
import type { Attached } from './attach.ts';
import type { CatalogChange, CatalogTable, Placement } from './catalog.ts';
import type { BlockingExchange } from './exchange.ts';
import type { ScanLog } from './explain-scans-log.ts';
import { defineSqlFunctions } from './functions/define.ts';
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
import { quotedName } from './quoted-name.ts';
import type { ScanRequest } from './request.ts';
import { RowCache } from './sources/row-cache.ts';
import { Sessions } from './sources/sessions.ts';
import type { BlockStream, Run, Source } from './sources/source.ts';
import { TableCache } from './sources/table-cache.ts';
import { StatementCache } from './statement-cache.ts';
import { dropView, makeView } from './views.ts';

/** Flags that a connection heeds. */
export interface EngineSettings {
  /** `--thrift_timeout`, milliseconds. */
  readonly thriftTimeoutMs: number;
  /** `--extensions_default_index`. */
  readonly defaultIndex: boolean;
  /** `--nullvalue`: what a NULL is in rows of text. */
  readonly nullText: string;
  /** `--regex_max_size`: the longest pattern of regex_match and regex_split, bytes. */
  readonly regexMaxBytes: number;
}

/** What surrounds a connection. */
export interface ConnectionOptions {
  readonly settings: EngineSettings;
  /** The way to definitions on the main thread and in the plugin host; a connection that only prepares has neither. */
  readonly exchanges?: { readonly main: BlockingExchange; readonly host: BlockingExchange };
  readonly warn: (table: string, message: string) => void;
  /** Called before the plugin host is asked; also again, for other tables. */
  readonly onHostNeeded?: () => void;
  /** Where the table that is asked is to be seen: see asked-table.ts. */
  readonly asked?: Int32Array<SharedArrayBuffer>;
  /** Is told which table is asked, and that it has answered: the record of what runs. */
  readonly record?: (table: string | undefined) => void;
  /** Is told what table a number stands for from now on. */
  readonly onTable?: (number: number, table: CatalogTable) => void;
}

/** Modules that one statement may make us load, one after the other. */
const preparations = 200;
/** Where the rows of tables are made that a connection needs a definition of. */
const defines: ReadonlySet<Placement['kind']> = new Set(['module', 'automatic', 'empty']);
const noRun: Run = { cancel: new Int32Array(new SharedArrayBuffer(4)), deadline: Number.POSITIVE_INFINITY };

/** An open cursor. */
interface Scan {
  readonly stream: BlockStream;
  readonly encoding: 0 | 1;
  readonly table: number;
}

/** A SQLite connection whose tables are those of the catalog. */
export class QueryConnection {
  /** The query that runs; sources look at it. */
  run: Run = noRun;
  /** Rows that tables have given, in this query and between scheduled ones, and connections to extensions. */
  readonly caches = { rows: new RowCache(), tables: new TableCache(), sessions: new Sessions() };
  /** Statements of queries that may come again. */
  readonly statements = new StatementCache();
  /** Set while the scans of a statement are to be explained. */
  scans: ScanLog | undefined;
  readonly #options: ConnectionOptions;
  readonly #native: NativeConnection;
  readonly #registers: Registers = new Int32Array(4);
  readonly #tables = new Map<string, CatalogTable>();
  /** Views, by their names: which table each stands for. */
  readonly #aliases = new Map<string, string>();
  readonly #definitions = new Map<string, TableDefinition>();
  /** Tables that statements have named, by the numbers that SQLite calls them by; a number stays with its name. */
  readonly #attached: (Attached | undefined)[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #streams = new Map<number, Scan>();
  /** The table whose module has to be loaded before the statement can be prepared. */
  #missing: CatalogTable | undefined;
  #tools: typeof import('./attach.ts') | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { asked = askedWord() } = options;
    const ask = <Result>(table: number, work: () => Result): Result => {
      options.record?.(this.#attached[table]?.native.name);
      try {
        return asking(asked, table, work);
      } finally {
        options.record?.(undefined);
      }
    };
    this.#native = openConnection(
      {
        connect: name => this.#connect(name),
        open: (table, cursor, constraints, usedLow, usedHigh, limit, order) =>
          ask(table, () => {
            const attached = this.#at(table);
            if (attached.source === undefined) return null;
            const stream = this.#open(attached, attached.source, { constraints, usedLow, usedHigh, limit, order });
            this.#streams.set(cursor, { stream, encoding: attached.source.encoding, table });
            return this.#first(cursor);
          }),
        next: cursor => ask(this.#streams.get(cursor)?.table ?? 0, () => this.#next(cursor)),
        close: cursor => this.#end(cursor),
        update: (table, kind, rowid, newRowid, values) =>
          ask(table, () => this.#at(table).source?.write({ kind, rowid, newRowid, values }, this.run)),
      },
      this.#registers,
    );
    defineSqlFunctions(this.#native.handle, {
      run: () => this.run,
      warn: (name, message) => this.#options.warn(name, message),
      regexMaxBytes: this.#options.settings.regexMaxBytes,
    });
    authorize(this.#native.handle, true);
  }

  /** The connection's handle, for interrupts and counters. */
  get handle(): NativeConnection['handle'] {
    return this.#native.handle;
  }

  /** Brings the tables up to date with the catalog. */
  apply({ set, removed, views }: CatalogChange): void {
    const { handle } = this.#native;
    this.statements.clear();
    authorize(handle, false);
    try {
      for (const name of views?.removed ?? []) dropView(handle, name);
      for (const { name } of [...removed, ...set]) this.#forget(name);
      for (const { name } of removed) undeclare(handle, name);
      const names = set.map(({ name }) => name);
      declare(handle, names);
      for (const table of set) {
        this.#dropAlias(table.name);
        this.#tables.set(table.name, table);
      }
      for (const { name, aliases } of set) for (const alias of aliases) this.#addAlias(name, alias);
      for (const [name, sql] of views?.set ?? []) this.#addView(name, sql);
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
    for (let left = preparations; ; left--) {
      this.#missing = undefined;
      try {
        return prepare(this.#native.handle, sql, offset);
      } catch (error) {
        const table = this.#missing as CatalogTable | undefined;
        if (table === undefined || left === 0) throw error;
        await this.#load(table);
      }
    }
  }

  /**
   * Loads the module of a table that a statement named only when it ran, as CREATE VIRTUAL TABLE does.
   * @returns whether that is why it failed
   */
  async loadMissing(): Promise<boolean> {
    const table = this.#missing;
    this.#missing = undefined;
    if (table !== undefined) await this.#load(table);
    return table !== undefined;
  }

  /** The schema of a table, loading its module where necessary; undefined when there is no such table or nobody serves it. */
  async schema(name: string): Promise<TableSchema | undefined> {
    const table = this.#tables.get(name);
    if (table?.placement.kind !== 'module') return table?.schema;
    await this.#load(table);
    return this.#definitions.get(name)?.schema;
  }

  /** The names of all SQL functions. */
  functions(): string[] {
    return this.#native.database.prepare('select distinct name from pragma_function_list').pluck().all() as string[];
  }

  /** Undoes what a statement left open. */
  rollback(): void {
    this.statements.clear();
    authorize(this.#native.handle, false);
    try {
      this.#native.database.exec('rollback');
    } finally {
      authorize(this.#native.handle, true);
    }
  }

  /** Closes the connection. */
  close(): void {
    this.caches.sessions.close();
    this.statements.clear();
    this.#native.close();
  }

  #at(table: number): Attached {
    const attached = this.#attached[table];
    if (attached === undefined) throw new RangeError(`There is no attached table ${table}.`);
    return attached;
  }

  #open({ native: { name } }: Attached, source: Source, request: ScanRequest): BlockStream {
    const schema = this.scans === undefined ? undefined : this.#schemaOf(name);
    if (this.scans === undefined || schema === undefined) return source.open(request, this.run);
    return this.scans.watch(schema, source.encoding, request, () => source.open(request, this.run));
  }

  #schemaOf(name: string): TableSchema | undefined {
    return this.#definitions.get(name)?.schema ?? this.#tables.get(name)?.schema;
  }

  /** The first block of a scan. SQLite does not close a cursor that could not be opened. */
  #first(cursor: number): Uint8Array | null {
    try {
      return this.#next(cursor);
    } catch (error) {
      this.#end(cursor);
      throw error;
    }
  }

  #end(cursor: number): void {
    const open = this.#streams.get(cursor);
    this.#streams.delete(cursor);
    open?.stream.close();
  }

  #next(cursor: number): Uint8Array | null {
    const open = this.#streams.get(cursor);
    const block = open?.stream.next() ?? null;
    this.#registers[0] = open?.stream.more === true ? 1 : 0;
    this.#registers[1] = open?.encoding ?? 0;
    this.#registers[2] = open?.stream.layout?.[0] ?? 0;
    this.#registers[3] = open?.stream.layout?.[1] ?? 0;
    return block;
  }

  #connect(name: string): NativeSchema | string {
    const table = this.#tables.get(name);
    if (table === undefined) return `no such table: ${name}`;
    if (table.placement.kind === 'unavailable') return table.placement.message;
    const definition = this.#definitions.get(name);
    const schema = definition?.schema ?? table.schema;
    const defined = definition !== undefined || !defines.has(table.placement.kind);
    if (schema === undefined || !defined || this.#tools === undefined) {
      this.#missing = table;
      return `The table ${name} is not loaded yet.`;
    }
    const number = this.#numbers.get(name) ?? this.#attached.length;
    this.#options.onTable?.(number, table);
    this.#numbers.set(name, number);
    const attached = this.#tools.attach(number, table, schema, definition, this.#options, this.caches);
    this.#attached[number] = attached;
    return attached.native;
  }

  /** Loads what it takes to attach a table. The catalog may change meanwhile; then what was loaded is of no use. */
  async #load(table: CatalogTable): Promise<void> {
    const { name } = table;
    this.#tools ??= await import('./attach.ts');
    if (this.#definitions.has(name)) return;
    const definition = await this.#tools.definitionOf(table, { handle: this.handle, run: () => this.run });
    if (definition !== undefined && this.#tables.get(name) === table) this.#definitions.set(name, definition);
  }

  /** A name that is taken stays with who has it: an alias must not put one table in the place of another. */
  #addAlias(name: string, alias: string): void {
    if (this.#tables.has(alias) || this.#aliases.has(alias)) return;
    try {
      this.#native.database.exec(`create view ${quotedName(alias)} as select * from ${quotedName(name)}`);
      this.#aliases.set(alias, name);
    } catch (error) {
      this.#options.warn(name, `The alias ${alias} of the table is left out: ${reasonOf(error)}`);
    }
  }

  #addView(name: string, sql: string): void {
    try {
      makeView(this.handle, name, sql);
    } catch (error) {
      this.#options.warn(name, `The view ${name} is left out: ${reasonOf(error)}`);
    }
  }

  #dropAlias(alias: string): void {
    if (this.#aliases.delete(alias)) this.#native.database.exec(`drop view if exists ${quotedName(alias)}`);
  }

  #forget(name: string): void {
    const number = this.#numbers.get(name);
    if (number !== undefined) this.#attached[number] = undefined;
    for (const alias of this.#tables.get(name)?.aliases ?? [])
      if (this.#aliases.get(alias) === name) this.#dropAlias(alias);
    this.#definitions.delete(name);
    this.#tables.delete(name);
    this.caches.tables.forget(name);
  }
}
