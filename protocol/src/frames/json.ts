import { FieldType } from '../binary/codes.ts';
import { decodeText } from '../binary/text.ts';
import { decodeConstraints, readRows } from '../blocks/block-reader.ts';
import type { Frame } from './frame.ts';
import names from './names.json' with { type: 'json' };
import type { ThriftStructValue, ThriftValue } from './value.ts';

/** A part of a message as JSON. */
export type FrameJson =
  | string
  | number
  | boolean
  | readonly FrameJson[]
  | { readonly [key: string]: FrameJson }
  | undefined;

type Fields = Readonly<Record<string, string>>;
const structs: Readonly<Record<string, Fields>> = names.structs;
const methods: Readonly<Record<string, { readonly arguments: Fields; readonly result: string }>> = names.methods;

const exceptionFields: Fields = { 1: 'message:string', 2: 'type:i32' };

const wireNames = new Map<number, string>(Object.entries(FieldType).map(([name, code]) => [code, name]));

/** The types within `list<…>`, `set<…>` or `map<…,…>`. */
const within = (type: string): readonly string[] => {
  const inner = /^(?:list|set|map)<(.*)>$/.exec(type)?.[1] ?? '';
  let depth = 0;
  for (const [at, letter] of [...inner].entries()) {
    depth += letter === '<' ? 1 : letter === '>' ? -1 : 0;
    if (letter === ',' && depth === 0) return [inner.slice(0, at), inner.slice(at + 1)];
  }
  return [inner];
};

const hexOf = (bytes: Uint8Array): FrameJson => ({ hex: Buffer.from(bytes).toString('hex') });

const cellJson = (value: unknown): FrameJson => {
  if (value instanceof Uint8Array) return hexOf(value);
  if (Array.isArray(value)) return value.map(cellJson);
  return typeof value === 'bigint' ? value.toString() : (value as FrameJson);
};

/** How the bytes of version 2 that are no text can be read. */
const blockReaders: readonly ((bytes: Buffer) => FrameJson)[] = [
  bytes => ({ rows: [...readRows(bytes)].map(cellJson) }),
  bytes => decodeConstraints(bytes).map(({ column, op, values }) => ({ column, op, values: values.map(cellJson) })),
];

/** Bytes that are no text: a block of rows, or constraints; else as hexadecimal digits. */
const bytesJson = (bytes: Buffer): FrameJson => {
  for (const read of blockReaders) {
    try {
      return read(bytes);
    } catch {
      // then it is something else
    }
  }
  return hexOf(bytes);
};

/** Bytes as text where they are UTF-8, which no block is. */
const textOf = (bytes: Buffer, type: string): FrameJson => {
  const text = decodeText(bytes, 0, bytes.length);
  if (text.isWellFormed()) return text;
  return type === 'binary' ? bytesJson(bytes) : hexOf(bytes);
};

const keyOf = (key: FrameJson): string => (typeof key === 'object' ? JSON.stringify(key) : String(key));

const valueJson = (value: ThriftValue, type: string): FrameJson => {
  switch (value.type) {
    case FieldType.string:
      return textOf(value.bytes, type);
    case FieldType.struct:
      return structJson(value, structs[type] ?? {});
    case FieldType.map: {
      const [keyType = '', valueType = ''] = within(type);
      const pairs = value.entries.map(
        ([key, entry]) => [valueJson(key, keyType), valueJson(entry, valueType)] as const,
      );
      const named = value.entries.every(([key]) => key.type === FieldType.string);
      return named ? Object.fromEntries(pairs.map(([key, entry]) => [keyOf(key), entry])) : pairs;
    }
    case FieldType.list:
    case FieldType.set: {
      const [entryType = ''] = within(type);
      return value.entries.map(entry => valueJson(entry, entryType));
    }
    default:
      return typeof value.value === 'bigint' ? value.value.toString() : value.value;
  }
};

const structJson = ({ fields: values }: ThriftStructValue, fields: Fields): FrameJson =>
  Object.fromEntries(
    values.map(([id, value]) => {
      const [name = '', type = ''] = (fields[id] ?? '?').split(/:(.*)/s);
      return [`${id}:${name}:${wireNames.get(value.type) ?? ''}`, valueJson(value, type)];
    }),
  );

/** The fields of a message: those that both IDLs know of by name, others by their number alone. */
const fieldsOf = ({ method, kind }: Frame): Fields => {
  if (kind === 'exception') return exceptionFields;
  const known = methods[method];
  if (kind === 'reply') return known === undefined ? {} : { 0: `success:${known.result}` };
  return known?.arguments ?? {};
};

/**
 * What a message says, as JSON: each field is called `ID:name:type`, the name `?` where nobody knows it. Bytes that are no text stand as `{rows}` where they are a block of
 * version 2, else as `{hex}`, integers beyond 2^53 as
 * text, a map whose keys are no text as a list of pairs.
 */
export const frameJson = (frame: Frame): FrameJson => structJson(frame.body, fieldsOf(frame));
