import type { Engine } from '../../engine/engine.ts';
import type { FlagStore } from '../../flags/index.ts';

/** What the package of bundled tables exports: where each definition is. */
interface TablesModule {
  readonly tables: readonly {
    readonly name: string;
    readonly aliases: readonly string[];
    readonly module: string;
  }[];
}

/** The package is named by its value, as any package of plugins is: the core knows none of them by itself. */
const tablesPackage: string = '@outpost/tables';

const listed = (text: string): ReadonlySet<string> => new Set(text.split(',').filter(name => name !== ''));

/** Whether `--disable_tables` and, where that is empty, `--enable_tables` leave a table on. */
export const tableFilter = (flags: FlagStore): ((name: string) => boolean) => {
  const disabled = listed(flags.get('disable_tables'));
  const enabled = listed(flags.get('enable_tables'));
  if (disabled.size > 0 || enabled.size === 0) return name => !disabled.has(name);
  return name => enabled.has(name);
};

/**
 * Gives the engine the bundled tables that are on.
 * @param isOn of {@link tableFilter}
 * @returns the names of those that are off
 */
export const addBundledTables = async (engine: Engine, isOn: (name: string) => boolean): Promise<string[]> => {
  const { tables } = (await import(tablesPackage)) as TablesModule;
  const on = tables.filter(({ name }) => isOn(name));
  engine.catalog.set(
    ...on.map(({ name, aliases, module }) => ({ name, aliases, placement: { kind: 'module', module } as const })),
  );
  return tables.map(({ name }) => name).filter(name => !isOn(name));
};
