import type { WorkerOptions } from 'node:worker_threads';

/** The threads of the agent, by the names of their modules, and what they may take; the heap is in MiB. */
export const threadOptions = {
  'query-thread': { resourceLimits: { maxOldGenerationSizeMb: 512 } },
  'host-thread': {},
} as const satisfies Readonly<Record<string, WorkerOptions>>;

/** One of them. */
export type ThreadName = keyof typeof threadOptions;
