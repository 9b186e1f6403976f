import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { MessageKind } from '../../../protocol/src/binary/codes.ts';
import * as structs from '../../../protocol/src/generated/index.mjs';
import { readRows } from '../../../protocol/src/index.ts';
import { reading, writing } from '../../../protocol/src/messages/header.ts';
import type { Message2 } from '../../../protocol/src/messages/message2.ts';
import { messageTable2 } from '../../../protocol/src/messages/table2.ts';
import { type CorpusBlock, type CorpusFrame, corpusBlocks, corpusFrames } from '../../../scripts/protocol-frames.ts';

const read = <Entry>(name: string): Entry[] =>
  JSON.parse(readFileSync(new URL(`../../../protocol/corpus/${name}.json`, import.meta.url), 'utf8'));

const frames = read<CorpusFrame>('frames');
const blocks = read<CorpusBlock>('blocks');

suite('the corpus of version 2', () => {
  test('is what the codecs write: `npm run corpus --workspace protocol`', () => {
    assert.deepEqual(frames, JSON.parse(JSON.stringify(corpusFrames())));
    assert.deepEqual(blocks, JSON.parse(JSON.stringify(corpusBlocks())));
  });

  for (const { name, method, kind, hex, sequenceId } of frames) {
    if (kind !== 'call' && kind !== 'reply') continue;
    test(`${name}: read and written again`, () => {
      const message = messageTable2[method as keyof typeof messageTable2] as unknown as Message2<
        readonly unknown[],
        unknown
      >;
      const input = reading(Buffer.from(hex, 'hex'));
      const header = input.readMessageBegin();
      assert.deepEqual([header.fname, header.rseqid], [method, sequenceId]);
      const again = writing(method, kind === 'call' ? MessageKind.call : MessageKind.reply, sequenceId, output => {
        if (kind === 'call') message.request.write(output, message.request.read(input, structs), structs);
        else message.result.write(output, message.result.read(input, structs), structs);
      });
      assert.equal(again.toString('hex'), hex);
    });
  }

  test('has the frames that docs/protocol.md explains', () => {
    const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');
    const explained = [...page.matchAll(/^```\n(800100[\s\S]*?)```/gm)].map(([, text = '']) =>
      text
        .split('\n')
        .map(line => /^[ ]*((?:[0-9a-f]+ ?)*)/.exec(line)?.[1]?.replaceAll(' ', '') ?? '')
        .join(''),
    );
    const named = ['a sign of life', 'its first page'].map(name => frames.find(frame => frame.name === name)?.hex);
    assert.deepEqual(explained, named);
  });

  test('has every message, and blocks that must be refused', () => {
    assert.deepEqual(
      new Set(Object.keys(messageTable2)).difference(new Set(frames.map(({ method }) => method))),
      new Set(),
    );
    const faulty = blocks.filter(({ rows }) => rows === undefined);
    assert.ok(faulty.length > 4);
    for (const { hex } of faulty)
      assert.throws(() => [...readRows(Buffer.from(hex, 'hex'))], { code: 'BLOCK_MALFORMED' });
  });
});
