import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import fc from 'fast-check';
import { type Encoding, encodings, nativeTypes } from '../../../core/src/engine/native.ts';
import { BlockWriter } from '../../../protocol/src/blocks/block-writer.ts';
import { openTables, type TestConnection, thriftRows } from './native-harness.ts';

const columns = [
  { name: 'i', type: nativeTypes.BIGINT, options: 0 },
  { name: 'd', type: nativeTypes.DOUBLE, options: 0 },
  { name: 's', type: nativeTypes.TEXT, options: 0 },
  { name: 'x', type: nativeTypes.BLOB, options: 0 },
];
let block: Uint8Array = new Uint8Array(0);

const open = (encoding: Encoding): TestConnection => openTables({ t: { columns, encoding, blocks: () => [block] } });

const messagepack = (): Uint8Array => {
  const writer = new BlockWriter(columns, [0, 1, 2, 3]);
  writer.add({ i: 2n ** 60n, d: 1.5, s: 'é'.repeat(40), x: Uint8Array.of(1, 2, 3) });
  writer.add({ i: -70_000, d: null, s: 'short', x: null });
  writer.add({ i: 5, d: 2, s: 'x'.repeat(300), x: new Uint8Array(300) });
  const copy = new Uint8Array(writer.take());
  writer.release();
  return copy;
};

const thrift = (): Uint8Array =>
  thriftRows([
    { i: '12', d: '1.5', s: 'text', x: 'bytes', extra: '?', rowid: '5' },
    { s: '', i: '0x7f' },
    { rowid: '-1', d: 'inf' },
  ]);

/** Copies into a fresh allocation of just that size, so that a sanitizer sees a read beyond it. */
const tight = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

for (const [name, encoding, whole] of [
  ['MessagePack', encodings.messagepack, messagepack()],
  ['Thrift', encodings.thrift, thrift()],
] as const) {
  suite(`a malformed ${name} block is an error of the statement`, () => {
    const connection = open(encoding);
    after(() => connection.close());
    const read = (bytes: Uint8Array): string => {
      block = tight(bytes);
      try {
        connection.query('select *, rowid, length(s) + length(x) from t order by s');
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const named = /^(The rows of table t are malformed: .*\.|SQL logic error|)$/;

    test('and a whole one is none', () => assert.equal(read(whole), ''));

    test('when it is cut off anywhere', () => {
      for (let length = 0; length < whole.length; length++) {
        assert.match(read(whole.subarray(0, length)), /^The rows of table t are malformed: .*\.$/, `${length} bytes`);
      }
    });

    test('or read as something else when any byte is changed', () => {
      for (let at = 0; at < whole.length; at++) {
        for (const value of [0, 1, 0x7f, 0x80, 0xc1, 0xdb, 0xdd, 0xff]) {
          const changed = tight(whole);
          changed[at] = value;
          assert.match(read(changed), named);
        }
      }
    });

    test('or read as something else when it is noise', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
          assert.match(read(bytes), named);
        }),
        { numRuns: 2000 },
      );
    });

    test('when its sizes are huge', () => {
      const huge = [
        [0xdd, 0xff, 0xff, 0xff, 0xff],
        [0xdd, 0, 0, 0, 1, 0xdd, 0xff, 0xff, 0xff, 0xff],
        [0x91, 0x94, 0xdb, 0xff, 0xff, 0xff, 0xff, 1],
        [0x91, 0x94, 0xc6, 0xff, 0xff, 0xff, 0xff, 1],
        [13, 0xff, 0xff, 0xff, 0xff],
        [13, 0, 0, 0, 1, 11, 11, 0xff, 0xff, 0xff, 0xff],
        [13, 0, 0, 0, 1, 11, 11, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
        [13, 0, 0, 0, 1, 11, 11, 0, 0, 0, 1, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0],
      ];
      for (const bytes of huge) assert.match(read(Uint8Array.from(bytes)), /malformed/);
    });

    test('and the connection goes on', () => {
      read(Uint8Array.of(0xff));
      assert.equal(read(whole), '');
    });
  });
}
