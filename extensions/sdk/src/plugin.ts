import type { ExtensionRegistry, PluginResponse, TableDocument } from '@outpost/protocol';
import type { HostHooks, PluginHandler } from './answer.ts';
import type { ConfigDefinition } from './config/definition.ts';
import { hostConfig } from './config/host.ts';
import { isSealed } from './definition.ts';
import type { DistributedDefinition } from './distributed/definition.ts';
import { hostDistributed } from './distributed/host.ts';
import { type PluginKind, registries } from './kinds.ts';
import type { LoggerDefinition } from './logger/definition.ts';
import { hostLogger } from './logger/host.ts';
import type { TableDefinition } from './table/definition.ts';
import { hostTable } from './table/host.ts';
import { tableRoutes } from './table/routes.ts';

interface Definitions {
  readonly table: TableDefinition;
  readonly config: ConfigDefinition;
  readonly logger: LoggerDefinition;
  readonly distributed: DistributedDefinition;
}

/** A plugin of any kind, checked. */
export type PluginDefinition = Definitions[PluginKind];

/** Whether a value was made by `defineTable`, `defineConfig`, `defineLogger` or `defineDistributed`. */
export function isPluginDefinition(value: unknown): value is PluginDefinition {
  return isSealed(value);
}

const hosts: { readonly [K in PluginKind]: (definition: Definitions[K], hooks?: HostHooks) => PluginHandler } = {
  table: hostTable,
  config: hostConfig,
  logger: hostLogger,
  distributed: hostDistributed,
};

/** The handler of a plugin's requests: the same in process and behind `serve()`. */
export function hostPlugin(definition: PluginDefinition, hooks: HostHooks = {}): PluginHandler {
  const host = hosts[definition.kind] as (definition: PluginDefinition, hooks: HostHooks) => PluginHandler;
  return host(definition, hooks);
}

/** The route rows a plugin is announced with; only tables have any. */
export const routesOf = (definition: PluginDefinition): PluginResponse =>
  definition.kind === 'table' ? tableRoutes(definition.schema) : [];

/** The registry a plugin belongs in. */
export const registryOf = ({ kind }: Pick<PluginDefinition, 'kind'>): string => registries[kind];

const documentOf = (table: TableDefinition): TableDocument => {
  const { name, description, examples, platforms, columns, order, exact } = table.schema;
  const writable = (table.insert ?? table.update ?? table.delete) !== undefined;
  const documented = columns.map(column => ({ name: column.name, description: column.description }));
  return { name, description, examples, platforms, columns: documented, order, exact, writable, pushed: false };
};

/** What a registration of version 2 says of the tables among these plugins. */
export const documentsOf = (definitions: readonly PluginDefinition[]): TableDocument[] =>
  definitions.flatMap(definition => (definition.kind === 'table' ? [documentOf(definition)] : []));

/** What an extension with these plugins registers. */
export function registryFor(definitions: readonly PluginDefinition[]): ExtensionRegistry {
  const byRegistry = Map.groupBy(definitions, registryOf);
  return Object.fromEntries(
    [...byRegistry].map(([registry, own]) => [
      registry,
      Object.fromEntries(own.map(definition => [definition.name, routesOf(definition)])),
    ]),
  );
}
