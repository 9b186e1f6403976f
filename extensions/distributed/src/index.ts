import type { DistributedDefinition } from '@outpost/sdk';
import { spoolDistributed } from './spool/plugin.ts';

export { type SpoolOptions, spoolDistributed } from './spool/plugin.ts';

/**
 * The distributed plugins that come with the agent.
 * @param options the agent's flags by name, as text; the configuration may set `distributed_spool`, so it is read when the plugin is first asked
 */
export const plugins = (options: Readonly<Record<string, unknown>>): readonly DistributedDefinition[] => [
  spoolDistributed({ directory: () => String(options.distributed_spool ?? '') }),
];
