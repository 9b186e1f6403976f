/** The flags of the agent: one table, and what is made of it. */
export { listOf } from './list.ts';
export { parseFlags } from './parse.ts';
export { shellDirectory } from './paths.ts';
export { programOf } from './program.ts';
export { FlagStore, sortedNames } from './store.ts';
export { type FlagName, flagTable } from './table/index.ts';
export { agentVersion } from './version.ts';
