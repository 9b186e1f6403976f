import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PluginDefinition, TableSettings } from '@outpost/sdk';
import type { CatalogTable } from '../engine/catalog.ts';
import type { Engine } from '../engine/engine.ts';
import type { Registry } from '../extensions/registry.ts';
import { type FlagStore, listOf, sortedNames } from '../flags/index.ts';
import { importModule, resolvePackage } from '../runtime/modules.ts';

/** The modules that come with the agent. They are loaded by name, in the same way as anybody's. */
const tablesModule = '@outpost/tables';
const bundledPlugins = ['@outpost/config', '@outpost/logger', '@outpost/distributed'];

/** A table of a bundled module, as its index lists it. */
export interface TableEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  /** The `file:` URL of the module with the definition. */
  readonly module: string;
  /** Names of the settings that the table is told of. */
  readonly settings?: readonly string[];
}

/** Whether `--disable_tables` and `--enable_tables` let statements use a table. */
export const tableEnabled = (flags: FlagStore, name: string): boolean => {
  const enabled = listOf(flags.get('enable_tables'));
  return !listOf(flags.get('disable_tables')).includes(name) && (enabled.length === 0 || enabled.includes(name));
};

/** A bundled table as the catalog has it. @param settings what it is told */
export const bundledTable = ({ name, aliases, module }: TableEntry, settings?: TableSettings): CatalogTable => ({
  name,
  aliases,
  placement: { kind: 'module', module, ...(settings && { settings }) },
});

interface TablesModule {
  readonly tables: readonly TableEntry[];
  readonly patternsModule: string;
}

const tableIndex = async (): Promise<TablesModule> => (await importModule(tablesModule)) as unknown as TablesModule;

/** The names that tables which come with the agent have, other names of theirs among them. */
export const bundledTableNames = async (): Promise<ReadonlySet<string>> =>
  new Set((await tableIndex()).tables.flatMap(({ name, aliases }) => [name, ...aliases]));

/** The `file:` URL of the module that expands patterns of paths. */
export const patternsModule = async (): Promise<string> => (await tableIndex()).patternsModule;

/**
 * Lets statements use the tables that come with the agent, but for those that are off. None is loaded yet.
 * @returns all of them, but for those that `--external_tables` leaves to extensions
 */
export const attachBundledTables = async (engine: Engine, flags: FlagStore): Promise<readonly TableEntry[]> => {
  const external = listOf(flags.get('external_tables'));
  const entries = (await tableIndex()).tables.filter(({ name }) => !external.includes(name));
  const attached = entries.filter(({ name }) => tableEnabled(flags, name)).map(entry => bundledTable(entry));
  engine.catalog.set(...attached);
  return entries;
};

/** Lets extensions call tables that come with the agent. One is loaded by its first call. */
export const registerBundledTables = (
  registry: Registry,
  entries: readonly TableEntry[],
  told: (entry: TableEntry) => TableSettings,
): void => {
  for (const entry of entries) {
    const { name, aliases, module } = entry;
    const handler = async (request: Readonly<Record<string, string>>) => {
      const { hostPlugin } = await import('@outpost/sdk');
      const { loadTable } = await import('../engine/definitions.ts');
      return hostPlugin(await loadTable(name, module), { settings: told(entry) })(request);
    };
    registry.addHandler('table', name, handler, { aliases });
  }
};

/**
 * What plugins that need options are given: every flag by name, as text. Each is read when it is asked for: plugins are loaded before
 * the configuration, which may set flags.
 */
const optionsOf = (flags: FlagStore): Readonly<Record<string, string>> => {
  const options: Record<string, string> = { program: flags.program.name };
  for (const name of sortedNames())
    Object.defineProperty(options, name, { enumerable: true, get: () => flags.text(name) });
  return options;
};

const addPlugin = (
  definition: PluginDefinition,
  engine: Engine,
  registry: Registry,
  flags: FlagStore,
  module: string,
): void => {
  registry.addLocal(definition);
  if (definition.kind !== 'table' || !tableEnabled(flags, definition.name)) return;
  engine.catalog.set({
    name: definition.name,
    aliases: definition.schema.aliases,
    placement: { kind: 'module', module },
  });
};

/** The URL of a module that is named by path or package. */
const urlOf = (specifier: string): string =>
  /^\.{0,2}\//.test(specifier) ? pathToFileURL(resolve(specifier)).href : resolvePackage(specifier);

/**
 * Adds the plugins of modules, to run in this process.
 * @throws OutpostError PLUGIN_MODULE_UNLOADABLE, PLUGIN_MODULE_EMPTY, REGISTRY_ITEM_CONFLICT
 */
const addModules = async (
  engine: Engine,
  registry: Registry,
  flags: FlagStore,
  specifiers: readonly string[],
): Promise<void> => {
  if (specifiers.length === 0) return;
  const { loadPlugins } = await import('../extensions/loader.ts');
  const options = optionsOf(flags);
  for (const specifier of specifiers)
    for (const definition of await loadPlugins(specifier, options))
      addPlugin(definition, engine, registry, flags, urlOf(specifier));
};

/** Adds the config, logger and distributed plugins that come with the agent. */
export const addBundledPlugins = (engine: Engine, registry: Registry, flags: FlagStore): Promise<void> =>
  addModules(engine, registry, flags, bundledPlugins);

/** Adds the plugins of the modules in `--plugins`. @throws OutpostError as {@link addPlugins} */
export const addNamedPlugins = (engine: Engine, registry: Registry, flags: FlagStore): Promise<void> =>
  addModules(engine, registry, flags, listOf(flags.get('plugins')));

/**
 * Adds the config, logger and distributed plugins that come with the agent, and the plugins of the modules in `--plugins`.
 * @throws OutpostError PLUGIN_MODULE_UNLOADABLE, PLUGIN_MODULE_EMPTY, REGISTRY_ITEM_CONFLICT
 */
export const addPlugins = async (engine: Engine, registry: Registry, flags: FlagStore): Promise<void> => {
  await addBundledPlugins(engine, registry, flags);
  await addNamedPlugins(engine, registry, flags);
};
