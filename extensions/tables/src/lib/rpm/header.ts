/** Tags of a package's header (rpmtag.h of rpm) that columns show. */
export const rpmTags = {
  sha1: 269,
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  installTime: 1008,
  size: 1009,
  vendor: 1011,
  group: 1016,
  arch: 1022,
  oldFileNames: 1027,
  fileSizes: 1028,
  fileModes: 1030,
  fileDigests: 1035,
  fileUsers: 1039,
  fileGroups: 1040,
  sourcePackage: 1044,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
  longFileSizes: 5008,
  longSize: 5009,
  fileDigestAlgorithm: 5011,
} as const;

type Tag = (typeof rpmTags)[keyof typeof rpmTags];

interface Entry {
  readonly type: number;
  readonly offset: number;
  readonly count: number;
}

const prologueBytes = 8;
const entryBytes = 16;
/** Types of values: one text, several, and several in different languages, the untranslated one first. */
const textTypes: ReadonlySet<number> = new Set([6, 8, 9]);
/** Width of the numbers of each type, in bytes. */
const widths: Readonly<Record<number, 1 | 2 | 4 | 8>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8 };

function numberAt(bytes: Buffer, offset: number, width: 1 | 2 | 4 | 8): number {
  return width === 8 ? Number(bytes.readBigUInt64BE(offset)) : bytes.readUIntBE(offset, width);
}

/**
 * The header of a package as the databases of rpm hold it: two counts, an index of tags and the values they refer to, all in network
 * order (the header structure of the Linux Standard Base, 22.2.3, without its magic). What is broken is as if it were not there.
 */
export class RpmHeader {
  readonly #bytes: Buffer;
  readonly #entries = new Map<number, Entry>();

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    const claimed = bytes.length < prologueBytes ? 0 : bytes.readUInt32BE(0);
    const dataStart = prologueBytes + claimed * entryBytes;
    if (dataStart > bytes.length) return;
    for (let at = prologueBytes; at < dataStart; at += entryBytes)
      this.#entries.set(bytes.readUInt32BE(at), {
        type: bytes.readUInt32BE(at + 4),
        offset: dataStart + bytes.readUInt32BE(at + 8),
        count: bytes.readUInt32BE(at + 12),
      });
  }

  /** The texts of a tag; empty when it has none. */
  texts(tag: Tag): string[] {
    const entry = this.#entries.get(tag);
    if (entry === undefined || !textTypes.has(entry.type)) return [];
    const found: string[] = [];
    for (let start = entry.offset; found.length < entry.count; ) {
      const end = this.#bytes.indexOf(0, start);
      if (end < 0 || start >= this.#bytes.length) break;
      found.push(this.#bytes.toString('utf8', start, end));
      start = end + 1;
    }
    return found;
  }

  /** The first text of a tag; empty when it has none. */
  text(tag: Tag): string {
    return this.texts(tag)[0] ?? '';
  }

  /** The numbers of a tag; empty when it has none. */
  numbers(tag: Tag): number[] {
    const entry = this.#entries.get(tag);
    const width = widths[entry?.type ?? 0];
    if (entry === undefined || width === undefined || entry.offset + entry.count * width > this.#bytes.length)
      return [];
    return Array.from({ length: entry.count }, (_, index) =>
      numberAt(this.#bytes, entry.offset + index * width, width),
    );
  }

  /** The first number of a tag. */
  number(tag: Tag): number | undefined {
    return this.numbers(tag)[0];
  }
}
