/**
 * Thrift strings are UTF-8 by agreement only: osquery puts the bytes of a blob into one as they are. So that no byte is lost on
 * its way through a JavaScript string, a byte that is not part of valid UTF-8 becomes the lone surrogate U+DC00 + byte, and goes
 * out as that byte again (Python calls it `surrogateescape`, PEP 383).
 */

const escapeBase = 0xdc00;
const replacement = '\ufffd';

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Bytes of the sequence that a lead byte starts, 0 for a byte that starts none. */
const sequenceLength = (lead: number): number => {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
};

/** Overlong forms, surrogates and code points above U+10FFFF show in the second byte (RFC 3629, section 4). */
const isSecondByte = (lead: number, second: number): boolean => {
  if (lead === 0xe0) return second >= 0xa0;
  if (lead === 0xed) return second < 0xa0;
  if (lead === 0xf0) return second >= 0x90;
  return lead !== 0xf4 || second < 0x90;
};

/** Length of the valid sequence at a position, 0 when there is none. */
const validSequence = (bytes: Uint8Array, at: number, end: number): number => {
  const lead = bytes[at] ?? 0;
  const length = sequenceLength(lead);
  if (length < 2) return length;
  if (at + length > end || !isSecondByte(lead, bytes[at + 1] ?? 0)) return 0;
  for (let index = at + 1; index < at + length; index++) if (!isContinuation(bytes[index])) return 0;
  return length;
};

const decodeEscaping = (bytes: Buffer, start: number, end: number): string => {
  let text = '';
  let runStart = start;
  let at = start;
  while (at < end) {
    const length = validSequence(bytes, at, end);
    if (length === 0) {
      text += bytes.toString('utf8', runStart, at) + String.fromCharCode(escapeBase + (bytes[at] ?? 0));
      runStart = at + 1;
    }
    at += Math.max(1, length);
  }
  return text + bytes.toString('utf8', runStart, end);
};

/** Decodes UTF-8 bytes, keeping invalid ones as lone surrogates. */
export function decodeText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end);
  return text.includes(replacement) ? decodeEscaping(bytes, start, end) : text;
}

const isEscapedByte = (code: number): boolean => code >= escapeBase + 0x80 && code <= escapeBase + 0xff;

/** Encodes a string that may hold lone surrogates: an escaped byte as itself, any other as U+FFFD. */
export function encodeText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const bytes = Buffer.allocUnsafe(text.length * 3);
  let at = 0;
  let runStart = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.codePointAt(index) ?? 0;
    if (code > 0xffff) index++;
    if (!isEscapedByte(code)) continue;
    at += bytes.write(text.slice(runStart, index), at);
    at = bytes.writeUInt8(code - escapeBase, at);
    runStart = index + 1;
  }
  return bytes.subarray(0, at + bytes.write(text.slice(runStart), at));
}
