import { addressOfBytes } from '../../inet-address.ts';
import { DerReader, type Element, oidOf, tags } from '../der.ts';
import { type Name, readName, slashedName } from '../name.ts';

/** Numbers of the kinds of names (GeneralName of RFC 5280, 4.2.1.6). */
const kinds = { other: 0, email: 1, dns: 2, directory: 4, uri: 6, address: 7, registered: 8 } as const;
const kindBits = 0x1f;

const plain = ({ content }: Element): string => content.toString('latin1');

/** An address, or with as many bytes again, an address and its mask. */
function addressText(content: Buffer): string {
  const half = content.length / 2;
  if (content.length === 4) return addressOfBytes(content);
  if (content.length === 16) return groups(content);
  if (content.length === 8)
    return `${addressOfBytes(content.subarray(0, half))}/${addressOfBytes(content.subarray(half))}`;
  if (content.length === 32) return `${groups(content.subarray(0, half))}/${groups(content.subarray(half))}`;
  return '<invalid>';
}

/** All eight groups of an IPv6 address: OpenSSL shortens nothing here. */
const groups = (bytes: Buffer): string =>
  Array.from({ length: 8 }, (_, index) =>
    bytes
      .readUInt16BE(index * 2)
      .toString(16)
      .toUpperCase(),
  ).join(':');

/**
 * A name as OpenSSL prints it: `DNS:www.example.org`.
 * @param nameText how it prints a distinguished name, which depends on where that stands
 * @throws RangeError when the DER is malformed
 */
export function generalNameText(element: Element, nameText: (name: Name) => string = slashedName): string {
  switch (element.tag & kindBits) {
    case kinds.email:
      return `email:${plain(element)}`;
    case kinds.dns:
      return `DNS:${plain(element)}`;
    case kinds.directory:
      return `DirName:${nameText(readName(new DerReader(element.content).take(tags.sequence)))}`;
    case kinds.uri:
      return `URI:${plain(element)}`;
    case kinds.address:
      return `IP Address:${addressText(element.content)}`;
    case kinds.registered:
      return `Registered ID:${oidOf(element.content)}`;
    case kinds.other:
      return 'othername:<unsupported>';
    default:
      return '<unsupported>';
  }
}
