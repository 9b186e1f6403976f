import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    // Processes come and go, and those of others may not be looked at: what cannot be read does not count.
    return undefined;
  }
};

function opens(pid: string, file: string): boolean {
  const directory = `/proc/${pid}/fd`;
  const descriptors = attempt(() => readdirSync(directory)) ?? [];
  return descriptors.some(fd => attempt(() => readlinkSync(join(directory, fd))) === file);
}

/**
 * The process that holds the LevelDB database at `path`, in words, if it can be found: the one that has its `LOCK` file open.
 * LevelDB locks with fcntl (util/env_posix.cc), whose owner `/proc/locks` names only outside of containers.
 */
export function lockHolder(path: string): string | undefined {
  const file = attempt(() => realpathSync(join(path, 'LOCK')));
  if (file === undefined) return undefined;
  const pids = (attempt(() => readdirSync('/proc')) ?? []).filter(name => /^\d+$/.test(name));
  const pid = pids.find(candidate => opens(candidate, file));
  if (pid === undefined) return undefined;
  const name = attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
  return Number(pid) === process.pid ? `this process (${pid})` : `process ${pid}${name ? ` (${name})` : ''}`;
}
