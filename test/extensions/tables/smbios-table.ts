/** Bytes of an SMBIOS structure: header, the numbers after it and the strings that they refer to. */
export function structureOf(type: number, numbers: readonly number[], strings: readonly string[] = []): Buffer {
  const formatted = Buffer.from([type, numbers.length + 4, 0x34, 0x12, ...numbers]);
  const text = strings.map(string => `${string}\0`).join('');
  return Buffer.concat([formatted, Buffer.from(text === '' ? '\0\0' : `${text}\0`, 'latin1')]);
}

/** The numbers of a structure of `length` bytes: zeros but for those given by their offset from the header's start. */
export function numbersOf(length: number, values: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: length - 4 }, (_, index) => values[index + 4] ?? 0);
}
