import { FieldType } from '../binary/codes.ts';
import type { BinaryProtocol } from '../binary/protocol.ts';
import type { ByteReader } from '../binary/reader.ts';
import { readRows, writeRows } from '../binary/rows.ts';
import { skipValue } from '../binary/skip.ts';
import type { ExtensionResponse, ExtensionStatus, RawResponse } from '../types.ts';
import type { Codec } from './message.ts';

/** A part of some bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** A response whose rows were found and not decoded. */
export interface LocatedResponse {
  readonly status: ExtensionStatus;
  readonly rows: ByteRange | undefined;
}

/** Gives each field of a struct to a reader, which says whether it took the field; others are skipped. */
export const readFields = (input: ByteReader, take: (id: number, type: number) => boolean): void => {
  for (let type = input.readByte(); type !== FieldType.stop; type = input.readByte()) {
    if (!take(input.readI16(), type)) skipValue(input, type, 1);
  }
};

const readStatus = (input: ByteReader): ExtensionStatus => {
  let [code, message, uuid] = [0, '', 0];
  readFields(input, (id, type) => {
    if (id === 1 && type === FieldType.i32) code = input.readI32();
    else if (id === 2 && type === FieldType.string) message = input.readString();
    else if (id === 3 && type === FieldType.i64) uuid = Number(input.readI64());
    else return false;
    return true;
  });
  return { code, message, uuid };
};

const locateFields = (input: ByteReader): LocatedResponse => {
  let status: ExtensionStatus = { code: 0, message: '', uuid: 0 };
  let rows: ByteRange | undefined;
  readFields(input, (id, type) => {
    if (id === 1 && type === FieldType.struct) {
      status = readStatus(input);
    } else if (id === 2 && type === FieldType.list) {
      const offset = input.position;
      skipValue(input, type, 2);
      rows = { offset, length: input.position - offset };
    } else return false;
    return true;
  });
  return { status, rows };
};

/** Reads the struct around a response, and leaves the rows where they are; `undefined` when it holds no response. */
export function locateResult(input: ByteReader): LocatedResponse | undefined {
  let located: LocatedResponse | undefined;
  readFields(input, (id, type) => {
    if (id !== 0 || type !== FieldType.struct) return false;
    located = locateFields(input);
    return true;
  });
  return located;
}

/** Writes the struct of a response: rows to be encoded, or encoded already. */
export const writeResponse = (output: BinaryProtocol, response: ExtensionResponse | RawResponse): void => {
  const { code, message, uuid } = response.status;
  output.writeFieldBegin('status', FieldType.struct, 1);
  output.writeFieldBegin('code', FieldType.i32, 1);
  output.writeI32(code);
  output.writeFieldBegin('message', FieldType.string, 2);
  output.writeString(message);
  output.writeFieldBegin('uuid', FieldType.i64, 3);
  output.writeI64(uuid);
  output.writeFieldStop();
  output.writeFieldBegin('response', FieldType.list, 2);
  const bytes = output.getTransport().output;
  if ('rowsBytes' in response) bytes.writeBytes(response.rowsBytes);
  else writeRows(bytes, response.response);
  output.writeFieldStop();
};

/** Writes the struct around a response. */
const writeResult = (output: BinaryProtocol, response: ExtensionResponse | RawResponse): void => {
  output.writeFieldBegin('success', FieldType.struct, 0);
  writeResponse(output, response);
  output.writeFieldStop();
};

/**
 * The result of a message that answers rows. It is written and read by hand: generated code would copy each map and look each
 * key up, and could not pass on rows that are encoded already.
 */
export const responseResult: Codec<ExtensionResponse | RawResponse, ExtensionResponse | undefined> = {
  write: writeResult,
  read(protocol) {
    const { input } = protocol.getTransport();
    const located = locateResult(input);
    if (located === undefined) return undefined;
    const end = input.position;
    const rows = located.rows;
    if (rows === undefined) return { status: located.status, response: [] };
    input.position = rows.offset;
    const response = readRows(input);
    input.position = end;
    return { status: located.status, response };
  },
};
