// The frames and blocks of protocol/corpus: made by the codecs of the protocol, described by what generated code reads of them.
import { MessageKind } from '../protocol/src/binary/codes.ts';
import type { BinaryProtocol } from '../protocol/src/binary/protocol.ts';
import * as structs from '../protocol/src/generated/index.mjs';
import {
  ApplicationException,
  constraintOperators,
  encodeConstraints,
  encodeTypedRow,
  OutpostError,
  readRows,
  type SqlValue,
} from '../protocol/src/index.ts';
import { writeException } from '../protocol/src/messages/exception.ts';
import { reading, writing } from '../protocol/src/messages/header.ts';
import type { Message2 } from '../protocol/src/messages/message2.ts';
import { cancel } from '../protocol/src/messages/plugins2.ts';
import { closeRows } from '../protocol/src/messages/rows2.ts';
import {
  type Answer2Of,
  type Arguments2Of,
  type Message2Name,
  messageTable2,
} from '../protocol/src/messages/table2.ts';

/** A frame of the corpus. */
export interface CorpusFrame {
  readonly name: string;
  readonly method: string;
  readonly kind: 'call' | 'reply' | 'exception' | 'notice';
  readonly sequenceId: number;
  /** The fields of the arguments or of the answer, named as in the IDL; bytes as {"hex": …}. */
  readonly fields: unknown;
  readonly hex: string;
}

type AnyMessage = Message2<readonly unknown[], unknown>;
interface ReadableStruct {
  read(input: BinaryProtocol): void;
}

const asJson = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString('hex') };
  if (typeof value === 'bigint') return { integer: String(value) };
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  const present = Object.entries(value).filter(([, part]) => part !== null);
  return Object.fromEntries(present.map(([name, part]) => [name, asJson(part)]));
};

const fieldsOf = (bytes: Buffer, structClass: new () => ReadableStruct): unknown => {
  const input = reading(bytes);
  input.readMessageBegin();
  const struct = new structClass();
  struct.read(input);
  return asJson(struct);
};

const classesOf = (name: Message2Name) =>
  structs.messages[name] as unknown as Record<'Arguments' | 'Result', new () => ReadableStruct>;

const call = <Name extends Message2Name>(
  name: string,
  method: Name,
  sequenceId: number,
  args: Arguments2Of<Name>,
  deadlineMs = 0,
): CorpusFrame => {
  const message = messageTable2[method] as unknown as AnyMessage;
  const bytes = writing(method, MessageKind.call, sequenceId, output =>
    message.request.write(output, { args, deadlineMs }, structs),
  );
  const fields = fieldsOf(bytes, classesOf(method).Arguments);
  return { name, method, kind: 'call', sequenceId, fields, hex: bytes.toString('hex') };
};

const reply = <Name extends Message2Name>(
  name: string,
  method: Name,
  sequenceId: number,
  answer: Answer2Of<Name> | OutpostError,
): CorpusFrame => {
  const message = messageTable2[method] as unknown as AnyMessage;
  const bytes = writing(method, MessageKind.reply, sequenceId, output => message.result.write(output, answer, structs));
  const { success } = fieldsOf(bytes, classesOf(method).Result) as { success: unknown };
  return { name, method, kind: 'reply', sequenceId, fields: success, hex: bytes.toString('hex') };
};

const notice = (
  name: string,
  { name: method, arguments: codec }: typeof cancel | typeof closeRows,
  value: number,
): CorpusFrame => {
  const bytes = writing(method, MessageKind.oneway, 0, output => codec.write(output, [value], structs));
  const classes = structs.messages[method as 'cancel'] as unknown as { Arguments: new () => ReadableStruct };
  const fields = fieldsOf(bytes, classes.Arguments);
  return { name, method, kind: 'notice', sequenceId: 0, fields, hex: bytes.toString('hex') };
};

const unknownMethod = (): CorpusFrame => {
  const failure = new ApplicationException("Invalid method name: 'openRows'", 1);
  const bytes = writing('openRows', MessageKind.exception, 1, output => writeException(output, failure));
  const fields = { message: failure.message, type: failure.type };
  return {
    name: 'a peer of version 1',
    method: 'openRows',
    kind: 'exception',
    sequenceId: 1,
    fields,
    hex: bytes.toString('hex'),
  };
};

const rows = (...values: readonly SqlValue[][]): Uint8Array => {
  const blocks = values.map(row => encodeTypedRow(row).subarray(5)); // behind the header of one row
  const header = Buffer.from('dd00000000', 'hex');
  header.writeUInt32BE(values.length, 1);
  return Buffer.concat([header, ...blocks]);
};

const info = { name: 'numbers', version: '1.2.0', sdkVersion: '5.0.0', minSdkVersion: '0.0.0' };
const registry = {
  table: {
    numbers: [
      { id: 'column', name: 'n', type: 'BIGINT', op: '1' },
      { id: 'column', name: 'word', type: 'TEXT', op: '0' },
    ],
  },
  logger: { archive: [] },
};
const document = {
  name: 'numbers',
  description: 'Numbers and their names.',
  examples: ['select * from numbers where n = 7'],
  platforms: ['linux'],
  columns: [
    { name: 'n', description: 'The number.' },
    { name: 'word', description: 'Its name in English.' },
  ],
  order: ['n'],
  exact: ['n'],
  writable: true,
  pushed: false,
};
const lease = { uuid: 4711, generation: 12 };
const page = { cursor: 0, more: false, rows: new Uint8Array(), warnings: [], columns: [], types: [] };
const scan = {
  table: 'numbers',
  columns: ['n', 'word'],
  constraints: encodeConstraints([{ column: 'n', op: constraintOperators.equals, values: [7, 8] }]),
  limit: 10,
  order: [{ column: 'n', descending: true }],
};
const change = { table: 'numbers', newRowId: 0, values: encodeTypedRow([9n, 'nine']) };

const leases = (): CorpusFrame[] => [
  call('a registration', 'openLease', 1, [info, registry, [document]], 10_000),
  reply('a lease', 'openLease', 1, { lease, intervalMs: 3000 }),
  reply('a refusal: the name is taken', 'openLease', 1, new OutpostError('LEASE_HELD', { extension: 'numbers' })),
  call('a sign of life', 'renew', 2, [lease]),
  reply('the lease stands', 'renew', 2, { state: 0, intervalMs: 3000 }),
  reply('the lease is gone', 'renew', 2, { state: 1, intervalMs: 3000 }),
  reply('another has the lease', 'renew', 2, { state: 2, intervalMs: 3000 }),
  call('a change of tables', 'updateRegistry', 3, [
    lease,
    { add: { table: { more: registry.table.numbers } }, tables: [], remove: { table: ['numbers'] } },
  ]),
  reply('the change is made', 'updateRegistry', 3, { lease, intervalMs: 3000 }),
];

const scans = (): CorpusFrame[] => [
  call('a scan', 'openRows', 1, [scan, 65_536], 5000),
  reply('its first page', 'openRows', 1, {
    ...page,
    cursor: 1,
    more: true,
    rows: rows([7n, 'seven']),
    warnings: ['Some are odd.'],
  }),
  call('a credit', 'nextRows', 2, [1, 65_536], 5000),
  reply('the last page', 'nextRows', 2, { ...page, cursor: 1, rows: rows([8n, 'eight'], [8n, null]) }),
  reply('an empty page', 'nextRows', 2, { ...page, cursor: 1 }),
  reply('a cursor that is not there', 'nextRows', 2, new OutpostError('UNKNOWN_CURSOR', { cursor: 1 })),
  notice('a cursor is given up', closeRows, 1),
  notice('a call is given up', cancel, 2),
  reply('a call that was given up', 'nextRows', 2, new OutpostError('CALL_CANCELLED')),
  reply('a table that fails', 'openRows', 1, new OutpostError('PLUGIN_FAILED', { message: 'no such device' })),
  unknownMethod(),
  call('a query', 'openQuery', 3, ['select 1 as one, null as nothing', 65_536], 30_000),
  reply('its rows', 'openQuery', 3, { ...page, rows: rows([1n, null]), columns: ['one', 'nothing'], types: ['', ''] }),
];

const writes = (): CorpusFrame[] => [
  call('an insert', 'write', 4, [{ ...change, kind: 1, rowId: undefined }]),
  call('an insert with an id', 'write', 4, [{ ...change, kind: 1, rowId: 9 }]),
  reply('it is inserted', 'write', 4, { rowId: 9 }),
  call('an update', 'write', 5, [{ ...change, kind: 2, rowId: 9, newRowId: 2n ** 62n }]),
  call('a delete', 'write', 6, [{ ...change, kind: 3, rowId: 9, values: new Uint8Array() }]),
  reply('it is refused', 'write', 6, new OutpostError('ROW_CONSTRAINT', { table: 'numbers' })),
];

const plugins = (): CorpusFrame[] => [
  call('log lines', 'logLines', 7, [
    'archive',
    [
      { kind: 0, line: Buffer.from('{"name":"numbers","action":"added"}') },
      { kind: 2, line: Buffer.from('{"s":0,"f":"a.ts","i":1,"m":"é"}') },
    ],
  ]),
  reply('they are delivered', 'logLines', 7, { accepted: 2, failure: undefined }),
  reply('one is delivered', 'logLines', 7, {
    accepted: 1,
    failure: new OutpostError('PLUGIN_FAILED', { message: 'the disk is full' }),
  }),
  call('a question to a plugin', 'ask', 8, ['config', 'mine', { action: 'genConfig' }], 1000),
  reply('its answer', 'ask', 8, { status: { code: 0, message: 'OK', uuid: 4711 }, response: [{ main: '{}' }] }),
  call('events', 'pushEvents', 9, [
    lease,
    { table: 'doors', sequence: 101, rows: rows([1n, 'open']), lost: 3, reason: 'ring full' },
  ]),
  reply('they are stored', 'pushEvents', 9, { sequence: 101, creditBytes: 1_048_576, creditMs: 0 }),
];

/** All frames of the corpus. */
export const corpusFrames = (): CorpusFrame[] => [...leases(), ...scans(), ...writes(), ...plugins()];

/** A block, and the values that a reader finds in it. */
export interface CorpusBlock {
  readonly name: string;
  readonly hex: string;
  /** Integers beyond 2^53 as {"integer": …}, bytes as {"hex": …}; left out where a reader has to refuse the block. */
  readonly rows?: unknown;
}

const block = (name: string, hex: string): CorpusBlock => ({
  name,
  hex,
  rows: asJson([...readRows(Buffer.from(hex, 'hex'))]),
});

/** Blocks by hand: every form of a value that a reader has to know, and what it has to refuse. */
export const corpusBlocks = (): CorpusBlock[] => [
  block('no rows', '90'),
  block('rows of no column', '929090'),
  block('nil, and the integers of one byte', '9193c07fe0'),
  block('unsigned integers', '9194ccffcdffffceffffffffcf00200000000000ff'),
  block('signed integers', '9194d080d18000d280000000d38000000000000000'),
  block('a real', '9191cb3ff8000000000000'),
  block('a real without a fraction', '9191cb4000000000000000'),
  block('texts', '9194a0a3666f6fd903c3a978da000161'),
  block('a long text', '9191db00000003666f6f'),
  block('bytes', '9193c400c40200ffc500017f'),
  block('long headers', 'dd00000001dc0001c60000000101'),
  { name: 'a row is cut off', hex: '9192a161' },
  { name: 'a text is cut off', hex: '9191a26f' },
  { name: 'more follows', hex: '9191c0c0' },
  { name: 'a row is no array', hex: '91c0' },
  { name: 'a map', hex: '919180' },
  { name: 'a tag that is never used', hex: '9191c1' },
  { name: 'more rows than bytes', hex: 'ddffffffff' },
];
