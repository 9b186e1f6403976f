import { ConfiguredTables } from '../agent/configured-tables.ts';
import type { Core } from '../agent/core.ts';
import type { ConfigBackup } from '../config/backup.ts';
import { Config, compatibleVersion } from '../config/index.ts';
import type { ParserKey } from '../config/keys.ts';
import type { ConfigOptions } from '../config/options.ts';
import { reasonOf } from '../reason.ts';
import { systemClock } from '../schedule/clock.ts';
import { activate } from './activate.ts';
import { machineShard } from './host-identifier.ts';

/** Keys of the configuration that tables read. */
const tableKeys = ['prometheus_targets'] as const satisfies readonly ParserKey[];

const faultOf = async (work: Promise<unknown>): Promise<string | undefined> => {
  try {
    await work;
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
};

/** What differs between a daemon's configuration and one that is only looked at. */
export interface ConfigurationOptions {
  /** Gives up waiting for the plugin. */
  readonly signal?: AbortSignal;
  /** Where the last texts are kept. */
  readonly backup?: ConfigBackup;
  /** Who answers what the configuration asks about its queries; the engine, when left out. */
  readonly questions?: Pick<ConfigOptions, 'checkSql' | 'countRows'>;
  /** Called before each change of the configuration. */
  readonly beforeUpdate?: () => Promise<void>;
}

/**
 * The configuration of the plugin that `--config_plugin` names, over the engine of a core. Nothing is read yet.
 * @throws OutpostError PLUGIN_NOT_ACTIVATED; the signal's reason
 */
export const openConfig = async (core: Core, options: ConfigurationOptions = {}): Promise<Config> => {
  const { flags, status, registry, engine } = core;
  const plugin = flags.get('config_plugin');
  await activate(core, 'config', plugin, options.signal);
  const config = new Config({
    plugin,
    call: (request, signal) => registry.call('config', plugin, request, { signal }),
    flags,
    status,
    clock: systemClock,
    host: { platform: process.platform, version: compatibleVersion, shard: machineShard() },
    checkSql: sql => faultOf(engine.columns(sql)),
    countRows: async sql => (await engine.query(sql, { lane: 'scheduled', name: 'discovery' })).rowCount,
    applyTables: new ConfiguredTables(core).apply,
    packDelimiter: () => flags.get('pack_delimiter'),
    packRefreshSeconds: () => flags.get('pack_refresh_interval'),
    ...options.questions,
    ...(options.backup && { backup: options.backup }),
    ...(options.beforeUpdate && { beforeUpdate: options.beforeUpdate }),
  });
  // Before anybody else hears of a change: a query that is due at once is to find it.
  config.onChange(() => tellTables(core, config));
  return config;
};

/** Tells tables what each source says under the keys that tables read. */
const tellTables = ({ tableSettings }: Core, config: Config): void => {
  for (const key of tableKeys) {
    const said = config.get(key).map(({ value }) => value);
    tableSettings.set(key, said.length === 0 ? undefined : JSON.stringify(said));
  }
};

/**
 * Has statements use the tables and views of the configuration, and takes nothing else of it but the flags: for a shell.
 * @throws OutpostError PLUGIN_NOT_ACTIVATED
 */
export const readConfiguredTables = async (core: Core): Promise<void> => {
  const config = await openConfig(core, { questions: { checkSql: async () => undefined, countRows: async () => 0 } });
  await config.refresh();
  await config.stop();
};
