import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { FieldType } from '../../../protocol/src/binary/codes.ts';
import { BinaryProtocol } from '../../../protocol/src/binary/protocol.ts';
import { encodeRows } from '../../../protocol/src/binary/rows.ts';
import type { ThriftProtocol } from '../../../protocol/src/binary/thrift.ts';
import { BufferTransport } from '../../../protocol/src/binary/transport.ts';
import * as structs from '../../../protocol/src/generated/index.mjs';
import { responseResult } from '../../../protocol/src/messages/response.ts';
import { type AnyValue, anyStruct, readAny, texts, writeAny } from '../any-value.ts';
import { Int64, stockBytes, stockReader } from '../stock-thrift.ts';

const ourBytes = (write: (output: BinaryProtocol) => void): Buffer => {
  const transport = new BufferTransport();
  write(new BinaryProtocol(transport));
  return transport.output.written();
};

const ourReader = (bytes: Buffer): BinaryProtocol => {
  const transport = new BufferTransport();
  transport.receive(bytes);
  return new BinaryProtocol(transport);
};

/** The stock protocol knows 64-bit integers only as its own class. */
const stockWriter = (output: ThriftProtocol): ThriftProtocol =>
  Object.create(output, {
    writeI64: {
      value: (value: number) => {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64BE(BigInt(value));
        output.writeI64(new Int64(bytes) as never);
      },
    },
  }) as ThriftProtocol;

/** What was read, 64-bit integers of the stock class as numbers, and -0 as 0, which the stock protocol makes of it. */
const plain = (any: AnyValue): unknown =>
  JSON.parse(JSON.stringify(any, (_key, value: unknown) => (value instanceof Int64 ? Number(value) : value)));

const headers = fc.record({ name: texts(), kind: fc.integer({ min: 1, max: 4 }), seqid: fc.integer() });
const struct = anyStruct(4);

suite('our protocol and the Apache one', () => {
  test('write the same bytes for any message', () => {
    fc.assert(
      fc.property(headers, struct, ({ name, kind, seqid }, value) => {
        const write = (output: ThriftProtocol): void => {
          output.writeMessageBegin(name, kind, seqid);
          writeAny(output, value);
          output.writeMessageEnd();
        };
        assert.deepEqual(
          ourBytes(write),
          stockBytes(output => write(stockWriter(output))),
        );
      }),
    );
  });

  test('read the same from any message, strict or not, that the other wrote', () => {
    fc.assert(
      fc.property(headers, struct, fc.boolean(), ({ name, kind, seqid }, value, strict) => {
        const bytes = stockBytes(output => {
          output.writeMessageBegin(name, kind, seqid);
          writeAny(stockWriter(output), value);
          output.writeMessageEnd();
        }, strict);
        const [ours, stock] = [ourReader(bytes), stockReader(bytes)];
        const { fname, mtype, rseqid } = stock.readMessageBegin();
        assert.deepEqual(ours.readMessageBegin(), { fname: String(fname), mtype, rseqid });
        const read = readAny(ours, FieldType.struct);
        assert.deepEqual(plain(read), plain(readAny(stock, FieldType.struct)));
        assert.deepEqual(plain(read), plain(value));
        assert.equal(ours.getTransport().input.available, 0);
      }),
    );
  });

  test('skip the same', () => {
    fc.assert(
      fc.property(struct, value => {
        const bytes = ourBytes(output => writeAny(output, value));
        const ours = ourReader(Buffer.concat([bytes, Buffer.from([77])]));
        ours.skip(FieldType.struct);
        assert.equal(ours.readByte(), 77);
        const stock = stockReader(Buffer.concat([bytes, Buffer.from([77])]));
        stock.skip(FieldType.struct);
        assert.equal(stock.readByte(), 77);
      }),
    );
  });
});

const rows = fc.array(fc.dictionary(texts(), texts(), { maxKeys: 6, noNullPrototype: true }), { maxLength: 10 });

suite('rows written by hand', () => {
  test('have the bytes that generated code and the Apache protocol write', () => {
    fc.assert(
      fc.property(rows, response => {
        const status = { code: 0, message: 'OK', uuid: 65_535 };
        const stock = stockBytes(output => {
          const result = new structs.messages.query.Result();
          result.success = new structs.ExtensionResponse();
          result.success.status = new structs.ExtensionStatus(status);
          result.success.response = response;
          result.write(output);
        });
        assert.deepEqual(
          ourBytes(output => responseResult.write(output, { status, response }, structs)),
          stock,
        );
        const raw = { status, rowsBytes: encodeRows(response) };
        assert.deepEqual(
          ourBytes(output => responseResult.write(output, raw, structs)),
          stock,
        );
        assert.deepEqual(responseResult.read(ourReader(stock), structs), { status, response });
      }),
    );
  });
});
