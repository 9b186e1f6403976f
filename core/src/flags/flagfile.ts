/** Flag files: gflags 2.2.2's format, one flag a line, `#` comments, and lines of program names that the flags after them are for. */
import { closeSync, openSync, readSync } from 'node:fs';

/** A line of a flag file that holds a flag. */
export interface FlagLine {
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

/** The most bytes that a flag file may have. */
export const flagfileLimit = 1024 * 1024;

/** Reads a file up to {@link flagfileLimit} bytes. @throws Error as node:fs does, or when it is longer */
export const readFlagfile = (path: string): string => {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(64 * 1024);
    const parts: Buffer[] = [];
    let length = 0;
    for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) {
      length += count;
      if (length > flagfileLimit) throw new Error(`it has more than ${flagfileLimit} bytes`);
      parts.push(Buffer.from(buffer.subarray(0, count)));
    }
    return Buffer.concat(parts).toString();
  } finally {
    closeSync(file);
  }
};

/** Whether a shell pattern (`*`, `?`, `[…]`; a slash is no border) fits a program name, as fnmatch(3) without flags. */
export const matchesPattern = (pattern: string, name: string): boolean => {
  const source = pattern.replace(/\[!?[^\]]+\]|[\s\S]/g, part => {
    if (part === '*') return '[\\s\\S]*';
    if (part === '?') return '[\\s\\S]';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return part.replace(/[\\^$.|+(){}[\]]/, '\\$&');
  });
  return new RegExp(`^${source}$`).test(name);
};

/**
 * The flag lines of a flag file that are for a program.
 * @param programName what lines of program names are compared with
 */
export const flagLines = (content: string, programName: string): FlagLine[] => {
  let relevant = true;
  let amongNames = false;
  const found: FlagLine[] = [];
  for (const [index, raw] of content.split(/\r\n|\r|\n/).entries()) {
    const text = raw.trimStart();
    if (text === '' || text.startsWith('#')) continue;
    if (text.startsWith('-')) {
      amongNames = false;
      if (relevant) found.push({ text, line: index + 1 });
      continue;
    }
    const fits = text.split(' ').some(pattern => pattern !== '' && matchesPattern(pattern, programName));
    relevant = fits || (amongNames && relevant);
    amongNames = true;
  }
  return found;
};
