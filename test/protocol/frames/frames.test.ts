import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeFrame, encodeFrame, frameJson } from '@outpost/protocol';
import fc from 'fast-check';
import names from '../../../protocol/src/frames/names.json' with { type: 'json' };
import { frameNames } from '../../../scripts/frame-names.ts';
import { repositoryFile } from '../../integration/harness.ts';
import { titleOf, wholeFrames } from '../frames.ts';

test('recorded messages are read in full, shown as they were shown, and written as they came', () => {
  for (const recorded of wholeFrames) {
    const bytes = Buffer.from(recorded.hex, 'hex');
    const frame = decodeFrame(bytes);
    const { method, kind, seqid, strict } = recorded;
    assert.deepEqual(
      { ...frame, body: undefined },
      { method, kind, seqid, strict, body: undefined },
      titleOf(recorded),
    );
    assert.equal(encodeFrame(frame).toString('hex'), recorded.hex, titleOf(recorded));
    const { decoded } = recorded as unknown as { decoded: object };
    if (method !== 'options' || kind !== 'reply') assert.deepEqual(frameJson(frame), decoded, titleOf(recorded));
  }
});

test('messages of version 2 are read, written as they came, and their fields have names', () => {
  const corpus = JSON.parse(readFileSync(repositoryFile('protocol', 'corpus', 'frames.json'), 'utf8')) as {
    hex?: string;
    bytes?: string;
  }[];
  let named = 0;
  for (const { hex, bytes } of corpus) {
    const frame = decodeFrame(Buffer.from(hex ?? bytes ?? '', 'hex'));
    assert.equal(encodeFrame(frame).toString('hex'), hex ?? bytes);
    named += JSON.stringify(frameJson(frame)).includes('"1:outcome:struct"') ? 1 : 0;
  }
  assert.ok(named > 0);
});

test('the names are those of the IDL', () => {
  assert.deepEqual(names, frameNames());
});

test('whatever bytes come, reading them ends or is refused', () => {
  const whole = wholeFrames.map(({ hex }) => Buffer.from(hex, 'hex'));
  fc.assert(
    fc.property(fc.constantFrom(...whole), fc.nat(), fc.nat(255), (bytes, at, value) => {
      const damaged = Buffer.from(bytes);
      damaged[at % damaged.length] = value;
      try {
        const frame = decodeFrame(damaged);
        frameJson(frame);
        assert.deepEqual(decodeFrame(encodeFrame(frame)), frame);
      } catch (error) {
        assert.match((error as { code?: string }).code ?? '', /^MESSAGE_/);
      }
    }),
  );
});
