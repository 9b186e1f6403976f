import { DerReader, elementsOf, oidOf, tags } from './der.ts';

/** What is read of a certificate's extensions (RFC 5280, 4.2). */
export interface Extensions {
  /** Bits of the key usage, as in {@link keyUsageText}; undefined without the extension. */
  readonly keyUsage: number | undefined;
  /** Whether the basic constraints say it is an authority; undefined without the extension. */
  readonly authority: boolean | undefined;
  /** In hexadecimal, lower case; empty without the extension. */
  readonly subjectKeyId: string;
  readonly authorityKeyId: string;
}

const ids = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
} as const;

/** The bits with their names, in the order in which they are listed. */
const usages: readonly (readonly [number, string])[] = [
  [0x0001, 'Encipher Only'],
  [0x0002, 'CRL Sign'],
  [0x0004, 'Key Cert Sign'],
  [0x0008, 'Key Agreement'],
  [0x0010, 'Data Encipherment'],
  [0x0020, 'Key Encipherment'],
  [0x0040, 'Non Repudiation'],
  [0x0080, 'Digital Signature'],
  [0x8000, 'Decipher Only'],
];

/** The bit of the key usage that an authority needs. */
export const keyCertSign = 0x0004;

/** The names of a key usage, such as `CRL Sign, Key Cert Sign`. */
export const keyUsageText = (bits: number | undefined): string =>
  usages
    .filter(([bit]) => ((bits ?? 0) & bit) !== 0)
    .map(([, name]) => name)
    .join(', ');

/**
 * The values of the extensions by their object identifiers; `content` is that of `[3]`, undefined where there are none.
 * @throws RangeError when the DER is malformed
 */
export function extensionValues(content: Buffer | undefined): ReadonlyMap<string, Buffer> {
  const values = new Map<string, Buffer>();
  if (content === undefined) return values;
  for (const extension of elementsOf(new DerReader(content).take(tags.sequence))) {
    const reader = new DerReader(extension.content);
    const id = oidOf(reader.take(tags.objectIdentifier));
    reader.takeIf(tags.boolean);
    values.set(id, reader.take(tags.octetString));
  }
  return values;
}

function usageOf(value: Buffer): number {
  // The first byte of a BIT STRING counts the bits that are not used.
  const [, low = 0, high = 0] = new DerReader(value).take(tags.bitString);
  return low | (high << 8);
}

function authorityOf(value: Buffer): boolean {
  const flag = new DerReader(new DerReader(value).take(tags.sequence)).takeIf(tags.boolean);
  return flag !== undefined && flag[0] !== 0;
}

/** Reads the extensions. @throws RangeError when the DER is malformed */
export function readExtensions(values: ReadonlyMap<string, Buffer>): Extensions {
  const read = <T>(id: string, decode: (value: Buffer) => T): T | undefined => {
    const value = values.get(id);
    return value === undefined ? undefined : decode(value);
  };
  const subjectKeyId = read(ids.subjectKeyId, value => new DerReader(value).take(tags.octetString));
  const authorityKeyId = read(ids.authorityKeyId, value =>
    new DerReader(new DerReader(value).take(tags.sequence)).takeIf(tags.implicit0),
  );
  return {
    keyUsage: read(ids.keyUsage, usageOf),
    authority: read(ids.basicConstraints, authorityOf),
    subjectKeyId: subjectKeyId?.toString('hex') ?? '',
    authorityKeyId: authorityKeyId?.toString('hex') ?? '',
  };
}
