import { DerReader, type Element, elementsOf, oidOf, tags } from '../der.ts';
import { commaName } from '../name.ts';
import { generalNameText } from './general-name.ts';
import { accessNames, purposeNames, usageNames } from './names.ts';

const colons = (bytes: Buffer): string => (bytes.toString('hex').toUpperCase().match(/../g) ?? []).join(':');
const sequence = (value: Buffer): Element[] => [...elementsOf(new DerReader(value).take(tags.sequence))];
const numberOf = (content: Buffer): string => BigInt(`0x${content.toString('hex') || '0'}`).toString();
const namesOf = (value: Buffer): string =>
  sequence(value)
    .map(name => generalNameText(name))
    .join(', ');

function usageText(value: Buffer): string {
  const [, ...bytes] = new DerReader(value).take(tags.bitString);
  return usageNames.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0).join(', ');
}

function basicText(value: Buffer): string {
  const reader = new DerReader(new DerReader(value).take(tags.sequence));
  const authority = reader.takeIf(tags.boolean)?.[0];
  const length = reader.takeIf(tags.integer);
  return `CA:${authority ? 'TRUE' : 'FALSE'}${length === undefined ? '' : `, pathlen:${numberOf(length)}`}`;
}

/** The key by its identifier; where the issuer of its issuer and a serial number are given as well, each is named. */
function authorityKeyText(value: Buffer): string {
  const reader = new DerReader(new DerReader(value).take(tags.sequence));
  const key = reader.takeIf(tags.implicit0);
  const issuer = reader.takeIf(0xa1);
  const serial = reader.takeIf(0x82);
  const prefix = issuer === undefined && serial === undefined ? '' : 'keyid:';
  return [
    ...(key === undefined ? [] : [prefix + colons(key)]),
    ...(issuer === undefined ? [] : [...elementsOf(issuer)].map(name => generalNameText(name))),
    ...(serial === undefined ? [] : [`serial:${colons(serial)}`]),
  ].join(';');
}

/** The names of identifiers, or pairs of them. */
const oids = (content: Buffer): string[] => [...elementsOf(content)].map(({ content: oid }) => oidOf(oid));

/** Where a policy is written down, and what it says to users (RFC 5280, 4.2.1.4). */
function qualifierText({ content }: Element): string {
  const reader = new DerReader(content);
  const kind = oidOf(reader.take(tags.objectIdentifier));
  const value = reader.next();
  return kind === '1.3.6.1.5.5.7.2.1' ? `;  CPS: ${value?.content.toString('latin1') ?? ''}` : ';  User Notice:';
}

function policiesText(value: Buffer): string {
  const texts = sequence(value).map(({ content }) => {
    const reader = new DerReader(content);
    const oid = oidOf(reader.take(tags.objectIdentifier));
    const qualifiers = reader.takeIf(tags.sequence);
    const name = oid === '2.5.29.32.0' ? 'X509v3 Any Policy' : oid;
    return `Policy: ${name}${qualifiers === undefined ? '' : [...elementsOf(qualifiers)].map(qualifierText).join('')}`;
  });
  return texts.join(';');
}

function accessText(value: Buffer): string {
  const texts = sequence(value).map(({ content }) => {
    const reader = new DerReader(content);
    const method = oidOf(reader.take(tags.objectIdentifier));
    const place = reader.next();
    return `${accessNames.get(method) ?? method} - ${place === undefined ? '' : generalNameText(place)}`;
  });
  return texts.join(';');
}

/** What is at a tag, behind its own text. */
function tagged(reader: DerReader, tag: number, text: (content: Buffer) => string): string[] {
  const content = reader.takeIf(tag);
  return content === undefined ? [] : [text(content)];
}

/** The name that a constraint is about, in the other form that OpenSSL has for some. */
const constrainedName = ({ content }: Element): string =>
  [...elementsOf(content)]
    .slice(0, 1)
    .map(name => generalNameText(name, commaName).replace(/^IP Address:/, 'IP:'))
    .join('');

function nameConstraintsText(value: Buffer): string {
  const reader = new DerReader(new DerReader(value).take(tags.sequence));
  const trees = (title: string) => (content: Buffer) =>
    [title, ...[...elementsOf(content)].map(tree => `  ${constrainedName(tree)}`)].join(';');
  return [...tagged(reader, 0xa0, trees('Permitted:')), ...tagged(reader, 0xa1, trees('Excluded:'))].join(';');
}

function policyConstraintsText(value: Buffer): string {
  const reader = new DerReader(new DerReader(value).take(tags.sequence));
  return [
    ...tagged(reader, 0x80, content => `Require Explicit Policy:${numberOf(content)}`),
    ...tagged(reader, 0x81, content => `Inhibit Policy Mapping:${numberOf(content)}`),
  ].join(', ');
}

/** The columns of extensions: the identifier of each, and how OpenSSL prints it, with `;` for the end of a line. */
const printers = {
  subject_key_identifier: ['2.5.29.14', value => colons(new DerReader(value).take(tags.octetString))],
  authority_key_identifier: ['2.5.29.35', authorityKeyText],
  key_usage: ['2.5.29.15', usageText],
  extended_key_usage: [
    '2.5.29.37',
    value =>
      sequence(value)
        .map(({ content }) => purposeNames.get(oidOf(content)) ?? oidOf(content))
        .join(', '),
  ],
  policies: ['2.5.29.32', policiesText],
  subject_alternative_names: ['2.5.29.17', namesOf],
  issuer_alternative_names: ['2.5.29.18', namesOf],
  info_access: ['1.3.6.1.5.5.7.1.1', accessText],
  subject_info_access: ['1.3.6.1.5.5.7.1.11', accessText],
  policy_mappings: [
    '2.5.29.33',
    value =>
      sequence(value)
        .map(({ content }) => oids(content).join(':'))
        .join(', '),
  ],
  basic_constraint: ['2.5.29.19', basicText],
  name_constraints: ['2.5.29.30', nameConstraintsText],
  policy_constraints: ['2.5.29.36', policyConstraintsText],
} as const satisfies Readonly<Record<string, readonly [oid: string, print: (value: Buffer) => string]>>;

/** Texts of extensions by the columns of `curl_certificate`; empty where a certificate lacks one. */
export type ExtensionTexts = { readonly [Column in keyof typeof printers]: string };

/** Prints the extensions; `values` has them by identifier. A malformed one is printed in hexadecimal. */
export function extensionTexts(values: ReadonlyMap<string, Buffer>): ExtensionTexts {
  const print = ([oid, printer]: readonly [string, (value: Buffer) => string]): string => {
    const value = values.get(oid);
    if (value === undefined) return '';
    try {
      return printer(value);
    } catch (error) {
      if (error instanceof RangeError) return colons(value);
      throw error;
    }
  };
  return Object.fromEntries(
    Object.entries(printers).map(([column, printer]) => [column, print(printer)]),
  ) as unknown as ExtensionTexts;
}
