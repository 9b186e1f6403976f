import type { TableSchema, TableSettings } from '@outpost/sdk';
import type { AutomaticTable } from './sources/automatic-table.ts';
import { ViewSet } from './view-set.ts';

/** Where the rows of a table are made. */
export type Placement =
  /** By a generator in the query's own thread, or, where it is asynchronous, in the plugin host thread. */
  | { readonly kind: 'module'; readonly module: string; readonly settings?: TableSettings }
  /** By a definition that lives on the main thread, since it tells about the agent's state. */
  | { readonly kind: 'main'; readonly writable: boolean }
  /** By an extension, over its socket. */
  | {
      readonly kind: 'extension';
      readonly uuid: number;
      readonly socketPath: string;
      /** Users that may hold the socket; anybody, when left out. */
      readonly peerUids?: readonly number[];
      /** Set when the extension speaks version 2: the generation of its lease, and which of its tables take writes. */
      readonly lease?: { readonly generation: number; readonly writable: readonly string[] };
    }
  /** By a query on SQLite files of this machine, in the query's own thread. */
  | ({
      readonly kind: 'automatic';
      /** The `file:` URL of the module that expands patterns of paths: it exports `resolvePattern`. */
      readonly patterns: string;
    } & AutomaticTable)
  /** Nowhere: the table has columns and no rows. */
  | { readonly kind: 'empty' }
  /**
   * By nobody now; a statement that names the table fails with this sentence. One that is awaited, since an extension that is being
   * started has announced it, is waited for first.
   */
  | { readonly kind: 'unavailable'; readonly message: string; readonly awaited?: true };

/** A table as the catalog has it. It crosses threads as it is. */
export interface CatalogTable {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly placement: Placement;
  /** Known from the start for tables that are not in a module; a module's is read when a statement first names the table. */
  readonly schema?: TableSchema;
}

/** Views that came, each a name and the text of its statement, and the names of those that went. */
export interface ViewChange {
  readonly set: readonly (readonly [name: string, sql: string])[];
  readonly removed: readonly string[];
}

/** What changed in the catalog between two generations. */
export interface CatalogChange {
  readonly set: readonly CatalogTable[];
  readonly removed: readonly CatalogTable[];
  readonly views?: ViewChange;
}

/**
 * The tables there are, by name. The main thread owns it; every query thread has a copy that it brings up to date before each query.
 * Each change begins a new generation.
 */
export class Catalog {
  #generation = 0;
  readonly #tables = new Map<string, CatalogTable>();
  readonly #views = new ViewSet();
  readonly #listeners = new Set<(change: CatalogChange) => void>();

  /** Grows with each change. */
  get generation(): number {
    return this.#generation;
  }

  /** Adds a table, or puts it in the place of the one of that name. */
  set(...tables: readonly CatalogTable[]): void {
    for (const table of tables) this.#tables.set(table.name, table);
    this.#changed({ set: tables, removed: [] });
  }

  /** Takes a table out; statements then say `no such table`. */
  remove(name: string): void {
    const table = this.#tables.get(name);
    if (table === undefined) return;
    this.#tables.delete(name);
    this.#changed({ set: [], removed: [table] });
  }

  /**
   * Takes over the views of a configuration, in the place of those that it had before: names, and the texts of their statements. Where a table
   * has the name of a view, the table is meant.
   */
  setViews(views: ReadonlyMap<string, string>): void {
    this.#views.want(views);
    const change = this.#views.settle(this.#tables.values());
    if (change !== undefined) this.#tell({ set: [], removed: [], views: change });
  }

  /** The views that statements may use now. */
  views(): ReadonlyMap<string, string> {
    return this.#views.made;
  }

  /** All there is, as a change from nothing: what a new connection begins with. */
  whole(): CatalogChange {
    return { set: this.tables(), removed: [], views: { set: [...this.#views.made], removed: [] } };
  }

  /** The table of a name; not of an alias. */
  get(name: string): CatalogTable | undefined {
    return this.#tables.get(name);
  }

  /** The table of a name or an alias. */
  named(name: string): CatalogTable | undefined {
    return this.#tables.get(name) ?? this.tables().find(({ aliases }) => aliases.includes(name));
  }

  /** All names in byte order. */
  names(): string[] {
    return [...this.#tables.keys()].sort();
  }

  /** All names that statements may use: of tables, their aliases and views, in byte order. */
  statementNames(): string[] {
    const tables = this.tables().flatMap(({ name, aliases }) => [name, ...aliases]);
    return [...new Set([...tables, ...this.#views.made.keys()])].sort();
  }

  /** All tables. */
  tables(): CatalogTable[] {
    return [...this.#tables.values()];
  }

  /** Calls back after each change; returns what ends it. */
  onChange(listener: (change: CatalogChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for a change after which something holds. @returns whether it came within the time */
  until(holds: () => boolean, timeoutMs: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), Math.max(0, timeoutMs));
    const stop = this.onChange(() => {
      if (holds()) resolve(true);
    });
    return promise.finally(() => {
      clearTimeout(timer);
      stop();
    });
  }

  #changed(change: CatalogChange): void {
    const views = this.#views.settle(this.#tables.values());
    this.#tell(views === undefined ? change : { ...change, views });
  }

  #tell(change: CatalogChange): void {
    this.#generation += 1;
    for (const listener of this.#listeners) listener(change);
  }
}
