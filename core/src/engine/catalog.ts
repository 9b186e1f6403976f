import type { TableSchema } from '@outpost/sdk';

/** Where the rows of a table are made. */
export type Placement =
  /** By a generator in the query's own thread, or, where it is asynchronous, in the plugin host thread. */
  | { readonly kind: 'module'; readonly module: string }
  /** By a definition that lives on the main thread, since it tells about the agent's state. */
  | { readonly kind: 'main'; readonly writable: boolean }
  /** By an extension, over its socket. */
  | {
      readonly kind: 'extension';
      readonly uuid: number;
      readonly socketPath: string;
      /** Calls of query threads that are under way; on shared memory, so that the manager takes them as a sign of life. */
      readonly inFlight: Int32Array<SharedArrayBuffer>;
      /** Users that may hold the socket; anybody, when left out. */
      readonly peerUids?: readonly number[];
    }
  /** By nobody now; a statement that names the table fails with this sentence. */
  | { readonly kind: 'unavailable'; readonly message: string };

/** A table as the catalog has it. It crosses threads as it is. */
export interface CatalogTable {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly placement: Placement;
  /** Known from the start for tables that are not in a module; a module's is read when a statement first names the table. */
  readonly schema?: TableSchema;
}

/** What changed in the catalog between two generations. */
export interface CatalogChange {
  readonly set: readonly CatalogTable[];
  readonly removed: readonly CatalogTable[];
}

/**
 * The tables there are, by name. The main thread owns it; every query thread has a copy that it brings up to date before each query.
 * Each change begins a new generation.
 */
export class Catalog {
  #generation = 0;
  readonly #tables = new Map<string, CatalogTable>();
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

  /** The table of a name; not of an alias. */
  get(name: string): CatalogTable | undefined {
    return this.#tables.get(name);
  }

  /** All names in byte order. */
  names(): string[] {
    return [...this.#tables.keys()].sort();
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

  #changed(change: CatalogChange): void {
    this.#generation += 1;
    for (const listener of this.#listeners) listener(change);
  }
}
