/** The attributes of a message by their types; of several of one type the last. A type has two more bits, which say how it is built. */
export type Attributes = ReadonlyMap<number, Buffer>;

const typeBits = 0x3fff;

/** Reads the attributes (struct rtattr of rtnetlink(7)) from an offset on; what is cut off ends them. */
export function attributesAt(bytes: Buffer, offset: number): Attributes {
  const attributes = new Map<number, Buffer>();
  for (let at = offset; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at);
    if (length < 4 || at + length > bytes.length) break;
    attributes.set(bytes.readUInt16LE(at + 2) & typeBits, bytes.subarray(at + 4, at + length));
    at += (length + 3) & ~3;
  }
  return attributes;
}

/** The text of an attribute, which may end with a NUL. */
export const textAttribute = (attributes: Attributes, type: number): string | undefined =>
  attributes.get(type)?.toString('utf8').replace(/\0.*$/s, '');

/** The number of an attribute of 32 bits. */
export const numberAttribute = (attributes: Attributes, type: number): number | undefined => {
  const value = attributes.get(type);
  return value !== undefined && value.length >= 4 ? value.readUInt32LE(0) : undefined;
};
