import type { DistributedDefinition } from '@outpost/sdk';
import { spoolDistributed } from './spool/plugin.ts';

export { type SpoolOptions, spoolDistributed } from './spool/plugin.ts';

/**
 * The distributed plugins that come with the agent.
 * @param options the agent's flags by name
 */
export const plugins = (options: Readonly<Record<string, unknown>>): readonly DistributedDefinition[] => [
  spoolDistributed({ directory: String(options.distributed_spool) }),
];
