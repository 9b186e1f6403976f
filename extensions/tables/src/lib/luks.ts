import { quietly } from './quietly.ts';

/** How many bytes at the start of a volume {@link luksCipher} looks at: the binary header of LUKS2 and the text behind it. */
export const luksHeaderBytes = 65_536;

const magic = Buffer.from('LUKS\xba\xbe', 'latin1');
const textOffset = 4096;

const zeroEnded = (bytes: Buffer): string => bytes.toString('latin1').split('\0', 1)[0] ?? '';

/** The `encryption` of the first segment in the JSON of LUKS2 that has one; segments with `x-` types have none. */
function cipherInJson(text: string): string | undefined {
  const header: unknown = quietly(() => JSON.parse(text));
  const segments = header !== null && typeof header === 'object' && 'segments' in header ? header.segments : undefined;
  for (const segment of Object.values(segments ?? {}) as unknown[])
    if (segment !== null && typeof segment === 'object' && 'encryption' in segment) return String(segment.encryption);
  return undefined;
}

/**
 * The cipher with its mode, such as `aes-xts-plain64`, in the header of a LUKS volume (the on-disk formats of LUKS1, version 1.2.3,
 * and LUKS2, version 1.1). Undefined where there is none.
 */
export function luksCipher(header: Buffer): string | undefined {
  if (header.length < 512 || !header.subarray(0, magic.length).equals(magic)) return undefined;
  const version = header.readUInt16BE(6);
  if (version === 1) return `${zeroEnded(header.subarray(8, 40))}-${zeroEnded(header.subarray(40, 72))}`;
  return version === 2 ? cipherInJson(zeroEnded(header.subarray(textOffset))) : undefined;
}
