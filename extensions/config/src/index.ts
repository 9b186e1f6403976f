import type { ConfigDefinition } from '@outpost/sdk';
import { filesystemConfig } from './filesystem/plugin.ts';

export { type FilesystemConfigOptions, filesystemConfig } from './filesystem/plugin.ts';

/**
 * The configuration plugins that come with the agent.
 * @param options the agent's flags by name
 */
export const plugins = (options: Readonly<Record<string, unknown>>): readonly ConfigDefinition[] => [
  filesystemConfig({ path: String(options.config_path) }),
];
