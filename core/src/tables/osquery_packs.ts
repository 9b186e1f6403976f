import { defineTable, integer, type TableDefinition, text } from '@outpost/sdk';

/** A pack of the configuration; the names are the columns'. */
export interface PackEntry {
  readonly name: string;
  readonly platform: string;
  readonly version: string;
  /** Null when it is no number of machines. */
  readonly shard: number | null;
  readonly discovery_cache_hits: number;
  readonly discovery_executions: number;
  readonly active: 0 | 1;
}

/** The table `osquery_packs`. @param packs those of the configuration, the schedule as `main` included */
export const osqueryPacks = (packs: () => readonly PackEntry[]): TableDefinition =>
  defineTable({
    name: 'osquery_packs',
    description: 'Query packs of the configuration, active or not.',
    attributes: { utility: true },
    examples: ['select name, active, discovery_executions from osquery_packs'],
    columns: {
      name: text('Name of the pack; main for the schedule'),
      platform: text('Platforms that it is for'),
      version: text('Least version of the agent that it is for', { collate: 'version' }),
      shard: integer('Percentage of machines that it is for; 0 for all'),
      discovery_cache_hits: integer('How often the last decision of its discovery queries was used again'),
      discovery_executions: integer('How often its discovery queries were run'),
      active: integer('1 when its queries are scheduled'),
    },
    generate: packs,
  }) as TableDefinition;
