/** The flags of the agent: one table, and what is made of it. */
export type { FlagClass, FlagDefinition, FlagEffect, FlagType } from './definition.ts';
export { type ParseOutcome, parseFlags } from './parse.ts';
export { defaultFlagfile, shellDirectory } from './paths.ts';
export { type Program, type ProgramName, programOf } from './program.ts';
export { type FlagOption, type FlagOrigin, type FlagRow, FlagStore, sortedNames } from './store.ts';
export { nearest } from './suggest.ts';
export { type FlagName, type FlagNameOf, type FlagValue, flagTable } from './table/index.ts';
export { agentVersion } from './version.ts';
