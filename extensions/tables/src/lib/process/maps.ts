/** A mapped region of a process. */
export interface MappedRegion {
  /** First address and the one after the last, hexadecimal without a prefix. */
  readonly start: string;
  readonly end: string;
  readonly permissions: string;
  /** Where in the file the region begins, in bytes; -1 when it cannot be told. */
  readonly offset: number | bigint;
  /** Major and minor number of the device, such as `08:02`. */
  readonly device: string;
  readonly inode: number;
  /** A file, or a name in brackets that the kernel gives; empty for anonymous memory. */
  readonly path: string;
}

/** Address range, permissions, offset, device, inode and, after blanks, the path. */
const regionLine = /^([0-9a-f]+)-([0-9a-f]+) (\S+) (\S+) (\S+) (\d+) *(.*)$/;
const deleted = ' (deleted)';

function offsetOf(field: string): number | bigint {
  if (!/^[0-9a-f]{1,16}$/.test(field)) return -1;
  const value = BigInt.asIntN(64, BigInt(`0x${field}`));
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

/** The lines of /proc/PID/maps (proc_pid_maps(5)). A path keeps its blanks, but not the mark of a file that was removed. */
export function* parseMaps(content: string): Generator<MappedRegion> {
  for (const line of content.split('\n')) {
    const [, start, end, permissions, offset, device, inode, path = ''] = regionLine.exec(line) ?? [];
    if (start === undefined || end === undefined || permissions === undefined) continue;
    yield {
      start,
      end,
      permissions,
      offset: offsetOf(offset ?? ''),
      device: device ?? '',
      inode: Number(inode),
      path: path.endsWith(deleted) ? path.slice(0, -deleted.length) : path,
    };
  }
}
