import { OutpostError } from '@outpost/protocol';

/**
 * Result rows as bytes. A block is a MessagePack array of rows, a row an array of its values in column order: nil, integer in its
 * shortest form, float64, str or bin. Equal values have equal bytes, so rows are compared without being decoded.
 * Source: https://github.com/msgpack/msgpack/blob/master/spec.md
 */
export const encodingVersion = 1;

/** The first bytes of values, where they matter here. */
export const tag = {
  nil: 0xc0,
  bin8: 0xc4,
  float64: 0xcb,
  uint8: 0xcc,
  int8: 0xd0,
  str8: 0xd9,
  array16: 0xdc,
  array32: 0xdd,
  emptyText: 0xa0,
} as const;

/** The types a value may have, in the order in which osquery sorts values of different types. */
export const valueType = { integer: 0, double: 1, text: 2, blob: 3, nil: 4 } as const;

/** A number of {@link valueType}. */
export type ValueType = (typeof valueType)[keyof typeof valueType];

/** A view of bytes for reading numbers. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The error of bytes that are not what they should be. */
export const malformed = (offset: number, reason: string): OutpostError =>
  new OutpostError('RESULT_MALFORMED', { offset, reason });

/** Reads the head of an array: how many members, and where the first begins. */
export function arrayHead(bytes: Uint8Array, offset: number): { readonly count: number; readonly next: number } {
  const first = bytes[offset];
  if (first === undefined) throw malformed(offset, 'it ends before an array');
  if (first >= 0x90 && first <= 0x9f) return { count: first & 0x0f, next: offset + 1 };
  if (first === tag.array16) return { count: viewOf(bytes).getUint16(offset + 1), next: offset + 3 };
  if (first === tag.array32) return { count: viewOf(bytes).getUint32(offset + 1), next: offset + 5 };
  throw malformed(offset, 'an array is expected');
}

/** A block of one array over rows that are encoded already. */
export function blockOf(rows: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.alloc(5);
  head[0] = tag.array32;
  head.writeUInt32BE(rows.length, 1);
  return Buffer.concat([head, ...rows]);
}
