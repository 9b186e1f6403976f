import { cli, runtime } from '../definition.ts';
import { configPath } from '../paths.ts';

/** Flags of the configuration and where it comes from. */
export const configFlags = {
  config_accelerated_refresh: cli('uint64', '300', 'Seconds until the configuration is read again after a failure'),
  config_check: cli('bool', 'false', 'Read the configuration, say what is wrong with it and end'),
  config_dump: cli('bool', 'false', 'Print the configuration as it was read and end'),
  config_enable_backup: cli(
    'bool',
    'false',
    'Keep the last configuration and start with it while the plugin gives none',
  ),
  config_path: cli('string', configPath, 'Configuration file of the filesystem plugin'),
  config_plugin: cli('string', 'filesystem', 'Plugin that gives the configuration'),
  config_refresh: cli('uint64', '0', 'Seconds between readings of the configuration, 0 for one reading'),
  pack_delimiter: runtime('string', '_', 'Text between pack, name of the pack and name of the query'),
  pack_refresh_interval: runtime('uint64', '3600', 'Seconds that the decision of discovery queries holds'),
};
