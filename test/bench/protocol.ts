// Encoding an ExtensionResponse of 10,000 rows × 10 columns: this package beside the stock thrift transport, and beside a loop
// that writes the same bytes into a buffer that is large enough from the start.
import { createRequire } from 'node:module';
import { BinaryProtocol } from '../../protocol/src/binary/protocol.ts';
import { BufferTransport } from '../../protocol/src/binary/transport.ts';
import * as structs from '../../protocol/src/generated/index.mjs';
import { responseResult } from '../../protocol/src/messages/response.ts';
import type { PluginRow } from '../../protocol/src/types.ts';
import { type BenchmarkResult, median } from './result.ts';

const rowCount = 10_000;
const status = { code: 0, message: 'OK', uuid: 12345 };

/** Rows as the `processes` table gives them. */
const rows: PluginRow[] = Array.from({ length: rowCount }, (_, index) => ({
  pid: String(index),
  name: `worker-${index % 97}`,
  path: `/usr/lib/systemd/systemd-worker-${index}`,
  cmdline: `/usr/lib/systemd/systemd-worker-${index} --switched-root --system --deserialize ${index}`,
  state: 'S',
  uid: String(index % 1000),
  resident_size: String(index * 4096),
  start_time: String(1_700_000_000 + index),
  cwd: '/',
  on_disk: '1',
}));

const encodeOurs = (): Buffer => {
  const transport = new BufferTransport();
  responseResult.write(new BinaryProtocol(transport), { status, response: rows }, structs);
  return transport.output.written();
};

interface StockThrift {
  readonly TBufferedTransport: new (buffer: undefined, flushed: (bytes: Buffer) => void) => { flush(): void };
  readonly TBinaryProtocol: new (transport: object) => ConstructorParameters<typeof Object>[0];
}

/** The stock transport and protocol, driven by the generated code. */
const stockEncoder = (): (() => Buffer) => {
  // The stock protocol calls `new Buffer`, which warns at its first use.
  process.noDeprecation = true;
  const { TBufferedTransport, TBinaryProtocol } = createRequire(
    new URL('../../protocol/src/index.ts', import.meta.url),
  )('thrift') as StockThrift;
  return () => {
    let encoded: Buffer = Buffer.alloc(0);
    const transport = new TBufferedTransport(undefined, bytes => {
      encoded = bytes;
    });
    const result = new structs.messages.call.Result();
    result.success = Object.assign(new structs.ExtensionResponse(), {
      status: new structs.ExtensionStatus(status),
      response: rows,
    });
    result.write(new TBinaryProtocol(transport));
    transport.flush();
    return encoded;
  };
};

const putText = (bytes: Buffer, text: string, at: number): number => {
  const start = at + 4;
  let end = start;
  if (text.length < 32) {
    for (let index = 0; index < text.length; index++) bytes[end++] = text.charCodeAt(index);
  } else {
    end += bytes.write(text, start, 'latin1');
  }
  bytes.writeInt32BE(end - start, at);
  return end;
};

/** What somebody writes who wants these ASCII rows encoded fast and needs nothing else. */
const handWrittenEncoder = (size: number): (() => Buffer) => {
  const bytes = Buffer.alloc(size);
  const head = Buffer.from('0c00000c0001080001000000000b0002000000024f4b0a00030000000000003039000f0002', 'hex');
  return () => {
    let at = head.copy(bytes, 0);
    bytes[at++] = 13;
    at = bytes.writeInt32BE(rows.length, at);
    for (const row of rows) {
      bytes[at++] = 11;
      bytes[at++] = 11;
      const names = Object.keys(row);
      at = bytes.writeInt32BE(names.length, at);
      for (const name of names) {
        at = putText(bytes, name, at);
        at = putText(bytes, row[name] ?? '', at);
      }
    }
    bytes[at++] = 0;
    bytes[at++] = 0;
    return bytes.subarray(0, at);
  };
};

/** Milliseconds of one run, the middle of many, runs of all encoders taking turns. */
const measure = (encoders: readonly (() => Buffer)[], rounds: number): number[] => {
  const times: number[][] = encoders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, encode] of encoders.entries()) {
      const start = performance.now();
      encode();
      times[index]?.push(performance.now() - start);
    }
  }
  return times.map(median);
};

/** Measures; see the head of this file. */
export async function run(): Promise<BenchmarkResult[]> {
  const encodeStock = stockEncoder();
  const size = encodeOurs().length;
  const encodeByHand = handWrittenEncoder(size);
  if (!encodeOurs().equals(encodeStock()) || !encodeOurs().equals(encodeByHand())) {
    throw new Error('The encoders do not agree about the bytes.');
  }
  const encoders = [encodeOurs, encodeStock, encodeByHand];
  measure(encoders, 5);
  const [ours = 0, stock = 0, byHand = 0] = measure(encoders, 25);
  const result = (name: string, rival: number, ratio: number, target: string, met: boolean): BenchmarkResult => ({
    name,
    ours,
    rival,
    unit: 'ms',
    ratio,
    target,
    met,
  });
  const bulk = '10,000 rows × 10 columns as ExtensionResponse';
  return [
    result(`${bulk}, stock thrift transport / ours`, stock, stock / ours, 'at least 15', stock / ours >= 15),
    result(`${bulk}, ours / hand-written into a ready buffer`, byHand, ours / byHand, 'at most 2', ours / byHand <= 2),
  ];
}
