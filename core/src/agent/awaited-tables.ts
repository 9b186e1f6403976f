import { readManifest } from '../extensions/manifest.ts';
import type { SupervisedProcess } from '../extensions/supervised-process.ts';
import { reasonOf } from '../reason.ts';
import { tableEnabled } from './bundled.ts';
import type { Core } from './core.ts';

/** The sentence of a statement whose table has yet to come. */
const absence = (extension: string, table: string): string =>
  `The extension ${extension}, which brings the table ${table}, has not registered yet`;

/** What manifests announce: the name of an extension by table, and by path. */
interface Announced {
  readonly tables: ReadonlyMap<string, string>;
  readonly names: ReadonlyMap<string, string>;
}

/** Declares the tables that the manifests of extensions announce, so that a query which names one waits for its extension. */
export class AwaitedTables {
  readonly #core: Core;
  #announced: Announced = { tables: new Map(), names: new Map() };
  /** What is wrong with manifests, each said once. */
  #faults: ReadonlySet<string> = new Set();

  /** Follows the programs that are kept running: one that comes later is heeded, too. */
  constructor(core: Core) {
    this.#core = core;
    core.processes.onChange(processes => this.#follow(processes));
  }

  /** The path of the program whose manifest says that it registers under a name. */
  programOf(extension: string): string | undefined {
    return this.#announced.names.get(extension);
  }

  #follow(processes: readonly SupervisedProcess[]): void {
    const former = this.#announced.tables;
    this.#announced = this.#read(processes);
    const { tables } = this.#announced;
    for (const table of former.keys()) if (!tables.has(table)) this.#forget(table);
    for (const [table, extension] of tables) this.#declare(table, extension);
  }

  #read(processes: readonly SupervisedProcess[]): Announced {
    const tables = new Map<string, string>();
    const names = new Map<string, string>();
    const faults = new Set<string>();
    for (const { path } of processes)
      try {
        const manifest = readManifest(path);
        if (manifest === undefined) continue;
        names.set(manifest.name, path);
        for (const table of manifest.tables) tables.set(table, manifest.name);
      } catch (error) {
        faults.add(reasonOf(error));
      }
    for (const fault of faults) if (!this.#faults.has(fault)) this.#core.status.warning('extensions', fault);
    this.#faults = faults;
    return { tables, names };
  }

  #declare(name: string, extension: string): void {
    const { engine, flags } = this.#core;
    if (!tableEnabled(flags, name) || engine.catalog.get(name) !== undefined) return;
    const message = absence(extension, name);
    engine.catalog.set({ name, aliases: [], placement: { kind: 'unavailable', message, awaited: true } });
  }

  #forget(name: string): void {
    const { catalog } = this.#core.engine;
    const placement = catalog.get(name)?.placement;
    if (placement?.kind === 'unavailable' && placement.awaited === true) catalog.remove(name);
  }
}
