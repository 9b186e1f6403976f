import { defineTable, integer, type TableDefinition, text } from '@outpost/sdk';

/** A registered plugin; the names are the columns'. */
export interface RegisteredPlugin {
  readonly registry: string;
  readonly name: string;
  readonly owner_uuid: number;
  readonly internal: 0 | 1;
  readonly active: 0 | 1;
}

/** The table `osquery_registry`. @param plugins what is registered now */
export const osqueryRegistry = (plugins: () => readonly RegisteredPlugin[]): TableDefinition =>
  defineTable({
    name: 'osquery_registry',
    description: 'Registered plugins by registry.',
    attributes: { utility: true },
    examples: ["select name from osquery_registry where registry = 'logger' and active = 1"],
    columns: {
      registry: text('Kind of plugin'),
      name: text('Name of the plugin'),
      owner_uuid: integer('Extension that serves it, 0 for the core'),
      internal: integer('1 for plugins that only the core uses'),
      active: integer('1 when the core uses it now'),
    },
    generate: plugins,
  }) as TableDefinition;
