import type { TableSettings as Settings } from '@outpost/sdk';
import type { Engine } from '../engine/engine.ts';
import { type FlagName, type FlagStore, flagTable } from '../flags/index.ts';
import { bundledTable, type TableEntry } from './bundled.ts';

const isFlag = (name: string): name is FlagName => Object.hasOwn(flagTable, name);

/** What the bundled tables are told of the agent: each the settings that its entry names, and each time one of them changes. */
export class TableSettings {
  readonly #engine: Engine;
  readonly #flags: FlagStore;
  readonly #entries: readonly TableEntry[];
  /** What is no flag, by its name. */
  readonly #values = new Map<string, string>();

  constructor(engine: Engine, flags: FlagStore, entries: readonly TableEntry[]) {
    this.#engine = engine;
    this.#flags = flags;
    this.#entries = entries.filter(({ settings = [] }) => settings.length > 0);
    flags.onChange(name => this.#tell(name));
    for (const name of new Set(this.#entries.flatMap(({ settings = [] }) => settings))) this.#tell(name);
  }

  /** Sets what is no flag, such as a key of the configuration. */
  set(name: string, value: string | undefined): void {
    if (this.#values.get(name) === value) return;
    if (value === undefined) this.#values.delete(name);
    else this.#values.set(name, value);
    this.#tell(name);
  }

  /** What a table is told now. */
  of({ settings = [] }: TableEntry): Settings {
    return Object.fromEntries(
      settings.flatMap(name => {
        const value = isFlag(name) ? this.#flags.text(name) : this.#values.get(name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  /** Tells the tables that a setting is for, unless an extension has taken their place. */
  #tell(name: string): void {
    for (const entry of this.#entries) {
      if (entry.settings?.includes(name) !== true) continue;
      if (this.#engine.catalog.get(entry.name)?.placement.kind === 'module')
        this.#engine.catalog.set(bundledTable(entry, this.of(entry)));
    }
  }
}
