import { FieldType } from '../binary/codes.ts';
import type { ByteReader } from '../binary/reader.ts';
import type { ByteWriter } from '../binary/writer.ts';
import { OutpostError } from '../errors.ts';

/** A value of any Thrift type as it travels, whatever message it is part of: nothing is lost, and it can be written again. */
export type ThriftValue =
  | { readonly type: typeof FieldType.bool; readonly value: boolean }
  | {
      readonly type: typeof FieldType.byte | typeof FieldType.i16 | typeof FieldType.i32 | typeof FieldType.double;
      readonly value: number;
    }
  | { readonly type: typeof FieldType.i64; readonly value: number | bigint }
  | { readonly type: typeof FieldType.string; readonly bytes: Buffer }
  | ThriftStructValue
  | {
      readonly type: typeof FieldType.list | typeof FieldType.set;
      readonly entryType: number;
      readonly entries: readonly ThriftValue[];
    }
  | {
      readonly type: typeof FieldType.map;
      readonly keyType: number;
      readonly valueType: number;
      readonly entries: readonly (readonly [key: ThriftValue, value: ThriftValue])[];
    };

/** A struct: the arguments of a call, its result, an exception, or part of them. */
export interface ThriftStructValue {
  readonly type: typeof FieldType.struct;
  readonly fields: readonly (readonly [id: number, value: ThriftValue])[];
}

/** The bits below the exponent differ in what a NaN means to nobody; it is read and written as one. */
const scalarReaders: Readonly<Record<number, (input: ByteReader) => ThriftValue>> = {
  [FieldType.bool]: input => ({ type: FieldType.bool, value: input.readByte() !== 0 }),
  [FieldType.byte]: input => ({ type: FieldType.byte, value: (input.readByte() << 24) >> 24 }),
  [FieldType.i16]: input => ({ type: FieldType.i16, value: input.readI16() }),
  [FieldType.i32]: input => ({ type: FieldType.i32, value: input.readI32() }),
  [FieldType.i64]: input => ({ type: FieldType.i64, value: input.readI64() }),
  [FieldType.double]: input => ({ type: FieldType.double, value: input.readDouble() }),
  [FieldType.string]: input => ({ type: FieldType.string, bytes: input.readBytes(input.readLength()) }),
};

/**
 * Reads a value of a type.
 *
 * @param depth how many structs and containers are around it
 * @throws OutpostError MESSAGE_MALFORMED, MESSAGE_TRUNCATED, MESSAGE_LIMIT
 */
export function readValue(input: ByteReader, type: number, depth = 0): ThriftValue {
  const scalar = scalarReaders[type];
  if (scalar !== undefined) return scalar(input);
  if (depth >= input.limits.depth)
    throw new OutpostError('MESSAGE_LIMIT', { what: 'levels', size: depth + 1, limit: input.limits.depth });
  if (type === FieldType.struct) return readStruct(input, depth + 1);
  if (type === FieldType.map) return readMap(input, depth + 1);
  if (type === FieldType.list || type === FieldType.set) {
    const entryType = input.readByte();
    const count = input.readCount(entryType);
    const entries = Array.from({ length: count }, () => readValue(input, entryType, depth + 1));
    return { type, entryType, entries };
  }
  throw new OutpostError('MESSAGE_MALFORMED', { reason: `there is no type ${type}` });
}

/** Reads the fields of a struct, and its end. @throws as {@link readValue} */
export function readStruct(input: ByteReader, depth = 0): ThriftStructValue {
  const fields: (readonly [number, ThriftValue])[] = [];
  for (let type = input.readByte(); type !== FieldType.stop; type = input.readByte()) {
    const id = input.readI16();
    fields.push([id, readValue(input, type, depth)]);
  }
  return { type: FieldType.struct, fields };
}

function readMap(input: ByteReader, depth: number): ThriftValue {
  const keyType = input.readByte();
  const valueType = input.readByte();
  const count = input.readCount(keyType, valueType);
  const entries = Array.from(
    { length: count },
    () => [readValue(input, keyType, depth), readValue(input, valueType, depth)] as const,
  );
  return { type: FieldType.map, keyType, valueType, entries };
}

/** Writes a value, without its type. */
export function writeValue(output: ByteWriter, value: ThriftValue): void {
  switch (value.type) {
    case FieldType.bool:
      return output.writeByte(value.value ? 1 : 0);
    case FieldType.byte:
      return output.writeByte(value.value & 0xff);
    case FieldType.i16:
      return output.writeI16(value.value);
    case FieldType.i32:
      return output.writeI32(value.value);
    case FieldType.i64:
      return output.writeI64(value.value);
    case FieldType.double:
      return output.writeDouble(value.value);
    case FieldType.string:
      output.writeI32(value.bytes.length);
      return output.writeBytes(value.bytes);
    case FieldType.struct:
      return writeStruct(output, value);
    case FieldType.map:
      return writeMap(output, value);
    default:
      output.writeByte(value.entryType);
      output.writeI32(value.entries.length);
      for (const entry of value.entries) writeValue(output, entry);
  }
}

/** Writes the fields of a struct, and its end. */
export function writeStruct(output: ByteWriter, { fields }: ThriftStructValue): void {
  for (const [id, value] of fields) {
    output.writeByte(value.type);
    output.writeI16(id);
    writeValue(output, value);
  }
  output.writeByte(FieldType.stop);
}

function writeMap(output: ByteWriter, map: ThriftValue & { readonly type: typeof FieldType.map }): void {
  output.writeByte(map.keyType);
  output.writeByte(map.valueType);
  output.writeI32(map.entries.length);
  for (const [key, value] of map.entries) {
    writeValue(output, key);
    writeValue(output, value);
  }
}
