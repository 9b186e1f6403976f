import type { Shell } from '../shell.ts';
import { InputReader } from './reader.ts';

/** Runs what comes on stdin, line by line, to its end. @returns the exit code */
export const runPiped = async (shell: Shell): Promise<number> => {
  const reader = new InputReader(shell, false);
  for await (const line of shell.host.stdinLines()) {
    const outcome = await reader.line(line);
    if (outcome.kind === 'stop') return outcome.exitCode;
  }
  await reader.end();
  return reader.exitCode;
};
