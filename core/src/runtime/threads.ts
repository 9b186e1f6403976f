import { Worker, type WorkerOptions } from 'node:worker_threads';

/** The threads of the agent, by the names of their modules, and what they may take; the heap is in MiB. */
export const threadOptions = {
  'query-thread': { resourceLimits: { maxOldGenerationSizeMb: 512 } },
  'host-thread': {},
} as const satisfies Readonly<Record<string, WorkerOptions>>;

/** One of them. */
export type ThreadName = keyof typeof threadOptions;

/** Starts a thread of the agent. */
export const startThread = (name: ThreadName): Worker =>
  new Worker(new URL(`../engine/${name}.ts`, import.meta.url), threadOptions[name]);
