import type { Stats } from 'node:fs';

/** The word for what a file is; `unknown` where a link leads nowhere. */
export function kindOf(found: Stats | undefined): string {
  if (found === undefined) return 'unknown';
  if (found.isFile()) return 'regular';
  if (found.isDirectory()) return 'directory';
  if (found.isCharacterDevice()) return 'character';
  if (found.isBlockDevice()) return 'block';
  if (found.isFIFO()) return 'fifo';
  if (found.isSocket()) return 'socket';
  return 'unknown';
}

/** Permissions as four octal digits, such as `0644`. */
export const permissionsOf = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');

/** A moment of a file in whole seconds. */
export const secondsOf = (milliseconds: number): number => Math.floor(milliseconds / 1000);
