/** The default paths of the agent, under its own names and under osquery's. */
import type { Program } from './program.ts';

/** The word that default paths are made of. */
const family = (program: Program): 'osquery' | 'outpost' => (program.osquery ? 'osquery' : 'outpost');

/** The configuration file. */
export const configPath = (program: Program): string => `/etc/${family(program)}/${family(program)}.conf`;

/** The flag file that is read when none is named and this one can be read. */
export const defaultFlagfile = (program: Program): string => `/etc/${family(program)}/${family(program)}.flags.default`;

/** The file that lists the extensions to start. */
export const autoloadPath = (program: Program): string => `/etc/${family(program)}/extensions.load`;

/** The directory of the daemon's database. */
export const databasePath = (program: Program): string => `/var/${family(program)}/${family(program)}.db`;

/** The socket of the daemon's extension manager. */
export const socketPath = (program: Program): string => `/var/${family(program)}/${family(program)}.em`;

/** The daemon's pid file. */
export const pidfilePath = (program: Program): string => `/var/run/${family(program)}d.pidfile`;

/** The directory of the log files. */
export const logPath = (program: Program): string => `/var/log/${family(program)}/`;

/** The shell's own directory: history, socket, database. The same rule for root and anybody else. */
export const shellDirectory = (program: Program): string => `${program.home.replace(/\/$/, '')}/.${family(program)}`;
