/** A key that the kernel holds; the fields are those of proc_keys(5). */
export interface KernelKey {
  readonly serial: string;
  readonly flags: string;
  readonly usage: number;
  readonly timeout: string;
  readonly permissions: string;
  readonly uid: number;
  readonly gid: number;
  readonly type: string;
  readonly description: string;
}

/** Serial number, flags, usage, timeout, permissions, uid, gid (-1 for none), type and the rest of the line. */
const keyLine = /^([0-9a-f]+) +(\S+) +(\d+) +(\S+) +([0-9a-f]+) +(-?\d+) +(-?\d+) +(\S+) +(.*)$/gm;

/** The lines of /proc/keys (proc_keys(5)). */
export function* parseKeys(content: string): Generator<KernelKey> {
  for (const [
    ,
    serial = '',
    flags = '',
    usage,
    timeout = '',
    permissions = '',
    uid,
    gid,
    type = '',
    description = '',
  ] of content.matchAll(keyLine)) {
    yield {
      ...{ serial, flags, usage: Number(usage), timeout, permissions },
      ...{ uid: Number(uid), gid: Number(gid), type, description },
    };
  }
}
