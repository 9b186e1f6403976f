import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The lines that a program prints, without empty ones. */
export const linesOf = (program: string, ...args: string[]): string[] =>
  execFileSync(program, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' }, timeout: 20_000 })
    .split('\n')
    .filter(line => line.trim() !== '');

/** Skips a test, with the reason, on a machine without the programs. */
export const withTools = (...paths: string[]): { readonly skip: string | false } => {
  const missing = paths.filter(path => !existsSync(path));
  return { skip: missing.length > 0 && `${missing.join(' and ')} is not here` };
};
