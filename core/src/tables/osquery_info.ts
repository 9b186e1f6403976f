import { defineTable, integer, type TableDefinition, text } from '@outpost/sdk';

/** What the agent says about itself; the names are the columns'. */
export interface AgentInfo {
  readonly pid: number;
  readonly uuid: string;
  readonly instance_id: string;
  readonly version: string;
  readonly config_hash: string;
  readonly config_valid: 0 | 1;
  readonly extensions: 'active' | 'inactive';
  readonly build_platform: string;
  readonly build_distro: string;
  readonly start_time: number;
  readonly watcher: number;
  readonly platform_mask: number;
}

/** The table `osquery_info`. @param info what is true now */
export const osqueryInfo = (info: () => AgentInfo): TableDefinition =>
  defineTable({
    name: 'osquery_info',
    description: 'Identity and state of the running agent.',
    attributes: { utility: true },
    examples: ['select version, uuid, config_valid from osquery_info'],
    columns: {
      pid: integer('Process id of the worker'),
      uuid: text('Identifier of the host: of the firmware, or one that was made and kept', { collate: 'nocase' }),
      instance_id: text('Identifier of the database'),
      version: text('Version of the agent', { collate: 'version' }),
      config_hash: text('SHA-1 over the sources of the configuration', { collate: 'nocase' }),
      config_valid: integer('1 when a configuration was loaded'),
      extensions: text('active when extensions can register, else inactive'),
      build_platform: text('Platform the agent was built for'),
      build_distro: text('Distribution the agent was built on'),
      start_time: integer('When the process started, seconds since the epoch'),
      watcher: integer('Process id of the watcher, -1 without one'),
      platform_mask: integer('Platforms as bits: 1 POSIX, 8 Linux'),
    },
    generate: () => [info()],
  }) as TableDefinition;
