import { defineTable, text } from '@outpost/sdk';
import { parseLimits } from '../lib/limits.ts';

/** What the kernel allows the agent itself. */
export const ulimitInfo = defineTable({
  name: 'ulimit_info',
  description: 'Resource limits of the agent process.',
  platforms: ['linux', 'macos'],
  examples: ["select soft_limit, hard_limit from ulimit_info where type = 'nofile'"],
  columns: {
    type: text('Resource, such as nofile for open files'),
    soft_limit: text('Limit in force: a number, or unlimited'),
    hard_limit: text('What the limit may be raised to: a number, or unlimited'),
  },
  *generate(context) {
    const content = context.files.readTextIfPresent('/proc/self/limits') ?? '';
    for (const { type, soft, hard } of parseLimits(content)) yield { type, soft_limit: soft, hard_limit: hard };
  },
});
