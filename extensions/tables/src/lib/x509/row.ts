import { type Certificate, fingerprintOf } from './certificate.ts';
import { keyUsageText } from './extensions.ts';
import { partOf, slashedName } from './name.ts';

/** The columns that every table of certificates has. */
export const certificateRow = (certificate: Certificate) => ({
  common_name: partOf(certificate.subject, 'CN'),
  subject: slashedName(certificate.subject),
  issuer: slashedName(certificate.issuer),
  not_valid_before: String(certificate.notBefore),
  not_valid_after: String(certificate.notAfter),
  signing_algorithm: certificate.signatureAlgorithm,
  key_algorithm: certificate.keyAlgorithm,
  key_strength: certificate.keyStrength,
  key_usage: keyUsageText(certificate.extensions.keyUsage),
  subject_key_id: certificate.extensions.subjectKeyId,
  authority_key_id: certificate.extensions.authorityKeyId,
  sha1: fingerprintOf(certificate),
  serial: certificate.serial,
});
