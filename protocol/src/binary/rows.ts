/**
 * The bulk of what goes over the wire is `list<map<string,string>>`, the rows of a table. They do not pass through generated
 * code: here a row is written in one pass (counts are filled in afterwards), and column names, the same in each row, are
 * encoded and decoded once and then copied or recognised.
 */
import { OutpostError } from '../errors.ts';
import type { PluginResponse, PluginRow } from '../types.ts';
import { FieldType } from './codes.ts';
import { ByteReader } from './reader.ts';
import { ByteWriter } from './writer.ts';

/** Bytes of the types and the count in front of a map's entries. */
const mapHeaderBytes = 6;

/** How many rows tell how large the others may be, and how much room is made on their word at most. */
const sampleRows = 64;
const reserveLimit = 64 * 1024 * 1024;

/** Where in the output the names of the row before stand: by position in the row. */
class WrittenNames {
  readonly #names: string[] = [];
  readonly #starts: number[] = [];
  readonly #sizes: number[] = [];

  write(output: ByteWriter, index: number, name: string): void {
    if (this.#names[index] === name) return output.repeat(this.#starts[index] ?? 0, this.#sizes[index] ?? 0);
    const start = output.position;
    output.writeString(name);
    this.#names[index] = name;
    this.#starts[index] = start;
    this.#sizes[index] = output.position - start;
  }
}

const writeRow = (output: ByteWriter, row: Readonly<Record<string, string>>, names: WrittenNames): void => {
  output.reserve(mapHeaderBytes);
  const header = output.position;
  output.writeByte(FieldType.string);
  output.writeByte(FieldType.string);
  output.position += 4;
  let count = 0;
  for (const name in row) {
    if (!Object.hasOwn(row, name)) continue;
    const value = row[name];
    if (typeof value !== 'string') throw new OutpostError('VALUE_NOT_TEXT', { column: name, type: typeof value });
    names.write(output, count++, name);
    output.writeString(value);
  }
  output.putI32(header + 2, count);
};

/**
 * Writes a `map<string,string>`.
 *
 * @throws OutpostError VALUE_NOT_TEXT when a value is not a string
 */
export function writeStringMap(output: ByteWriter, map: Readonly<Record<string, string>>): void {
  writeRow(output, map, new WrittenNames());
}

/**
 * Writes a `list<map<string,string>>`.
 *
 * @throws OutpostError VALUE_NOT_TEXT when a value is not a string
 */
export function writeRows(output: ByteWriter, rows: Iterable<Readonly<Record<string, string>>>): void {
  const names = new WrittenNames();
  output.writeByte(FieldType.map);
  const countAt = output.position;
  output.writeI32(0);
  let count = 0;
  for (const row of rows) {
    writeRow(output, row, names);
    count++;
    if (count === sampleRows && Array.isArray(rows)) reserveFor(output, rows.length, output.position - countAt);
  }
  output.putI32(countAt, count);
}

/** Makes room for all rows at once, judging by the first ones, so that the buffer need not grow step by step. */
const reserveFor = (output: ByteWriter, rowCount: number, sampleBytes: number): void => {
  const estimate = Math.ceil((sampleBytes / sampleRows) * (rowCount - sampleRows) * 1.125);
  output.reserve(Math.min(estimate, reserveLimit));
};

/** The names of the row before, to be recognised by their bytes. */
class ReadNames {
  readonly #names: string[] = [];
  readonly #starts: number[] = [];
  readonly #sizes: number[] = [];

  read(input: ByteReader, index: number): string {
    const known = this.#names[index];
    const size = this.#sizes[index] ?? 0;
    const start = input.position;
    if (known !== undefined && input.repeats(this.#starts[index] ?? 0, size)) {
      input.position = start + size;
      return known;
    }
    const name = input.readString();
    this.#names[index] = name;
    this.#starts[index] = start;
    this.#sizes[index] = input.position - start;
    return name;
  }
}

/** Sets a key that the other side chose: `__proto__` becomes a property like any other. */
const setEntry = (row: PluginRow, name: string, value: string): void => {
  if (name === '__proto__') {
    Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    row[name] = value;
  }
};

const requireText = (type: number): void => {
  if (type === FieldType.string) return;
  throw new OutpostError('MESSAGE_MALFORMED', { reason: `a row holds values of type ${type} where texts belong` });
};

const readRow = (input: ByteReader, names: ReadNames): PluginRow => {
  const nameType = input.readByte();
  const valueType = input.readByte();
  const count = input.readCount(nameType, valueType);
  if (count > 0) {
    requireText(nameType);
    requireText(valueType);
  }
  const row: PluginRow = {};
  for (let index = 0; index < count; index++) setEntry(row, names.read(input, index), input.readString());
  return row;
};

/** Reads a `map<string,string>`. */
export function readStringMap(input: ByteReader): PluginRow {
  return readRow(input, new ReadNames());
}

/** Reads a `list<map<string,string>>`. */
export function readRows(input: ByteReader): PluginResponse {
  const type = input.readByte();
  const count = input.readCount(type);
  if (count > 0 && type !== FieldType.map) {
    throw new OutpostError('MESSAGE_MALFORMED', { reason: `the rows are of type ${type} where maps belong` });
  }
  const names = new ReadNames();
  const rows: PluginResponse = [];
  for (let index = 0; index < count; index++) rows.push(readRow(input, names));
  return rows;
}

/**
 * Encodes rows as a Thrift `list<map<string,string>>`, the form that a `RawResponse` takes.
 *
 * @throws OutpostError VALUE_NOT_TEXT when a value is not a string
 */
export function encodeRows(rows: Iterable<Readonly<Record<string, string>>>): Uint8Array {
  const output = new ByteWriter();
  writeRows(output, rows);
  return output.written();
}

/**
 * Decodes a Thrift `list<map<string,string>>`.
 *
 * @throws OutpostError MESSAGE_TRUNCATED, MESSAGE_MALFORMED or MESSAGE_LIMIT when the bytes are no such list
 */
export function decodeRows(bytes: Uint8Array): PluginResponse {
  const input = new ByteReader(bytes);
  const rows = readRows(input);
  if (input.available > 0) {
    throw new OutpostError('MESSAGE_MALFORMED', { reason: `${input.available} bytes follow the rows` });
  }
  return rows;
}
