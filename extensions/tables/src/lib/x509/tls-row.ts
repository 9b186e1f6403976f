import { type Certificate, fingerprintOf } from './certificate.ts';
import { partOf } from './name.ts';
import { extensionTexts } from './text/extensions.ts';

/** Short names of algorithms, where OpenSSL has another one than the long. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ['md5WithRSAEncryption', 'RSA-MD5'],
  ['sha1WithRSAEncryption', 'RSA-SHA1'],
  ['sha224WithRSAEncryption', 'RSA-SHA224'],
  ['sha256WithRSAEncryption', 'RSA-SHA256'],
  ['sha384WithRSAEncryption', 'RSA-SHA384'],
  ['sha512WithRSAEncryption', 'RSA-SHA512'],
  ['rsassaPss', 'RSASSA-PSS'],
  ['dsaWithSHA1', 'DSA-SHA1'],
]);

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** A time as OpenSSL prints it: `Jan  5 09:00:00 2026 GMT`. */
function timeText(seconds: number): string {
  const at = new Date(seconds * 1000);
  const day = String(at.getUTCDate()).padStart(2);
  return `${months[at.getUTCMonth()]} ${day} ${at.toISOString().slice(11, 19)} ${at.getUTCFullYear()} GMT`;
}

const colons = (bytes: Buffer): string => (bytes.toString('hex').match(/../g) ?? []).join(':');

/** A certificate in PEM (RFC 7468). */
export function pemOf({ der }: Certificate): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** The columns of a certificate that a server showed. @param nowMs milliseconds since 1970 */
export function tlsCertificateRow(certificate: Certificate, nowMs: number) {
  const { subject, issuer } = certificate;
  return {
    common_name: partOf(subject, 'CN'),
    organization: partOf(subject, 'O'),
    organization_unit: partOf(subject, 'OU'),
    serial_number: certificate.serial,
    issuer_common_name: partOf(issuer, 'CN'),
    issuer_organization: partOf(issuer, 'O'),
    issuer_organization_unit: partOf(issuer, 'OU'),
    valid_from: timeText(certificate.notBefore),
    valid_to: timeText(certificate.notAfter),
    sha256_fingerprint: fingerprintOf(certificate, 'sha256'),
    sha1_fingerprint: fingerprintOf(certificate),
    version: certificate.version + 1,
    signature_algorithm: shortNames.get(certificate.signatureAlgorithm) ?? certificate.signatureAlgorithm,
    signature: colons(certificate.signature),
    has_expired: Number(certificate.notAfter * 1000 <= nowMs),
    ...extensionTexts(certificate.extensionValues),
  };
}
