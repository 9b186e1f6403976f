import { defineTable, integer, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { absolutePath } from '../lib/paths.ts';
import { isAuthority, isSelfSigned, readCertificate } from '../lib/x509/certificate.ts';
import { commaName } from '../lib/x509/name.ts';
import { pemCertificates } from '../lib/x509/pem.ts';
import { certificateRow } from '../lib/x509/row.ts';

/** Where Red Hat, Debian and SUSE keep the authorities that programs trust. */
const bundles = [
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/certs/ca-certificates.crt',
  '/var/lib/ca-certificates/ca-bundle.pem',
] as const;

/** Who is trusted, or what certificates a file holds. */
export const certificates = defineTable({
  name: 'certificates',
  description: 'X.509 certificates of the system CA bundle or of a given PEM file.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { cacheable: true },
  examples: [
    "select common_name, datetime(not_valid_after, 'unixepoch') from certificates where cast(not_valid_after as bigint) < strftime('%s', 'now')",
    "select subject2, key_usage from certificates where path = '/etc/ssl/certs/ca-certificates.crt' and ca = 1",
  ],
  columns: {
    common_name: text('Common name of the subject'),
    subject: text('Whom it is for, as /C=US/O=Example'),
    subject2: text('Whom it is for, as C = US, O = Example'),
    issuer: text('Who issued it, as /C=US/O=Example'),
    issuer2: text('Who issued it, as C = US, O = Example'),
    ca: integer('1 when it may issue others'),
    self_signed: integer('1 when it may have issued itself'),
    not_valid_before: text('Start of its validity, in seconds since 1970'),
    not_valid_after: text('End of its validity, in seconds since 1970'),
    signing_algorithm: text('Algorithm of its signature'),
    key_algorithm: text('Algorithm of its key'),
    key_strength: text('Bits of an RSA or DSA key, name of a curve'),
    key_usage: text('What the key may be used for'),
    subject_key_id: text('Identifier of its key', { collate: 'nocase' }),
    authority_key_id: text("Identifier of its issuer's key", { collate: 'nocase' }),
    sha1: text('SHA-1 of the certificate', { collate: 'nocase' }),
    path: text('PEM file to read instead of the bundle of the system', { additional: true, optimized: true }),
    serial: text('Serial number, hexadecimal', { collate: 'nocase' }),
    sid: text('Security identifier', { platforms: ['windows'] }),
    store_location: text('Location of the store', { platforms: ['windows'] }),
    store: text('Store', { platforms: ['windows'] }),
    username: text('Account of the store', { platforms: ['windows'] }),
    store_id: text('Identifier of the store', { platforms: ['windows'] }),
  },
  *generate(context) {
    const { files } = context;
    const losses = new Losses('cannot be read');
    for (const path of context.equals('path') ?? bundles) {
      if (context.aborted) return;
      const pem = path === '' ? undefined : losses.attempt(path, () => files.readTextIfPresent(absolutePath(path)));
      for (const der of pemCertificates(pem ?? '')) {
        const certificate = losses.attempt(path, () => readCertificate(der));
        if (certificate === undefined) continue;
        yield {
          ...certificateRow(certificate),
          subject2: commaName(certificate.subject),
          issuer2: commaName(certificate.issuer),
          // OpenSSL is asked for these, which takes longer than all the rest.
          ca: context.used('ca') ? Number(isAuthority(certificate)) : null,
          self_signed: context.used('self_signed') ? Number(isSelfSigned(certificate)) : null,
          path,
        };
      }
    }
    losses.report(context);
  },
});
