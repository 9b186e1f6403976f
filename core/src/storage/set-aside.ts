import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const stamp = (now: number): string => new Date(now).toISOString().replace(/[-:]/g, '').replace(/\..*$/, 'Z');

function freeName(wanted: string): string {
  for (let n = 0; ; n++) {
    const name = n === 0 ? wanted : `${wanted}-${n}`;
    if (!existsSync(name)) return name;
  }
}

/**
 * Moves a damaged database to `PATH.corrupt-<time>` and removes the oldest of those beyond `keep`.
 * @returns where it lies now; undefined when there was nothing to move
 */
export function setAside(path: string, now: number, keep: number): string | undefined {
  if (!existsSync(path)) return undefined;
  const target = freeName(`${path}.corrupt-${stamp(now)}`);
  renameSync(path, target);
  const prefix = `${basename(path)}.corrupt-`;
  const older = readdirSync(dirname(path))
    .filter(name => name.startsWith(prefix))
    .sort();
  for (const name of older.slice(0, Math.max(0, older.length - keep)))
    rmSync(join(dirname(path), name), { recursive: true, force: true });
  return target;
}
