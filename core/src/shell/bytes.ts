/**
 * Byte strings: UTF-8 text with one character (U+0000 to U+00FF) for each byte. All output of the shell is made of them, because
 * widths and quoting count bytes, and because text that is not valid UTF-8 must come out as it went in.
 */

/** The UTF-8 bytes of a text. */
export const toBytes = (text: string): string =>
  /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');

/** The text of UTF-8 bytes; bytes that are none become U+FFFD. */
export const fromBytes = (bytes: string): string =>
  /^[\0-\x7f]*$/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');

/** The number of code points: all bytes but continuation bytes. */
export const codePoints = (bytes: string): number => {
  let count = 0;
  for (let index = 0; index < bytes.length; index += 1) if ((bytes.charCodeAt(index) & 0xc0) !== 0x80) count += 1;
  return count;
};

/** What a C string shows of it: everything before the first NUL. */
export const untilNul = (bytes: string): string => {
  const end = bytes.indexOf('\0');
  return end < 0 ? bytes : bytes.slice(0, end);
};
