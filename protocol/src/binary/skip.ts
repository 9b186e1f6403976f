import { OutpostError } from '../errors.ts';
import { FieldType, leastBytesOf } from './codes.ts';
import type { ByteReader } from './reader.ts';

/**
 * Steps over a value.
 *
 * @param depth how many structs and containers are around it
 * @throws OutpostError when the value is not whole, has an unknown type or lies deeper than the limits allow
 */
export function skipValue(input: ByteReader, type: number, depth = 0): void {
  if (type === FieldType.string) input.take(input.readLength());
  else if (type < FieldType.struct || type > FieldType.list) input.take(leastBytesOf(type));
  else skipContainer(input, type, depth);
}

const skipContainer = (input: ByteReader, type: number, depth: number): void => {
  if (depth >= input.limits.depth) {
    throw new OutpostError('MESSAGE_LIMIT', { what: 'levels', size: depth + 1, limit: input.limits.depth });
  }
  if (type === FieldType.struct) return skipStruct(input, depth + 1);
  const entryType = input.readByte();
  const valueType = type === FieldType.map ? input.readByte() : undefined;
  const count = input.readCount(entryType, valueType);
  for (let index = 0; index < count; index++) {
    skipValue(input, entryType, depth + 1);
    if (valueType !== undefined) skipValue(input, valueType, depth + 1);
  }
};

const skipStruct = (input: ByteReader, depth: number): void => {
  for (let type = input.readByte(); type !== FieldType.stop; type = input.readByte()) {
    input.take(2);
    skipValue(input, type, depth);
  }
};
