import { OutpostError } from '../errors.ts';

/** Numbers of the Thrift binary protocol (thrift/doc/specs/thrift-binary-protocol.md). */

/** The type of a field, list entry, map key or map value. */
export const FieldType = {
  stop: 0,
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
  uuid: 16,
} as const;

/** The kind of a message. */
export const MessageKind = { call: 1, reply: 2, exception: 3, oneway: 4 } as const;

/** The type of a TApplicationException. */
export const ExceptionType = { unknown: 0, unknownMethod: 1, internalError: 6 } as const;

/** The upper half of a strict message's first word; the lowest byte is the kind. */
export const strictVersion = 0x80010000;

/** The mask of {@link strictVersion}. */
export const versionMask = 0xffff0000;

/** The fewest bytes of a value, by type: a string is at least its length, a list its header, a struct its stop byte. */
const leastBytes: readonly number[] = [0, 0, 1, 1, 8, 0, 2, 0, 4, 0, 8, 4, 1, 6, 5, 5, 16];

/**
 * The fewest bytes that a value of a type takes. It tells whether a count in a header can be true.
 *
 * @throws OutpostError MESSAGE_MALFORMED when there is no such type
 */
export function leastBytesOf(type: number): number {
  const least = leastBytes[type] ?? 0;
  if (least === 0) throw new OutpostError('MESSAGE_MALFORMED', { reason: `there is no type ${type}` });
  return least;
}
