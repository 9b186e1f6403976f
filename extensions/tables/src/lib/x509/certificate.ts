import { createHash, X509Certificate } from 'node:crypto';
import { quietly } from '../quietly.ts';
import { DerReader, oidOf, tags, timeOf } from './der.ts';
import { type Extensions, extensionValues, keyCertSign, readExtensions } from './extensions.ts';
import { type Name, readName } from './name.ts';
import { algorithmNames, curveNames } from './oids.ts';

/** The parts of a certificate (RFC 5280, 4.1) that tables show. */
export interface Certificate {
  /** Exactly the certificate, without what may follow it. */
  readonly der: Buffer;
  /** Counted as in the file: 0 is version 1. */
  readonly version: number;
  /** In hexadecimal, upper case. */
  readonly serial: string;
  readonly issuer: Name;
  readonly subject: Name;
  /** In seconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** OpenSSL's name; its number where there is none. */
  readonly signatureAlgorithm: string;
  readonly keyAlgorithm: string;
  /** Bits of an RSA or DSA key, name of a curve, or empty. */
  readonly keyStrength: string;
  readonly extensions: Extensions;
  /** The DER of each extension by its object identifier. */
  readonly extensionValues: ReadonlyMap<string, Buffer>;
  readonly signature: Buffer;
}

/** An INTEGER as OpenSSL prints a serial number: `-0F` for a negative one, `0` for zero. */
function serialOf(content: Buffer): string {
  const bits = BigInt(content.length * 8);
  const unsigned = BigInt(`0x${content.toString('hex') || '0'}`);
  const value = (content[0] ?? 0) < 0x80 ? unsigned : unsigned - (1n << bits);
  if (value === 0n) return '0';
  const digits = (value < 0n ? -value : value).toString(16).toUpperCase();
  return `${value < 0n ? '-' : ''}${digits.length % 2 === 0 ? '' : '0'}${digits}`;
}

/** The size of a positive INTEGER in bits, as whole bytes. */
const sizeOf = (integer: Buffer): string => String((integer.length - (integer[0] === 0 ? 1 : 0)) * 8);

interface KeyFacts {
  readonly keyAlgorithm: string;
  readonly keyStrength: string;
}

function strengthOf(algorithm: string, parameters: DerReader, key: Buffer): string {
  if (algorithm === 'rsaEncryption')
    return sizeOf(new DerReader(new DerReader(key.subarray(1)).take(tags.sequence)).take(tags.integer));
  if (algorithm === 'dsaEncryption') return sizeOf(new DerReader(parameters.take(tags.sequence)).take(tags.integer));
  if (algorithm !== 'id-ecPublicKey') return '';
  const curve = parameters.takeIf(tags.objectIdentifier);
  if (curve === undefined) return '';
  const oid = oidOf(curve);
  return curveNames.get(oid) ?? oid;
}

/** Reads a SubjectPublicKeyInfo. */
function keyFacts(content: Buffer): KeyFacts {
  const info = new DerReader(content);
  const algorithm = new DerReader(info.take(tags.sequence));
  const oid = oidOf(algorithm.take(tags.objectIdentifier));
  const keyAlgorithm = algorithmNames.get(oid) ?? oid;
  const key = info.take(tags.bitString);
  // A key that is broken says nothing against the rest of the certificate.
  return { keyAlgorithm, keyStrength: quietly(() => strengthOf(keyAlgorithm, algorithm, key)) ?? '' };
}

/** Reads a certificate at the start of `bytes`. @throws RangeError when the DER is malformed */
export function readCertificate(bytes: Buffer): Certificate {
  const { content, whole } = new DerReader(bytes).next() ?? { content: bytes, whole: bytes };
  const outer = new DerReader(content);
  const body = new DerReader(outer.take(tags.sequence));
  const signature = oidOf(new DerReader(outer.take(tags.sequence)).take(tags.objectIdentifier));
  const signatureBits = outer.takeIf(tags.bitString) ?? Buffer.alloc(0);
  const version = body.takeIf(tags.explicit0);
  const serial = serialOf(body.take(tags.integer));
  body.take(tags.sequence);
  const issuer = readName(body.take(tags.sequence));
  const validity = new DerReader(body.take(tags.sequence));
  const time = (): number => timeOf(validity.next() ?? { tag: 0, content: bytes.subarray(0, 0), whole: bytes });
  const [notBefore, notAfter] = [time(), time()];
  const subject = readName(body.take(tags.sequence));
  const key = keyFacts(body.take(tags.sequence));
  let last = body.next();
  while (last !== undefined && last.tag !== tags.explicit3) last = body.next();
  const values = extensionValues(last?.content);
  return {
    der: whole,
    version: version?.at(-1) ?? 0,
    serial,
    issuer,
    subject,
    notBefore,
    notAfter,
    signatureAlgorithm: algorithmNames.get(signature) ?? signature,
    ...key,
    extensions: readExtensions(values),
    extensionValues: values,
    // Its first byte counts the bits that are not used.
    signature: signatureBits.subarray(1),
  };
}

/** A digest of a certificate in hexadecimal; by its SHA-1 it is known. */
export const fingerprintOf = ({ der }: Certificate, algorithm: 'sha1' | 'sha256' = 'sha1'): string =>
  createHash(algorithm).update(der).digest('hex');

/** Whether a certificate may have been issued by itself (OpenSSL's `X509_check_issued`); the signature is not checked. */
export function isSelfSigned({ der }: Certificate): boolean {
  const certificate = quietly(() => new X509Certificate(der));
  return certificate?.checkIssued(certificate) === true;
}

/** Whether a certificate may issue others (OpenSSL's `X509_check_ca`). */
export function isAuthority(certificate: Certificate): boolean {
  const { keyUsage, authority } = certificate.extensions;
  if (keyUsage !== undefined && (keyUsage & keyCertSign) === 0) return false;
  if (authority !== undefined) return authority;
  return keyUsage !== undefined || (certificate.version === 0 && isSelfSigned(certificate));
}
