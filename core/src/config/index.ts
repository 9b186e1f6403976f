/** The configuration of the agent: from the texts of a plugin to a schedule. */
export { compatibleVersion, type HostFacts } from './applies.ts';
export { Config, type PackRow, type ScheduleListener } from './config.ts';
export { type ConfigFault, faultText } from './fault.ts';
export type { ParserKey } from './keys.ts';
export type { ConfigOptions } from './options.ts';
