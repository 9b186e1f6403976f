import { bigint, defineTable, type TableDefinition, text } from '@outpost/sdk';

/** A connected extension, or the core itself; the names are the columns'. */
export interface ConnectedExtension {
  readonly uuid: number;
  readonly name: string;
  readonly version: string;
  readonly sdk_version: string;
  readonly path: string;
  readonly type: 'core' | 'extension';
}

/** The table `osquery_extensions`. @param extensions who is connected now; nobody, not even the core, with extensions disabled */
export const osqueryExtensions = (extensions: () => readonly ConnectedExtension[]): TableDefinition =>
  defineTable({
    name: 'osquery_extensions',
    description: 'Connected extensions.',
    attributes: { utility: true },
    examples: ["select name, version, path from osquery_extensions where type = 'extension'"],
    columns: {
      uuid: bigint('Route identifier, new at each registration; 0 for the core'),
      name: text('Name under which it registered'),
      version: text('Its own version', { collate: 'version' }),
      sdk_version: text('Least version of the core that its SDK wants', { collate: 'version' }),
      path: text('Its socket'),
      type: text('core or extension'),
    },
    generate: extensions,
  }) as TableDefinition;
