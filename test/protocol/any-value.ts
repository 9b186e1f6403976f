import fc from 'fast-check';
import { FieldType } from '../../protocol/src/binary/codes.ts';
import type { ThriftProtocol } from '../../protocol/src/binary/thrift.ts';

/** A value of any Thrift type, without a schema. */
export type AnyValue =
  | { readonly type: typeof FieldType.bool; readonly value: boolean }
  | { readonly type: 3 | 4 | 6 | 8; readonly value: number }
  | { readonly type: typeof FieldType.i64; readonly value: number | bigint }
  | { readonly type: typeof FieldType.string; readonly value: string }
  | { readonly type: typeof FieldType.struct; readonly fields: readonly { id: number; value: AnyValue }[] }
  | { readonly type: 14 | 15; readonly entryType: number; readonly entries: readonly AnyValue[] }
  | {
      readonly type: typeof FieldType.map;
      readonly keyType: number;
      readonly valueType: number;
      readonly entries: readonly (readonly [AnyValue, AnyValue])[];
    };

const readStruct = (input: ThriftProtocol): AnyValue => {
  const fields: { id: number; value: AnyValue }[] = [];
  input.readStructBegin();
  for (let field = input.readFieldBegin(); field.ftype !== FieldType.stop; field = input.readFieldBegin()) {
    fields.push({ id: field.fid, value: readAny(input, field.ftype) });
    input.readFieldEnd();
  }
  return { type: FieldType.struct, fields };
};

const readMap = (input: ThriftProtocol): AnyValue => {
  const { ktype, vtype, size } = input.readMapBegin();
  const entries = Array.from({ length: size }, () => [readAny(input, ktype), readAny(input, vtype)] as const);
  return { type: FieldType.map, keyType: ktype, valueType: vtype, entries };
};

/** Reads a value of a type. */
export function readAny(input: ThriftProtocol, type: number): AnyValue {
  switch (type) {
    case FieldType.bool:
      return { type, value: input.readBool() };
    case FieldType.byte:
      return { type, value: input.readByte() };
    case FieldType.double:
      return { type, value: input.readDouble() };
    case FieldType.i16:
      return { type, value: input.readI16() };
    case FieldType.i32:
      return { type, value: input.readI32() };
    case FieldType.i64:
      return { type, value: input.readI64() };
    case FieldType.string:
      return { type, value: input.readString() };
    case FieldType.struct:
      return readStruct(input);
    case FieldType.map:
      return readMap(input);
    case FieldType.set:
    case FieldType.list: {
      const { etype, size } = type === FieldType.set ? input.readSetBegin() : input.readListBegin();
      return { type, entryType: etype, entries: Array.from({ length: size }, () => readAny(input, etype)) };
    }
    default:
      throw new RangeError(`There is no type ${type}.`);
  }
}

const writeNumber = (output: ThriftProtocol, type: 3 | 4 | 6 | 8, value: number): void => {
  if (type === FieldType.byte) output.writeByte(value);
  else if (type === FieldType.double) output.writeDouble(value);
  else if (type === FieldType.i16) output.writeI16(value);
  else output.writeI32(value);
};

/** Writes a value. */
export function writeAny(output: ThriftProtocol, any: AnyValue): void {
  switch (any.type) {
    case FieldType.bool:
      return output.writeBool(any.value);
    case FieldType.i64:
      return output.writeI64(any.value);
    case FieldType.string:
      return output.writeString(any.value);
    case FieldType.struct:
      for (const { id, value } of any.fields) {
        output.writeFieldBegin('', value.type, id);
        writeAny(output, value);
      }
      return output.writeFieldStop();
    case FieldType.map:
      output.writeMapBegin(any.keyType, any.valueType, any.entries.length);
      for (const entry of any.entries) for (const part of entry) writeAny(output, part);
      return;
    case FieldType.set:
    case FieldType.list:
      if (any.type === FieldType.set) output.writeSetBegin(any.entryType, any.entries.length);
      else output.writeListBegin(any.entryType, any.entries.length);
      for (const entry of any.entries) writeAny(output, entry);
      return;
    default:
      writeNumber(output, any.type, any.value);
  }
}

/** Text of all kinds: ASCII, above, astral, long, empty. */
export const texts = (): fc.Arbitrary<string> =>
  fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ minLength: 30, maxLength: 200, unit: 'grapheme' }));

/** Values of a type, at most so deep. */
export function anyOfType(type: number, depth: number): fc.Arbitrary<AnyValue> {
  const wrap = <Type extends number, Value>(is: Type, values: fc.Arbitrary<Value>) =>
    values.map(value => ({ type: is, value }));
  switch (type) {
    case FieldType.bool:
      return wrap(FieldType.bool, fc.boolean());
    case FieldType.byte:
      return wrap(FieldType.byte, fc.integer({ min: 0, max: 127 }));
    case FieldType.double:
      return wrap(FieldType.double, fc.double({ noNaN: true }));
    case FieldType.i16:
      return wrap(FieldType.i16, fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }));
    case FieldType.i32:
      return wrap(FieldType.i32, fc.integer());
    case FieldType.i64:
      return wrap(FieldType.i64, fc.maxSafeInteger());
    case FieldType.struct:
      return anyStruct(depth);
    case FieldType.map:
      return fc
        .tuple(entryTypes(depth), entryTypes(depth))
        .chain(([keyType, valueType]) =>
          fc
            .array(fc.tuple(anyOfType(keyType, depth - 1), anyOfType(valueType, depth - 1)), { maxLength: 4 })
            .map(entries => ({ type: FieldType.map, keyType, valueType, entries })),
        );
    case FieldType.set:
    case FieldType.list:
      return entryTypes(depth).chain(entryType =>
        fc.array(anyOfType(entryType, depth - 1), { maxLength: 4 }).map(entries => ({ type, entryType, entries })),
      );
    default:
      return wrap(FieldType.string, texts());
  }
}

const scalarTypes = [2, 3, 4, 6, 8, 10, 11];

const entryTypes = (depth: number): fc.Arbitrary<number> =>
  fc.constantFrom(...scalarTypes, ...(depth > 1 ? [12, 13, 14, 15] : []));

/** Structs at most so deep. */
export const anyStruct = (depth: number): fc.Arbitrary<AnyValue> =>
  fc
    .array(
      fc.tuple(
        fc.integer({ min: -5, max: 300 }),
        entryTypes(depth).chain(type => anyOfType(type, depth - 1)),
      ),
      { maxLength: 5 },
    )
    .map(fields => ({ type: FieldType.struct, fields: fields.map(([id, value]) => ({ id, value })) }));
