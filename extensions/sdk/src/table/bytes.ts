import { isUtf8 } from 'node:buffer';

/**
 * Bytes that travel as text, as the protocol package carries them: a byte that is not part of valid UTF-8 is the lone surrogate
 * U+DC00 + byte (Python's `surrogateescape`, PEP 383), and nothing is lost either way.
 */
const escapeBase = 0xdc00;
const escaped = /([\udc80-\udcff])/u;

const sequenceLength = (lead: number): number => (lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4);

/** Bytes as text. */
export function bytesToText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString();
  let text = '';
  for (let at = 0; at < buffer.length; ) {
    const lead = buffer[at] ?? 0;
    const piece = buffer.subarray(at, at + sequenceLength(lead));
    const whole = piece.length === sequenceLength(lead) && isUtf8(piece);
    text += whole ? piece.toString() : String.fromCharCode(escapeBase + lead);
    at += whole ? piece.length : 1;
  }
  return text;
}

/** The bytes of a text that {@link bytesToText} made, or of any other. */
export function textToBytes(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const pieces = text.split(escaped);
  return Buffer.concat(
    pieces.map((piece, index) => (index % 2 === 1 ? Buffer.of(piece.charCodeAt(0) - escapeBase) : Buffer.from(piece))),
  );
}

/** A text as a JSON string in which such bytes stand as they are, as osquery writes them. */
export function jsonString(text: string): string {
  if (text.isWellFormed()) return JSON.stringify(text);
  const pieces = text.split(escaped);
  return `"${pieces.map((piece, index) => (index % 2 === 1 ? piece : JSON.stringify(piece).slice(1, -1))).join('')}"`;
}
