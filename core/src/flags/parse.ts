import { helpText } from './help.ts';
import { CommandLine, FatalFlagError } from './parser.ts';
import type { Program } from './program.ts';
import { FlagStore } from './store.ts';
import { agentVersion } from './version.ts';

/** What a command line asks for: to run, or to print something and end. */
export type ParseOutcome =
  | {
      readonly kind: 'run';
      readonly flags: FlagStore;
      /** The arguments that are no flags. */
      readonly positionals: readonly string[];
      /** Whole sentences for stderr, such as flags that have no effect yet. */
      readonly notices: readonly string[];
    }
  | { readonly kind: 'exit'; readonly code: number; readonly stdout: string; readonly stderr: string };

const helpArguments: readonly string[] = ['--help', '-help', '--h', '-h'];
const helpFlags = ['help', 'helpfull', 'helpshort', 'helppackage', 'helpxml'] as const;

const exit = (code: number, stdout: string, stderr = ''): ParseOutcome => ({ kind: 'exit', code, stdout, stderr });

/**
 * Reads a command line with the semantics of gflags 2.2.2 and osquery: `--name`, `--noname`, `--name=value`, `--name value`, one dash
 * or two, `--` before positionals, flag files in their place, `--fromenv`. Flags of both the environment and the files end up in one store.
 * @param argv the arguments after the program
 * @param environment what `--fromenv` reads
 */
export const parseFlags = (
  argv: readonly string[],
  program: Program,
  environment: NodeJS.ProcessEnv = process.env,
): ParseOutcome => {
  if (argv.some(argument => helpArguments.includes(argument))) return exit(0, helpText(program, agentVersion));
  const flags = new FlagStore(program);
  const line = new CommandLine(flags, environment);
  try {
    line.read(argv);
  } catch (error) {
    if (error instanceof FatalFlagError) return exit(1, '', `${error.message}\n`);
    throw error;
  }
  if (wantsHelp(line)) return exit(0, helpText(program, agentVersion));
  if (line.library.get('version') === 'true') return exit(0, `${program.name} version ${agentVersion}\n`);
  const lenient = line.library.get('flagfile_lenient') ?? String(program.osquery);
  const faults = line.faults(lenient === 'true');
  if (faults.length > 0) return exit(1, '', `${faults.join('\n')}\n`);
  return { kind: 'run', flags, positionals: line.positionals, notices: noticesOf(line) };
};

const wantsHelp = (line: CommandLine): boolean =>
  helpFlags.some(name => line.library.get(name) === 'true') ||
  line.library.has('helpon') ||
  line.library.has('helpmatch');

const noticesOf = (line: CommandLine): string[] => {
  const names = [...line.withoutEffect].sort().map(name => `--${name}`);
  if (names.length === 0) return line.forgivenLines();
  const subject = names.length === 1 ? 'This flag is known, but has' : 'These flags are known, but have';
  return [`${subject} no effect yet: ${names.join(', ')}.`, ...line.forgivenLines()];
};
