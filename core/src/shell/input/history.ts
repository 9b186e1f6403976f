import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../../reason.ts';

/** As many lines as are kept. */
export const historyLimit = 100;

/** The history file in the shell's own directory. */
export const historyPath = (directory: string): string => join(directory, '.history');

/** The lines of earlier shells, the oldest first; none when there is no file that can be read. */
export const loadHistory = (directory: string): string[] => {
  try {
    const lines = readFileSync(historyPath(directory), 'utf8').split('\n');
    return lines.filter(line => line !== '').slice(-historyLimit);
  } catch {
    return []; // A first start, or somebody else's file: the shell works without.
  }
};

/**
 * Keeps the newest lines for later shells, for the owner only.
 * @param lines the oldest first
 * @returns why it could not be done, or undefined
 */
export const saveHistory = (directory: string, lines: readonly string[]): string | undefined => {
  try {
    writeFileSync(
      historyPath(directory),
      lines
        .slice(-historyLimit)
        .map(line => `${line}\n`)
        .join(''),
      { mode: 0o600 },
    );
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
};
