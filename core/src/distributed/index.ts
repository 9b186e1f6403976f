/** Live queries: read, run and answered. */
export { Distributed } from './distributed.ts';
export type { DistributedOptions, DistributedSettings } from './options.ts';
