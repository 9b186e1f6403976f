/** One line of a table of mounts. */
export interface Mount {
  readonly device: string;
  readonly path: string;
  readonly type: string;
  readonly options: string;
}

/** The kernel writes blanks, newlines, backslashes and `#` in a field as three octal digits. */
const unescapeField = (field: string): string =>
  field.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** The lines of /proc/mounts (proc_pid_mounts(5), fstab(5)). */
export function* parseMounts(content: string): Generator<Mount> {
  for (const line of content.split('\n')) {
    const [device, path, type, options] = line.split(' ');
    if (device === undefined || path === undefined || type === undefined || options === undefined) continue;
    yield { device: unescapeField(device), path: unescapeField(path), type, options };
  }
}
