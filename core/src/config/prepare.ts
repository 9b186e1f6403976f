import { CutText } from './cut-text.ts';

/** The most bytes that a source may have without its comments and indentation. */
export const sizeLimit = 4_194_304;

const joinedLines = /^\ufeff|\\\r?\n/g;
const commentLines = /^[ \t\r\v\f]*(?:#|\/\/)[^\n]*(?:\n|$)/gm;

/**
 * Makes JSON of the text of a source: lines that end in a backslash are joined with the next, also inside strings, and lines that
 * begin with `#` or `//` are dropped.
 */
export const prepareText = (raw: string): CutText => CutText.of(raw).without(joinedLines).without(commentLines);

/** Whether a prepared text is larger than a configuration may be; indentation and empty lines do not count. */
export function isTooLarge(text: string): boolean {
  if (Buffer.byteLength(text) <= sizeLimit) return false;
  const lines = text.split('\n').map(line => line.trim());
  const size = lines.reduce((sum, line) => (line === '' ? sum : sum + Buffer.byteLength(line) + 1), 0);
  return size > sizeLimit;
}
