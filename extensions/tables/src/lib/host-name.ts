import type { FileView } from '@outpost/sdk';
import { parseHosts } from './hosts.ts';

/** The machine's name, as hostname(1) gives it. */
export const hostName = (files: FileView): string =>
  (files.readTextIfPresent('/proc/sys/kernel/hostname') ?? '').trim();

/**
 * The machine's name with its domain, where /etc/hosts tells it; else without. A name server is not asked: one that does not answer
 * would hold up the query.
 */
export function fullHostName(files: FileView): string {
  const name = hostName(files);
  if (name === '' || name.includes('.')) return name;
  for (const { hostnames } of parseHosts(files.readTextIfPresent('/etc/hosts') ?? '')) {
    const full = hostnames.split(' ').find(candidate => candidate.startsWith(`${name}.`));
    if (full !== undefined) return full;
  }
  return name;
}
