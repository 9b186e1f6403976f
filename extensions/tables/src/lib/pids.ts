import type { FileView } from '@outpost/sdk';

/** The ids of the running processes, ascending. */
export function listPids(files: FileView): number[] {
  const pids: number[] = [];
  for (const name of files.readdir('/proc')) {
    const first = name.charCodeAt(0);
    if (first >= 48 && first <= 57) pids.push(Number(name));
  }
  return pids.sort((left, right) => left - right);
}
