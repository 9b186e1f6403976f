/** The configuration of the agent: from the texts of a plugin to a schedule. */
export { compatibleVersion } from './applies.ts';
export { Config, type PackRow } from './config.ts';
export { faultText } from './fault.ts';
