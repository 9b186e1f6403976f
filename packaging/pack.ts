import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import type { Bundle } from './bundle.ts';
import type { ChunkEntry, ChunkIndex } from './runtime/chunks.ts';

/** The assets that hold the agent's code. */
export interface CodeAssets {
  readonly index: Buffer;
  readonly chunks: Buffer;
}

const alignment = 8; // of compiled code: V8 reads it in words

/**
 * What V8 compiles of a chunk: every function, not only those that run at once. V8 takes it back only from the same version of itself with
 * the same flags, so this runs on the Node that is packed, and the flags are back before V8 writes their sum.
 */
const compile = (name: string, source: string): Buffer => {
  setFlagsFromString('--no-lazy');
  try {
    const script = new Script(source, { filename: `outpost:///${name}` });
    setFlagsFromString('--lazy');
    setFlagsFromString('--hash-seed=0');
    return script.createCachedData();
  } finally {
    setFlagsFromString('--lazy');
  }
};

/** Puts the chunks with their compiled code one after the other, in the order of their names. */
export const pack = ({ chunks, modules }: Pick<Bundle, 'chunks' | 'modules'>): CodeAssets => {
  const pieces: Buffer[] = [];
  let length = 0;
  const place = (piece: Buffer): readonly [offset: number, length: number] => {
    const padding = -length & (alignment - 1);
    pieces.push(Buffer.alloc(padding), piece);
    const offset = length + padding;
    length = offset + piece.length;
    return [offset, piece.length];
  };
  const entries: Record<string, ChunkEntry> = {};
  for (const [name, source] of Object.entries(chunks).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const code = place(compile(name, source));
    entries[name] = { source: place(Buffer.from(source, 'latin1')), code };
  }
  const index: ChunkIndex = { chunks: entries, modules };
  return { index: Buffer.from(JSON.stringify(index), 'latin1'), chunks: Buffer.concat(pieces) };
};
