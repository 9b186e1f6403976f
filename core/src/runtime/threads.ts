import { Worker } from 'node:worker_threads';
import { type ThreadName, threadOptions } from './thread-options.ts';

/** Starts a thread of the agent. */
export const startThread = (name: ThreadName): Worker =>
  new Worker(new URL(`../engine/${name}.ts`, import.meta.url), threadOptions[name]);
