import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { decodeText, encodeText } from '../../../protocol/src/binary/text.ts';

const decode = (bytes: Uint8Array): string => decodeText(Buffer.from(bytes), 0, bytes.length);

suite('text', () => {
  test('decodes UTF-8 as the platform does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        assert.equal(decode(Buffer.from(text)), text);
        assert.deepEqual(encodeText(text), Buffer.from(text));
      }),
    );
  });

  test('keeps a U+FFFD that is really there', () => {
    assert.equal(decode(Buffer.from('a\ufffdb')), 'a\ufffdb');
  });

  test('gives bytes that are no UTF-8 back as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
        assert.deepEqual(new Uint8Array(encodeText(decode(bytes))), bytes);
      }),
      { numRuns: 2000 },
    );
  });

  for (const [what, hex] of Object.entries({
    'a lone continuation byte': '80',
    'an overlong slash': 'c0af',
    'an overlong three-byte form': 'e080af',
    'an overlong four-byte form': 'f08080af',
    'a surrogate': 'eda080',
    'a code point above U+10FFFF': 'f4908080',
    'a byte that never occurs': 'ff',
    'a sequence cut off': 'e282',
    'valid text around a bad byte': 'c3a4fff09f9880',
  })) {
    test(`${what} comes as lone surrogates and goes out as it was`, () => {
      const bytes = Buffer.from(hex, 'hex');
      assert.ok(!decode(bytes).isWellFormed());
      assert.deepEqual(encodeText(decode(bytes)), bytes);
    });
  }

  test('writes a lone surrogate that stands for no byte as U+FFFD', () => {
    assert.deepEqual(encodeText('a\ud800\udfffb\ud800'), Buffer.from('a\ud800\udfffb\ufffd'));
    assert.deepEqual(encodeText('\udc7f\udd00'), Buffer.from('\ufffd\ufffd'));
  });

  test('decodes ten megabytes of random bytes in linear time', () => {
    const bytes = Buffer.alloc(10_000_000, Buffer.from('80ff41c3e2f0', 'hex'));
    const start = performance.now();
    const text = decodeText(bytes, 0, bytes.length);
    assert.deepEqual(encodeText(text), bytes);
    assert.ok(performance.now() - start < 20_000);
  });
});
