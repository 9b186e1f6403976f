import { createReadStream, createWriteStream, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';

/** Older files of a log: number, and whether it is compressed. */
function rotated(path: string): { readonly name: string; readonly number: number; readonly suffix: string }[] {
  const prefix = `${basename(path)}.`;
  return readdirSync(dirname(path))
    .filter(name => name.startsWith(prefix))
    .map(name => ({ name, match: /^(\d+)(\.zst)?$/.exec(name.slice(prefix.length)) }))
    .flatMap(({ name, match }) => (match ? [{ name, number: Number(match[1]), suffix: match[2] ?? '' }] : []))
    .sort((left, right) => right.number - left.number);
}

async function compress(path: string): Promise<void> {
  const target = `${path}.zst`;
  const { mode } = statSync(path);
  const partial = `${target}.part`;
  await pipeline(createReadStream(path), createZstdCompress(), createWriteStream(partial, { mode }));
  renameSync(partial, target);
  rmSync(path);
}

/**
 * Moves a full log to `F.1`, compresses the one that was there to `F.2.zst`, raises the number of the older ones by one and removes
 * those above `files`.
 */
export async function rotate(path: string, files: number): Promise<void> {
  for (const { name, number, suffix } of rotated(path)) {
    const old = join(dirname(path), name);
    if (number >= files) rmSync(old);
    else renameSync(old, `${path}.${number + 1}${suffix}`);
  }
  renameSync(path, `${path}.1`);
  for (const { name, number, suffix } of rotated(path))
    if (number > 1 && suffix === '' && existsSync(join(dirname(path), name))) await compress(join(dirname(path), name));
}
