/**
 * Sets of bytes, as std::regex in the C locale builds them from classes, and as JavaScript's RegExp writes them.
 * Everything above ASCII is in no class.
 */

/** Which bytes a set holds. */
export type ByteSet = (byte: number) => boolean;

const between =
  (first: string, last: string): ByteSet =>
  byte =>
    byte >= first.charCodeAt(0) && byte <= last.charCodeAt(0);
const either =
  (...sets: readonly ByteSet[]): ByteSet =>
  byte =>
    sets.some(set => set(byte));
const among =
  (characters: string): ByteSet =>
  byte =>
    characters.includes(String.fromCharCode(byte));

const lower = between('a', 'z');
const upper = between('A', 'Z');
const digit = between('0', '9');
const alpha = either(lower, upper);
const alnum = either(alpha, digit);
const word = either(alnum, among('_'));
const space = among(' \t\n\v\f\r');
const graph = between('!', '~');

/** The classes that `[[:name:]]` knows, in lower case; `\d`, `\s` and `\w` are three of them. */
export const classes: ReadonlyMap<string, ByteSet> = new Map<string, ByteSet>([
  ['d', digit],
  ['s', space],
  ['w', word],
  ['alnum', alnum],
  ['alpha', alpha],
  ['blank', among(' \t')],
  ['cntrl', byte => byte < 0x20 || byte === 0x7f],
  ['digit', digit],
  ['graph', graph],
  ['lower', lower],
  ['print', between(' ', '~')],
  ['punct', byte => graph(byte) && !alnum(byte)],
  ['space', space],
  ['upper', upper],
  ['xdigit', either(digit, between('a', 'f'), between('A', 'F'))],
]);

/** The bytes that are not in a set. */
export const complement =
  (set: ByteSet): ByteSet =>
  byte =>
    !set(byte);

/** `\xHH`: a byte as JavaScript's RegExp takes it everywhere. */
export const escapedByte = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;

/** A set as a class of JavaScript's RegExp: its ranges in brackets. */
export const classOf = (set: ByteSet): string => {
  let ranges = '';
  for (let byte = 0; byte < 256; byte++) {
    if (!set(byte)) continue;
    const first = byte;
    while (byte < 255 && set(byte + 1)) byte += 1;
    ranges += first === byte ? escapedByte(first) : `${escapedByte(first)}-${escapedByte(byte)}`;
  }
  return `[${ranges}]`;
};
