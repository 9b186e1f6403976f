import { parseFlags, programOf } from '../flags/index.ts';
import { toBytes } from './bytes.ts';
import { applyShellDefaults, makeShellDirectory } from './defaults.ts';
import { openFileSink } from './output.ts';
import { runSelected } from './select.ts';
import { settingsOf } from './settings.ts';
import { Shell, type ShellHost } from './shell.ts';

/** How the shell was called. */
export interface Invocation {
  /** The name, such as `outposti` or `osqueryi`. */
  readonly name: string;
  /** The arguments after it. */
  readonly argv: readonly string[];
}

const openResults = (path: string, host: ShellHost): ReturnType<typeof openFileSink> | undefined => {
  if (path === '' || path === '-')
    return {
      write: text => host.stdout.write(text),
      flush: () => host.stdout.flush(),
      close: () => host.stdout.flush(),
    };
  try {
    return openFileSink(path);
  } catch {
    return undefined;
  }
};

/** Runs a shell from its command line to its end. @returns the exit code */
export const runShell = async (invocation: Invocation, host: ShellHost): Promise<number> => {
  const program = programOf(invocation.name, invocation.argv, host.environment.HOME || undefined);
  const parsed = parseFlags(invocation.argv, program, host.environment);
  const complain = (text: string): void => {
    host.stderr.write(toBytes(text));
    host.stderr.flush();
  };
  if (parsed.kind === 'exit') {
    host.stdout.write(toBytes(parsed.stdout));
    host.stdout.flush();
    complain(parsed.stderr);
    return parsed.code;
  }
  const { flags, positionals } = parsed;
  for (const notice of parsed.notices) complain(`${notice}\n`);
  applyShellDefaults(flags, positionals, host.stdinIsTerminal);
  const fault = makeShellDirectory(flags, host.stdinIsTerminal && positionals.length === 0);
  if (fault !== undefined) complain(`${fault}\n`);
  const results = openResults(flags.get('output'), host);
  if (results === undefined) {
    complain(`Error: Cannot open output file '${flags.get('output')}'\n`);
    return 1;
  }
  const shell = new Shell(flags, host, settingsOf(flags), results);
  try {
    if (flags.get('connect') !== '') {
      const { connect } = await import('./meta/connection.ts');
      await connect(shell, flags.get('connect'));
    }
    if (!flags.get('disable_extensions')) await shell.local(); // extensions may connect before the first statement
    return await runSelected(shell, positionals);
  } finally {
    shell.flush();
    results.close();
    await shell.close();
  }
};
