import type { Bodies } from './declarations.ts';

/** Blanks as std::isspace has them in the C locale. */
const blanks = ' \t\n\v\f\r';

const trimmed = (text: string): string => {
  let [from, to] = [0, text.length];
  while (from < to && blanks.includes(text.charAt(from))) from += 1;
  while (to > from && blanks.includes(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
};

/** The token at an index, of those between delimiters that are not empty. */
const tokenAt = (text: string, delimiters: string, index: number): string | null => {
  let [from, count] = [0, 0];
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && !delimiters.includes(text.charAt(at))) continue;
    if (at > from && count++ === index) return trimmed(text.slice(from, at));
    from = at + 1;
  }
  return null;
};

/** A separator follows each value but the last argument, also when only NULLs come after it. */
const joined = (separator: string, values: readonly (string | null)[]): string => {
  let text = '';
  values.forEach((value, index) => {
    if (value !== null) text += index < values.length - 1 ? value + separator : value;
  });
  return text;
};

/** split, concat and concat_ws. */
export const functions = (): Pick<Bodies, 'split' | 'concat' | 'concat_ws'> => ({
  split: (text, delimiters, index) => {
    if (delimiters === '') throw new Error('Invalid input to split function');
    return tokenAt(text, delimiters, index);
  },
  concat: (...values) => (values.length === 0 ? null : values.join('')),
  concat_ws: (separator, ...values) => {
    if (separator === undefined) throw new Error('Missing separator to concat_ws');
    return values.length === 0 ? null : joined(separator ?? '', values);
  },
});
