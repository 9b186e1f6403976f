const hex = (byte: number): string => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;

const replacement = '\ufffd';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\0-\x1f]/g;

/** How many bytes the UTF-8 character at `at` has; 0 when there is none (Unicode 15, table 3-7). */
export function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0;
  const second = bytes[at + 1] ?? 0;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let i = 2; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** Decodes UTF-8 with each byte that belongs to no character as `\xHH`. */
export function decodeText(content: Uint8Array): string {
  const text = Buffer.from(content.buffer, content.byteOffset, content.length).toString();
  if (!text.includes(replacement)) return text;
  let decoded = '';
  for (let at = 0; at < content.length; ) {
    const length = characterLength(content, at);
    if (length === 0) decoded += hex(content[at] ?? 0);
    else decoded += Buffer.from(content.subarray(at, at + length)).toString();
    at += Math.max(1, length);
  }
  return decoded;
}

/** Decodes a text as differential results show it: control characters and bytes that are not UTF-8 as `\xHH`. */
export const escapeText = (content: Uint8Array): string =>
  decodeText(content).replace(control, character => hex(character.charCodeAt(0)));

const plain = /^[\x20\x21\x23-\x5b\x5d-\ud7ff\ue000-\uffff]*$/;

/** A JSON string as osquery writes it: like JSON.stringify, with the hexadecimal digits of `\u00XX` in upper case. */
export function jsonText(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(/(\\\\)+|\\u00[0-9a-f]{2}/g, match =>
    match.startsWith('\\u') ? `\\u${match.slice(2).toUpperCase()}` : match,
  );
}
