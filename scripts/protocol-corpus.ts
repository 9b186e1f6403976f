// `npm run corpus --workspace protocol`: writes protocol/corpus/*.json, frames and blocks of version 2 as bytes and as JSON, for
// whoever writes a client or a server in another language. docs/protocol.md says how to read them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpusBlocks, corpusFrames } from './protocol-frames.ts';

const target = join(import.meta.dirname, '../protocol/corpus');

/** One entry a line, so that a change shows as the lines that it touches. */
const write = (name: string, entries: readonly object[]): void => {
  const lines = entries.map(entry => JSON.stringify(entry)).join(',\n');
  writeFileSync(join(target, name), `[\n${lines}\n]\n`);
};

write('frames.json', corpusFrames());
write('blocks.json', corpusBlocks());
