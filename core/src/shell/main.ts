/** The entry of the shell: gives it the descriptors, the environment and the engine of this process. */
import { isatty } from 'node:tty';
import { toBytes } from './bytes.ts';
import { DescriptorSink } from './output.ts';
import { type Invocation, runShell } from './run-shell.ts';
import type { ShellHost } from './shell.ts';

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'code' in error;

const brokenPipe = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EPIPE';

const stderr = new DescriptorSink(2);

/** Prints on stderr at once. */
export const complain = (text: string): void => {
  stderr.write(toBytes(text));
  stderr.flush();
};

/** What a shell needs of this process. */
export const hostOfProcess = (): ShellHost => ({
  stdout: new DescriptorSink(1),
  stderr,
  stdinIsTerminal: isatty(0),
  stdoutIsTerminal: isatty(1),
  environment: process.env,
  stdinLines: async function* () {
    const { linesOf } = await import('./input/lines.ts');
    yield* linesOf(process.stdin);
  },
  openLocal: async flags => {
    const { openEngineSource } = await import('./source/open.ts');
    return openEngineSource(flags, complain);
  },
  openRemote: async path => {
    const { ManagerSource } = await import('./source/remote.ts');
    return new ManagerSource(path);
  },
});

/**
 * Runs a shell. A reader of the output who went away ends it in silence, as it ends other programs.
 * @returns the exit code
 */
export const runOn = async (invocation: Invocation, host: ShellHost): Promise<number> => {
  try {
    return await runShell(invocation, host);
  } catch (error) {
    if (brokenPipe(error)) return 0;
    if (!isSystemError(error)) throw error;
    process.stderr.write(`Error: the output cannot be written: ${error.message}\n`);
    return 1;
  }
};

/** Runs the shell in this process. @returns the exit code */
export const main = (invocation: Invocation): Promise<number> => runOn(invocation, hostOfProcess());
