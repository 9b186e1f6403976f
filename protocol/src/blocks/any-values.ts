import type { ScanConstraint } from './block-reader.ts';
import { BlockSpace } from './block-space.ts';
import { valueWriter } from './value-writers.ts';
import { columnTypeCodes, type SqlValue } from './values.ts';

const writeText = valueWriter(columnTypeCodes.BLOB);
const writeInteger = valueWriter(columnTypeCodes.BIGINT);
const writeReal = valueWriter(columnTypeCodes.DOUBLE);

/** Writes one value by its own type. */
type AnyWriter = (space: BlockSpace, at: number, value: SqlValue) => number;

const writeArray = (space: BlockSpace, at: number, count: number): number => {
  space.reserve(at, 5);
  space.buffer[at] = 0xdd;
  space.view.setUint32(at + 1, count);
  return at + 5;
};

/** A number without a fraction is an integer. */
const writeValue: AnyWriter = (space, start, value) => {
  space.reserve(start, 0);
  if (typeof value === 'string' || value instanceof Uint8Array) return writeText(space, start, value);
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return writeReal(space, start, value);
  return writeInteger(space, start, value);
};

/** Integers are bigints, and every number is a real. */
const writeTyped: AnyWriter = (space, at, value) =>
  typeof value === 'number' ? writeReal(space, at, value) : writeValue(space, at, value);

const encoded = (write: (space: BlockSpace) => number): Uint8Array => {
  const space = BlockSpace.take(1);
  try {
    const end = write(space); // may put another buffer in the place of the space's
    return new Uint8Array(space.buffer.subarray(0, end));
  } finally {
    space.release();
  }
};

/** The constraints of a scan as bytes; none are no bytes. */
export const encodeConstraints = (constraints: readonly ScanConstraint[]): Uint8Array =>
  constraints.length === 0
    ? new Uint8Array()
    : encoded(space => {
        let at = writeArray(space, 0, constraints.length);
        for (const { column, op, values } of constraints) {
          at = writeArray(space, at, 3);
          at = writeValue(space, at, column);
          at = writeValue(space, at, op);
          at = writeArray(space, at, values.length);
          for (const value of values) at = writeValue(space, at, value);
        }
        return at;
      });

/** A block of one row whose integers are bigints and whose reals are numbers, so that none is taken for the other. */
export const encodeTypedRow = (values: readonly SqlValue[]): Uint8Array =>
  encoded(space => {
    let at = writeArray(space, writeArray(space, 0, 1), values.length);
    for (const value of values) at = writeTyped(space, at, value);
    return at;
  });
