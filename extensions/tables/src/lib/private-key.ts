import { createPrivateKey, type KeyObject } from 'node:crypto';
import { quietly } from './quietly.ts';

/** What is known of a private key without its passphrase. */
export interface PrivateKeyFacts {
  readonly encrypted: boolean;
  /** `rsa`, `dsa`, `dh` or `ec`; empty for others, and for keys of OpenSSH's own format. */
  readonly type: string;
  /** Curve of an `ec` key. */
  readonly group: string;
  /** In bits; -1 unknown. */
  readonly length: number;
  /** Bits of symmetric strength (NIST SP 800-57 part 1, table 2); -1 unknown. */
  readonly securityBits: number;
}

const unknown = { type: '', group: '', length: -1, securityBits: -1 } as const;
/** The line a key begins with, and the header of RFC 1421 that says it is encrypted. */
const pemStart = /-----BEGIN (?:([A-Z0-9]+) )?PRIVATE KEY-----\r?\n(Proc-Type: *4, *ENCRYPTED)?/;
const opensshMagic = Buffer.from('openssh-key-v1\0');
const namedTypes = new Set(['rsa', 'dsa', 'dh', 'ec']);

/** Strengths that are fixed (FIPS 140-2 implementation guidance 7.5); between them the formula counts. */
const modulusStrengths = new Map([
  [2048, 112],
  [3072, 128],
  [4096, 152],
  [6144, 176],
  [7680, 192],
  [8192, 200],
  [15360, 256],
]);

/** The strength of a modulus of so many bits, as a multiple of 8: that of the number field sieve against it. */
function modulusStrength(bits: number): number {
  const fixed = modulusStrengths.get(bits);
  if (fixed !== undefined) return fixed;
  const size = bits * Math.LN2;
  const strength = (1.923 * Math.cbrt(size * Math.log(size) ** 2) - 4.69) / Math.LN2;
  const cap = bits <= 7680 ? 192 : bits <= 15_360 ? 256 : 1200;
  return Math.max(0, Math.min(cap, Math.round(strength / 8) * 8));
}

const curveSteps = [512, 384, 256, 224, 160] as const;
const stepStrengths = [256, 192, 128, 112, 80] as const;

/** The strength of a curve over so many bits. */
function curveStrength(bits: number): number {
  const step = curveSteps.findIndex(least => bits >= least);
  return stepStrengths[step] ?? Math.floor(bits / 2);
}

/** The size of a curve, which its name holds, as in `prime256v1`; -1 for other names. */
const curveBits = (name: string): number => Number(/\d{3}/.exec(name)?.[0] ?? -1);

function factsOf(key: KeyObject): PrivateKeyFacts {
  const { modulusLength, divisorLength, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  const kind = key.asymmetricKeyType ?? '';
  const type = namedTypes.has(kind) ? kind : '';
  if (kind === 'ec') {
    const bits = curveBits(namedCurve);
    return {
      encrypted: false,
      type,
      group: namedCurve,
      length: bits,
      securityBits: bits < 0 ? -1 : curveStrength(bits),
    };
  }
  if (modulusLength === undefined) return { ...unknown, encrypted: false, type };
  const strength = modulusStrength(modulusLength);
  const securityBits = divisorLength === undefined ? strength : Math.min(strength, Math.floor(divisorLength / 2));
  return { encrypted: false, type, group: '', length: modulusLength, securityBits };
}

/** Whether a key of OpenSSH's format (PROTOCOL.key) names a cipher; undefined when it is none. */
function opensshEncrypted(pem: string, from: number): boolean | undefined {
  const body = Buffer.from(pem.slice(from, from + 200), 'base64');
  if (!body.subarray(0, opensshMagic.length).equals(opensshMagic) || body.length < opensshMagic.length + 4)
    return undefined;
  const start = opensshMagic.length + 4;
  const length = body.readUInt32BE(start - 4);
  return body.toString('latin1', start, Math.min(start + length, body.length)) !== 'none';
}

/** What a PEM file says of the first private key in it; undefined when there is none that can be parsed. */
export function privateKeyFacts(pem: string): PrivateKeyFacts | undefined {
  const start = pemStart.exec(pem);
  if (start === null) return undefined;
  const [line, label, header] = start;
  if (label === 'OPENSSH') {
    const encrypted = opensshEncrypted(pem, start.index + line.length);
    return encrypted === undefined ? undefined : { ...unknown, encrypted };
  }
  if (label === 'ENCRYPTED' || header !== undefined) return { ...unknown, encrypted: true };
  // What cannot be parsed only looks like a key.
  return quietly(() => factsOf(createPrivateKey(pem)));
}
