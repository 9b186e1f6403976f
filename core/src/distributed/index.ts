/** Live queries: read, run and answered. */
export { Distributed } from './distributed.ts';
export type { DistributedOptions } from './options.ts';
