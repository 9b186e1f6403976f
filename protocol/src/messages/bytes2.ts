/** Messages of version 2 as bytes, without generated code: for a thread that exchanges them by blocking system calls (see bytes.ts). */
import { FieldType, MessageKind } from '../binary/codes.ts';
import { type Limits, replyLimits } from '../binary/limits.ts';
import type { BinaryProtocol } from '../binary/protocol.ts';
import type { ByteReader } from '../binary/reader.ts';
import { OutpostError } from '../errors.ts';
import type { Page, RowWrite, Scan } from '../version2.ts';
import { readException } from './exception.ts';
import { reading, writing } from './header.ts';
import { receivedFailure } from './outcome.ts';
import { type ByteRange, readFields } from './response.ts';

/** How a call is identified, and how long the other side may work on it; 0: as long as it likes. */
export interface CallTerms {
  readonly id: number;
  readonly deadlineMs: number;
}

const writeTerms = (output: BinaryProtocol, field: number, { deadlineMs }: CallTerms): void => {
  if (deadlineMs <= 0) return;
  output.writeFieldBegin('terms', FieldType.struct, field);
  writeI32(output, 1, Math.ceil(deadlineMs));
  output.writeFieldStop();
};

const writeI32 = (output: BinaryProtocol, field: number, value: number): void => {
  output.writeFieldBegin('', FieldType.i32, field);
  output.writeI32(value);
};

const writeI64 = (output: BinaryProtocol, field: number, value: number | bigint): void => {
  output.writeFieldBegin('', FieldType.i64, field);
  output.writeI64(value);
};

const writeText = (output: BinaryProtocol, field: number, value: string): void => {
  output.writeFieldBegin('', FieldType.string, field);
  output.writeString(value);
};

const writeBytes = (output: BinaryProtocol, field: number, value: Uint8Array): void => {
  output.writeFieldBegin('', FieldType.string, field);
  output.writeBinary(value);
};

const writeBool = (output: BinaryProtocol, field: number, value: boolean): void => {
  output.writeFieldBegin('', FieldType.bool, field);
  output.writeBool(value);
};

const writeOrder = (output: BinaryProtocol, field: number, order: Scan['order']): void => {
  if (order.length === 0) return;
  output.writeFieldBegin('order', FieldType.list, field);
  output.writeListBegin(FieldType.struct, order.length);
  for (const { column, descending } of order) {
    writeText(output, 1, column);
    writeBool(output, 2, descending);
    output.writeFieldStop();
  }
};

const writeScan = (output: BinaryProtocol, { table, columns, constraints, limit, order }: Scan): void => {
  writeText(output, 1, table);
  output.writeFieldBegin('columns', FieldType.list, 2);
  output.writeListBegin(FieldType.string, columns.length);
  for (const column of columns) output.writeString(column);
  writeBytes(output, 3, constraints);
  writeI64(output, 4, limit);
  writeOrder(output, 5, order);
  output.writeFieldStop();
};

/** The call that begins a scan. */
export const encodeOpenRows = (scan: Scan, pageBytes: number, terms: CallTerms): Buffer =>
  writing('openRows', MessageKind.call, terms.id, output => {
    output.writeFieldBegin('scan', FieldType.struct, 1);
    writeScan(output, scan);
    writeI32(output, 2, pageBytes);
    writeTerms(output, 3, terms);
    output.writeFieldStop();
  });

/** The call for the next page of a cursor. */
export const encodeNextRows = (cursor: number, pageBytes: number, terms: CallTerms): Buffer =>
  writing('nextRows', MessageKind.call, terms.id, output => {
    writeI64(output, 1, cursor);
    writeI32(output, 2, pageBytes);
    writeTerms(output, 3, terms);
    output.writeFieldStop();
  });

/** The notice that gives a cursor up. */
export const encodeCloseRows = (cursor: number): Buffer =>
  writing('closeRows', MessageKind.oneway, 0, output => {
    writeI64(output, 1, cursor);
    output.writeFieldStop();
  });

/** The call that changes a row. */
export const encodeWrite = ({ table, kind, rowId, newRowId, values }: RowWrite, terms: CallTerms): Buffer =>
  writing('write', MessageKind.call, terms.id, output => {
    output.writeFieldBegin('row', FieldType.struct, 1);
    writeText(output, 1, table);
    writeI32(output, 2, kind);
    if (rowId !== undefined) {
      writeI64(output, 3, rowId);
      writeBool(output, 4, true);
    }
    writeI64(output, 5, newRowId);
    writeBytes(output, 6, values);
    output.writeFieldStop();
    writeTerms(output, 2, terms);
    output.writeFieldStop();
  });

const readOutcome = (input: ByteReader): void => {
  let [error, message, remedy, source] = ['', '', '', 0];
  readFields(input, (id, type) => {
    if (id === 1 && type === FieldType.string) error = input.readString();
    else if (id === 2 && type === FieldType.string) message = input.readString();
    else if (id === 3 && type === FieldType.string) remedy = input.readString();
    else if (id === 4 && type === FieldType.i32) source = input.readI32();
    else return false;
    return true;
  });
  if (error !== '') throw receivedFailure({ error, message: message || error, remedy, source });
};

/**
 * Reads the answer in a whole reply, field by field.
 *
 * @param take as of `readFields`; the outcome is field 1, and not given to it
 * @throws OutpostError what the other side answered; EXTENSION_CALL_FAILED when it is an exception or holds no answer; MESSAGE_TRUNCATED,
 *   MESSAGE_MALFORMED or MESSAGE_LIMIT when it is no whole message
 */
const readAnswer = (
  reply: Uint8Array,
  limits: Limits,
  take: (input: ByteReader, id: number, type: number) => boolean,
): void => {
  const protocol = reading(reply, limits);
  const { fname, mtype } = protocol.readMessageBegin();
  const { input } = protocol.getTransport();
  if (mtype === MessageKind.exception)
    throw new OutpostError('EXTENSION_CALL_FAILED', { reason: readException(input).message });
  let found = false;
  readFields(input, (id, type) => {
    if (id !== 0 || type !== FieldType.struct) return false;
    found = true;
    readFields(input, (inner, innerType) => {
      if (inner !== 1 || innerType !== FieldType.struct) return take(input, inner, innerType);
      readOutcome(input);
      return true;
    });
    return true;
  });
  if (!found) throw new OutpostError('EXTENSION_CALL_FAILED', { reason: `${fname} failed: unknown result` });
};

/** A page whose rows were found and not decoded. */
export interface LocatedPage extends Pick<Page, 'cursor' | 'more' | 'warnings'> {
  /** Where the block of rows lies; no bytes are no rows. */
  readonly rows: ByteRange;
}

const readTexts = (input: ByteReader): string[] => {
  const type = input.readByte();
  const count = input.readCount(type);
  if (count > 0 && type !== FieldType.string)
    throw new OutpostError('MESSAGE_MALFORMED', { reason: `a list of type ${type} stands where texts belong` });
  return Array.from({ length: count }, () => input.readString());
};

/** Finds what a page says, and where its rows lie, in a whole reply. @throws as {@link readAnswer} */
export function locatePage(reply: Uint8Array, limits: Limits = replyLimits): LocatedPage {
  let [cursor, more, rows, warnings] = [0, false, { offset: 0, length: 0 }, [] as readonly string[]];
  readAnswer(reply, limits, (input, id, type) => {
    if (id === 2 && type === FieldType.i64) cursor = Number(input.readI64());
    else if (id === 3 && type === FieldType.bool) more = input.readByte() !== 0;
    else if (id === 4 && type === FieldType.string) {
      const length = input.readLength();
      rows = { offset: input.position, length };
      input.take(length);
    } else if (id === 5 && type === FieldType.list) warnings = readTexts(input);
    else return false;
    return true;
  });
  return { cursor, more, rows, warnings };
}

/** The id of the row that a whole reply says was written. @throws as {@link readAnswer} */
export function readWritten(reply: Uint8Array, limits: Limits = replyLimits): number | bigint {
  let rowId: number | bigint = 0;
  readAnswer(reply, limits, (input, id, type) => {
    if (id !== 2 || type !== FieldType.i64) return false;
    rowId = input.readI64();
    return true;
  });
  return rowId;
}
