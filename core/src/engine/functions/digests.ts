import { hash } from 'node:crypto';
import type { Bodies } from './declarations.ts';

const digest =
  (algorithm: 'md5' | 'sha1' | 'sha256') =>
  (text: string): string =>
    hash(algorithm, Buffer.from(text, 'latin1'), 'hex');

/** md5, sha1 and sha256: lower-case hexadecimal digits. */
export const functions = (): Pick<Bodies, 'md5' | 'sha1' | 'sha256'> => ({
  md5: digest('md5'),
  sha1: digest('sha1'),
  sha256: digest('sha256'),
});
