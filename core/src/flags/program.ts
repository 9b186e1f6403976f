import { homedir } from 'node:os';
import { basename } from 'node:path';

/** The names that the agent runs under. Under an osquery name it takes osquery's default paths and file names. */
export type ProgramName = 'outpostd' | 'outposti' | 'osqueryd' | 'osqueryi';

/** Who is running: what default values and `--help` depend on. */
export interface Program {
  readonly name: ProgramName;
  readonly kind: 'daemon' | 'shell';
  /** Whether it runs under one of osquery's names. */
  readonly osquery: boolean;
  /** The directory that holds the shell's own directory: `$HOME`, else the home of the password database. */
  readonly home: string;
}

const shellSwitches: readonly string[] = ['-S', '--S'];
const daemonSwitches: readonly string[] = ['-D', '--D'];

/**
 * Decides what program a command line starts, as osquery does: `-S` and `-D` (exactly so) win over the name, and a name that holds
 * `osqueryd` or `outpostd` is the daemon's.
 * @param invokedAs how the program was called, such as `/usr/bin/osqueryi`
 * @param argv the arguments after it
 */
export const programOf = (invokedAs: string, argv: readonly string[], home: string = homeDirectory()): Program => {
  const name = basename(invokedAs);
  const osquery = name.includes('osquery');
  const asShell = argv.some(argument => shellSwitches.includes(argument));
  const asDaemon = !asShell && argv.some(argument => daemonSwitches.includes(argument));
  const daemon = asDaemon || (!asShell && /(?:osquery|outpost)d/.test(name));
  return {
    name: `${osquery ? 'osquery' : 'outpost'}${daemon ? 'd' : 'i'}`,
    kind: daemon ? 'daemon' : 'shell',
    osquery,
    home,
  };
};

/** The home directory: `$HOME` when it is set, else that of the password database; `/` when there is neither. */
export const homeDirectory = (environment: NodeJS.ProcessEnv = process.env): string => {
  if (environment.HOME) return environment.HOME;
  try {
    return homedir();
  } catch {
    return '/';
  }
};
