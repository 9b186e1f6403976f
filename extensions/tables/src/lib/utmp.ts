/** A record of utmp or wtmp (utmp(5)). */
export interface LoginRecord {
  /** Kind of record, one of {@link loginTypes}. */
  readonly type: number;
  readonly pid: number;
  /** Terminal, without `/dev/`. */
  readonly line: string;
  readonly user: string;
  readonly host: string;
  /** In seconds since 1970. */
  readonly time: number;
}

/** The values of `ut_type` that tables tell apart. */
export const loginTypes = { user: 7, dead: 8 } as const;

const typeNames: readonly string[] = [
  'empty',
  'runlevel',
  'boot_time',
  'new_time',
  'old_time',
  'init',
  'login',
  'user',
  'dead',
  'accounting',
];

/** The word for a kind of record. */
export const loginTypeName = (type: number): string => typeNames[type] ?? 'unknown';

/** How glibc lays out `struct utmpx`: 32-bit times on x86-64 and most others, 64-bit ones on ARM. */
interface Layout {
  readonly bytes: number;
  readonly time: number;
  readonly wide: boolean;
}

const layouts = {
  compact: { bytes: 384, time: 340, wide: false },
  wide: { bytes: 400, time: 344, wide: true },
} as const satisfies Readonly<Record<string, Layout>>;

/** The name of the layout. */
export type LoginLayout = keyof typeof layouts;

/** The layout of this machine's own files. */
export const nativeLayout: LoginLayout = process.arch === 'arm64' ? 'wide' : 'compact';

/** A field of a fixed length, which a NUL ends unless it is full. */
function stringAt(content: Buffer, offset: number, length: number): string {
  const field = content.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

/** The records of a utmp or wtmp file, in the file's order. A last record that is cut short is passed over. */
export function* parseLogins(content: Buffer, layout: LoginLayout = nativeLayout): Generator<LoginRecord> {
  const { bytes, time, wide } = layouts[layout];
  for (let at = 0; at + bytes <= content.length; at += bytes)
    yield {
      type: content.readInt16LE(at),
      pid: content.readInt32LE(at + 4),
      line: stringAt(content, at + 8, 32),
      user: stringAt(content, at + 44, 32),
      host: stringAt(content, at + 76, 256),
      // Beyond 53 bits there is only garbage.
      time: wide ? Number(BigInt.asIntN(53, content.readBigInt64LE(at + time))) : content.readInt32LE(at + time),
    };
}
