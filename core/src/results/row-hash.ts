/**
 * A hash of a row's bytes: MurmurHash3 x86-32 (Austin Appleby, public domain) over the words at hand. Equal hashes only lead to a
 * comparison of bytes; the seed is drawn anew for each state.
 */
export function rowHash(bytes: Uint8Array, view: DataView, start: number, end: number, seed: number): number {
  let hash = seed;
  let at = start;
  for (; at + 4 <= end; at += 4) hash = mix(hash, view.getUint32(at, true));
  let rest = 0;
  for (let shift = 0; at < end; at++, shift += 8) rest |= (bytes[at] ?? 0) << shift;
  hash = mix(hash, rest) ^ (end - start);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mix(hash: number, word: number): number {
  let key = Math.imul(word, 0xcc9e2d51);
  key = Math.imul((key << 15) | (key >>> 17), 0x1b873593);
  const mixed = hash ^ key;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** Whether two runs of bytes of one length are equal. */
export function sameBytes(
  left: Uint8Array,
  leftStart: number,
  right: Uint8Array,
  rightStart: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) if (left[leftStart + i] !== right[rightStart + i]) return false;
  return true;
}
