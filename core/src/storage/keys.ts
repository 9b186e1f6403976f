/**
 * Where things lie in the store. A key is its domain, a NUL byte and the rest in UTF-8, so that keys of one domain stand together
 * and sort by their bytes. Numbers inside keys are written by {@link ordered}, names by {@link namePart}.
 */
export const domains = [
  'meta',
  'configurations',
  'queries',
  'query_rows',
  'query_performance',
  'outbox',
  'outbox_state',
  'events',
  'carves',
  'distributed',
  'distributed_running',
] as const;

/** One of {@link domains}. */
export type Domain = (typeof domains)[number];

/** The bytes of a key. */
export const encodeKey = (domain: Domain, key: string): Uint8Array => Buffer.from(`${domain}\0${key}`);

/** The part of stored bytes that follows the domain. */
export const decodeKey = (domain: Domain, bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8', domain.length + 1);

/** The first bytes after every key that begins with `prefix`. */
export function keyAfterPrefix(domain: Domain, prefix: string): Uint8Array {
  const bytes = encodeKey(domain, prefix);
  const end = bytes.length - 1;
  // A domain ends in NUL and UTF-8 has no byte 0xff, so the last byte can always be raised.
  bytes[end] = (bytes[end] ?? 0) + 1;
  return bytes;
}

/** How many digits {@link ordered} writes: those of the largest safe integer. */
const orderedWidth = 16;

/** A whole number from 0 to 2^53 - 1 in a width in which text order is number order. */
export const ordered = (value: number): string => String(value).padStart(orderedWidth, '0');

/** A name of any characters as a part of a key that ends at the first `/`. */
export const namePart = (name: string): string => `${encodeURIComponent(name.toWellFormed())}/`;
