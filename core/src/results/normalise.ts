import { malformed, tag, viewOf } from './encoding.ts';

/** What {@link scanRow} found out about a row. */
export interface RowScan {
  /** Where the row ends. */
  end: number;
  /** Whether it is not in the form that is stored. */
  odd: boolean;
  /** The size of its values as osquery counts it: 8 for a number, the bytes of a text. */
  size: number;
}

/**
 * Walks over one row without decoding it. NULL becomes the empty text in place, since both are one byte and stored rows know no NULL.
 * A row is odd when more is to be done: a blob, a text with a NUL byte in it (osquery's texts end there), or a NULL that is shown as
 * some other text.
 * @param values where the first value of the row begins
 */
export function scanRow(
  bytes: Uint8Array,
  view: DataView,
  values: number,
  columns: number,
  nullIsEmpty: boolean,
  scan: RowScan,
): void {
  let at = values;
  let odd = false;
  let size = 0;
  for (let column = 0; column < columns; column++) {
    const first = bytes[at] ?? tag.nil;
    if (first < 0x80 || first >= 0xe0) {
      at += 1;
      size += 8;
    } else if (first >= 0xa0 && first <= 0xbf) {
      const end = at + 1 + (first & 0x1f);
      size += end - at - 1;
      odd ||= hasZero(bytes, view, at + 1, end);
      at = end;
    } else if (first === tag.nil) {
      if (nullIsEmpty) bytes[at] = tag.emptyText;
      else odd = true;
      at += 1;
    } else if (first >= 0xcb && first <= 0xd3) {
      at += first === tag.float64 ? 9 : 1 + (1 << (first & 3));
      size += 8;
    } else {
      const start = sizedStart(first, at);
      const end = start + sizedLength(view, at, start);
      odd ||= first < tag.str8 || hasZero(bytes, view, start, end);
      size += end - start;
      at = end;
    }
  }
  note(scan, bytes, at, odd, size);
}

function note(scan: RowScan, bytes: Uint8Array, end: number, odd: boolean, size: number): void {
  if (end > bytes.length) throw malformed(end, 'it ends within a row');
  scan.end = end;
  scan.odd = odd;
  scan.size = size;
}

function sizedStart(first: number, at: number): number {
  const width = first >= tag.str8 && first <= 0xdb ? first - tag.str8 : first - tag.bin8;
  if (width < 0 || width > 2) throw malformed(at, `a value cannot begin with the byte ${first}`);
  return at + 1 + (1 << width);
}

function sizedLength(view: DataView, at: number, start: number): number {
  if (start - at === 2) return view.getUint8(at + 1);
  return start - at === 3 ? view.getUint16(at + 1) : view.getUint32(at + 1);
}

/** Whether there is a zero byte, four bytes at a time: Hacker's Delight, section 6-1. */
function hasZero(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
  if (end > bytes.length) throw malformed(start, 'it ends within a text');
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word = view.getUint32(at, true);
    if (((word - 0x01010101) & ~word & 0x80808080) !== 0) return true;
  }
  for (; at < end; at++) if (bytes[at] === 0) return true;
  return false;
}

/** The encoding of a text. */
export function encodeText(content: Uint8Array): Uint8Array {
  const { length } = content;
  const head = length < 32 ? [0xa0 | length] : length < 0x100 ? [tag.str8, length] : wideHead(length);
  return Buffer.concat([Uint8Array.from(head), content]);
}

function wideHead(length: number): number[] {
  const head = Buffer.alloc(length < 0x10000 ? 3 : 5);
  head[0] = head.length === 3 ? 0xda : 0xdb;
  if (head.length === 3) viewOf(head).setUint16(1, length);
  else viewOf(head).setUint32(1, length);
  return [...head];
}

/** The head of a row of so many values. */
export function rowHead(columns: number): Uint8Array {
  if (columns < 16) return Uint8Array.of(0x90 | columns);
  const head = Buffer.alloc(columns < 0x10000 ? 3 : 5);
  head[0] = head.length === 3 ? tag.array16 : tag.array32;
  if (head.length === 3) viewOf(head).setUint16(1, columns);
  else viewOf(head).setUint32(1, columns);
  return head;
}
