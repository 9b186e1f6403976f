import type { FlagDefinition } from '../definition.ts';
import { agentFlags } from './agent.ts';
import { configFlags } from './config.ts';
import { extensionFlags } from './extensions.ts';
import { limitFlags } from './limits.ts';
import { loggerFlags } from './logger.ts';
import { metricsFlags } from './metrics.ts';
import { scheduleFlags } from './schedule.ts';
import { shellFlags } from './shell.ts';
import { watchdogFlags } from './watchdog.ts';

/** All flags that have a meaning, by name. */
export const flagTable = {
  ...agentFlags,
  ...configFlags,
  ...extensionFlags,
  ...limitFlags,
  ...loggerFlags,
  ...metricsFlags,
  ...scheduleFlags,
  ...shellFlags,
  ...watchdogFlags,
} as const satisfies Record<string, FlagDefinition>;

/** A name of the table of flags. */
export type FlagName = keyof typeof flagTable;

interface ValueOfType {
  readonly bool: boolean;
  readonly string: string;
  readonly int32: number;
  readonly uint32: number;
  readonly uint64: number;
}

/** The JavaScript type of the values of a flag. Those of uint64 are numbers: exact up to 2^53, as text beyond. */
export type FlagValue<Name extends FlagName> = ValueOfType[(typeof flagTable)[Name]['type']];

/** The definition of a flag, or undefined when the table has none of that name. */
export const definitionOf = (name: string): FlagDefinition | undefined =>
  Object.hasOwn(flagTable, name) ? flagTable[name as FlagName] : undefined;

/** Other names of flags, which osquery has kept from earlier versions. */
export const flagAliases: Readonly<Record<string, FlagName>> = {
  config_tls_accelerated_refresh: 'config_accelerated_refresh',
  config_tls_refresh: 'config_refresh',
  db_path: 'database_path',
  log_numerics_as_numbers: 'logger_numerics',
  osquery_log_dir: 'logger_path',
};
