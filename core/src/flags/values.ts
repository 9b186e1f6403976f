import type { FlagType } from './definition.ts';

const trueWords: ReadonlySet<string> = new Set(['1', 't', 'true', 'y', 'yes']);
const falseWords: ReadonlySet<string> = new Set(['0', 'f', 'false', 'n', 'no']);

const ranges = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const;

const integer = /^[\t-\r ]*([+-]?)(0[xX][0-9a-fA-F]+|\d+)$/;

const integerText = (type: 'int32' | 'uint32' | 'uint64', text: string): string | undefined => {
  const found = integer.exec(text);
  if (found === null) return undefined;
  const [, sign = '', digits = ''] = found;
  if (sign === '-' && type !== 'int32') return undefined;
  const value = sign === '-' ? -BigInt(digits) : BigInt(digits);
  const [least, greatest] = ranges[type];
  return value < least || value > greatest ? undefined : String(value);
};

/**
 * Reads the text of a value as gflags 2.2.2 does: the words for booleans in any case; integers in decimal or `0x` hexadecimal, with
 * leading but no trailing white space.
 * @returns the canonical text of the value (`true`, `16`), or undefined when the text is no value of the type
 */
export const canonicalText = (type: FlagType, text: string): string | undefined => {
  if (type === 'string') return text;
  if (type !== 'bool') return integerText(type, text);
  const word = text.toLowerCase();
  if (trueWords.has(word)) return 'true';
  return falseWords.has(word) ? 'false' : undefined;
};

/** What a value of a type looks like, for messages. */
export const expectedOf = (type: FlagType): string => {
  if (type === 'string') return 'It takes a text';
  if (type === 'bool') return 'It takes true or false';
  const [least, greatest] = ranges[type];
  return `It takes a whole number from ${least} to ${greatest}`;
};

/** The value that a canonical text stands for. */
export const valueOfText = (type: FlagType, text: string): boolean | string | number => {
  if (type === 'string') return text;
  return type === 'bool' ? text === 'true' : Number(text);
};
