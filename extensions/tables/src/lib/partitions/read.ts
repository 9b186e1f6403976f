import { parseGpt } from './gpt.ts';
import { type Layout, type ReadAt, withGaps } from './layout.ts';
import { parseMbr } from './mbr.ts';

/** How a device of so many bytes is divided; undefined when it has no table that is known here. */
export function readLayout(readAt: ReadAt, deviceBytes: number): Layout | undefined {
  for (const sectorBytes of [512, 4096]) {
    const gpt = parseGpt(readAt, sectorBytes);
    if (gpt !== undefined) return { sectorBytes, stretches: withGaps(gpt, Math.floor(deviceBytes / sectorBytes)) };
  }
  const mbr = parseMbr(readAt);
  return mbr && { sectorBytes: 512, stretches: withGaps(mbr, Math.floor(deviceBytes / 512)) };
}
