import fs from 'node:fs';
import type { FileView } from '@outpost/sdk';
import { placeOf } from './open-file.ts';

/**
 * The number of what a path leads to, as 64 bits with a sign. The numbers of `fs.Stats` are exact up to 2^53 only, and some file systems
 * (overlays, network ones) make larger ones. Undefined when nothing is there.
 */
export function exactInode(files: FileView, path: string): bigint | undefined {
  const place = placeOf(files, path);
  return place === undefined ? undefined : BigInt.asIntN(64, fs.lstatSync(place, { bigint: true }).ino);
}
