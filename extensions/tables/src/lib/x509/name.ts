import { DerReader, type Element, elementsOf, oidOf, tags } from './der.ts';
import { attributeNames } from './oids.ts';

/** One part of a distinguished name. */
interface NamePart {
  readonly name: string;
  readonly value: Element;
  /** It stands beside the part before it, not below. */
  readonly joined: boolean;
}

/** A distinguished name (RFC 5280, 4.1.2.4). */
export type Name = readonly NamePart[];

/** Bytes of a character in the string types that OpenSSL prints as text; 0 for UTF-8. */
const widths: ReadonlyMap<number, number> = new Map([
  [0x0c, 0], // UTF8String
  [0x12, 1], // NumericString
  [0x13, 1], // PrintableString
  [0x14, 1], // T61String, taken for Latin-1
  [0x16, 1], // IA5String
  [0x17, 1], // UTCTime
  [0x18, 1], // GeneralizedTime
  [0x1a, 1], // VisibleString
  [0x1c, 4], // UniversalString
  [0x1e, 2], // BMPString
]);

const bmpSwapped = (content: Buffer): Buffer => Buffer.from(content.subarray(0, content.length & ~1)).swap16();

function universalText(content: Buffer): string {
  let text = '';
  for (let at = 0; at + 4 <= content.length; at += 4) {
    const point = content.readUInt32BE(at);
    text += point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point);
  }
  return text;
}

/** The text of a string element; undefined for other types. */
function textOf({ tag, content }: Element): string | undefined {
  switch (widths.get(tag)) {
    case 0:
      return content.toString('utf8');
    case 1:
      return content.toString('latin1');
    case 2:
      return bmpSwapped(content).toString('utf16le');
    case 4:
      return universalText(content);
    default:
      return undefined;
  }
}

/** Reads a name from the content of its sequence. @throws RangeError when the DER is malformed */
export function readName(content: Buffer): Name {
  const parts: NamePart[] = [];
  for (const set of elementsOf(content)) {
    let joined = false;
    for (const attribute of elementsOf(set.content)) {
      const reader = new DerReader(attribute.content);
      const oid = oidOf(reader.take(tags.objectIdentifier));
      const value = reader.next();
      if (value === undefined) continue;
      parts.push({ name: attributeNames.get(oid) ?? oid, value, joined });
      joined = true;
    }
  }
  return parts;
}

/** The first part of a kind, such as `CN`; empty when there is none. */
export function partOf(name: Name, kind: string): string {
  const found = name.find(part => part.name === kind);
  return found === undefined ? '' : (textOf(found.value) ?? found.value.content.toString('latin1'));
}

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');

function slashed({ name, value, joined }: NamePart): string {
  let text = `${joined ? '+' : '/'}${name}=`;
  for (const byte of value.content) {
    const character = String.fromCharCode(byte);
    if (character === '/' || character === '+') text += `\\${character}`;
    else text += byte < 0x20 || byte > 0x7e ? `\\x${hex(byte)}` : character;
  }
  return text;
}

/** A name as `X509_NAME_oneline` of OpenSSL 3 writes it: `/C=US/O=Example`, with what is no printable ASCII as `\xC3`. */
export const slashedName = (name: Name): string => name.map(slashed).join('');

const special = /[,+"\\<>;]|^[ #]| $/;

function quoted(value: Element): string {
  const text = textOf(value);
  if (text === undefined) return `#${value.whole.toString('hex').toUpperCase()}`;
  let escaped = '';
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === '\\') escaped += `\\${character}`;
    else escaped += byte < 0x20 || byte > 0x7e ? `\\${hex(byte)}` : character;
  }
  return special.test(text) ? `"${escaped}"` : escaped;
}

/** A name as OpenSSL's `-nameopt oneline` writes it: `C = US, O = Example`, with what is no ASCII as `\C3\A9`. */
export const commaName = (name: Name): string =>
  name
    .map((part, index) => {
      const separator = index === 0 ? '' : part.joined ? ' + ' : ', ';
      return `${separator}${part.name} = ${quoted(part.value)}`;
    })
    .join('');
