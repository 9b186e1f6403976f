import { crc32, deflateRawSync } from 'node:zlib';

/** A record of a ZIP archive: a signature and numbers of two or four bytes, little-endian. */
function record(signature: number, ...numbers: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  const fields = [[4, signature] as const, ...numbers].map(([bytes, value]) => {
    const field = Buffer.alloc(bytes);
    field.writeUIntLE(value, 0, bytes);
    return field;
  });
  return Buffer.concat(fields);
}

/** A ZIP archive (APPNOTE.TXT of PKWARE) with compressed files. */
export function zipOf(files: Readonly<Record<string, string>>, comment = ''): Buffer {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let place = 0;
  for (const [name, text] of Object.entries(files)) {
    const packed = deflateRawSync(text);
    const path = Buffer.from(name);
    const sizes = [
      [4, crc32(text)],
      [4, packed.length],
      [4, Buffer.byteLength(text)],
      [2, path.length],
    ] as const;
    const head = [[2, 20], [2, 0], [2, 8], [4, 0], ...sizes] as const;
    const part = Buffer.concat([record(0x0403_4b50, ...head, [2, 0]), path, packed]);
    list.push(record(0x0201_4b50, [2, 20], ...head, [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, place]), path);
    parts.push(part);
    place += part.length;
  }
  const entries = Buffer.concat(list);
  const count = Object.keys(files).length;
  const end = record(
    0x0605_4b50,
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, entries.length],
    [4, place],
    [2, comment.length],
  );
  return Buffer.concat([...parts, entries, end, Buffer.from(comment)]);
}
