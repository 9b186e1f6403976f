import { Worker, type WorkerOptions } from 'node:worker_threads';

/** The threads of the agent, by the names of their modules. */
export type ThreadName = 'query-thread' | 'host-thread';

/** Starts a thread of the agent. */
export const startThread = (name: ThreadName, options: WorkerOptions = {}): Worker =>
  new Worker(new URL(`../engine/${name}.ts`, import.meta.url), options);
