import type { Bodies } from './declarations.ts';

const encoded = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('base64');

const alphabet = /^[A-Za-z0-9+/]*$/;

/**
 * Base64 (RFC 4648), in lines or in one, with or without its padding. Padding within the text counts as zero bits; anything else
 * that is not of the alphabet makes the result empty.
 */
const decoded = (text: string): string => {
  const digits = text.replace(/\r?\n/g, '').replace(/=+$/, '').replaceAll('=', 'A');
  return alphabet.test(digits) ? Buffer.from(digits, 'base64').toString('latin1') : '';
};

/** Whether every byte is printable ASCII. */
const isPlain = (bytes: string): boolean => !/[^ -~]/.test(bytes);

/** to_base64, from_base64 and conditional_to_base64. */
export const functions = (): Pick<Bodies, 'to_base64' | 'from_base64' | 'conditional_to_base64'> => ({
  to_base64: encoded,
  from_base64: decoded,
  conditional_to_base64: bytes => (isPlain(bytes) ? bytes : encoded(bytes)),
});
