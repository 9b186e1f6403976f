import { defineTable, integer, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { tlsChainOf } from '../lib/tls-chain.ts';
import { readCertificate } from '../lib/x509/certificate.ts';
import { pemOf, tlsCertificateRow } from '../lib/x509/tls-row.ts';

const defaultTimeoutSeconds = 4;

/** The certificates that servers show. Whether they can be trusted is not asked. */
export const curlCertificate = defineTable({
  name: 'curl_certificate',
  description: 'Certificate chain presented by a TLS server.',
  platforms: ['linux', 'macos', 'windows'],
  examples: [
    "select common_name, valid_to, has_expired from curl_certificate where hostname = 'localhost:8443'",
    "select pem from curl_certificate where hostname = 'localhost' and dump_certificate = 1 and timeout = 2",
  ],
  columns: {
    hostname: text('Host to connect to, or host:port; 443 is the port unless it says', {
      required: true,
      optimized: true,
    }),
    common_name: text('Common name of the subject'),
    organization: text('Organization of the subject'),
    organization_unit: text('Its unit'),
    serial_number: text('Serial number, hexadecimal', { collate: 'nocase' }),
    issuer_common_name: text('Common name of the issuer'),
    issuer_organization: text('Organization of the issuer'),
    issuer_organization_unit: text('Its unit'),
    valid_from: text('Start of its validity, as Jan  5 09:00:00 2026 GMT'),
    valid_to: text('End of its validity'),
    sha256_fingerprint: text('SHA-256 of the certificate', { collate: 'nocase' }),
    sha1_fingerprint: text('SHA-1 of the certificate', { collate: 'nocase' }),
    version: integer('Version of the format'),
    signature_algorithm: text('Algorithm of its signature'),
    signature: text('The signature, hexadecimal'),
    subject_key_identifier: text('Identifier of its key', { collate: 'nocase' }),
    authority_key_identifier: text("Identifier of its issuer's key", { collate: 'nocase' }),
    key_usage: text('What the key may be used for'),
    extended_key_usage: text('Purposes it is for'),
    policies: text('Policies it was issued under'),
    subject_alternative_names: text('Other names of the subject'),
    issuer_alternative_names: text('Other names of the issuer'),
    info_access: text('Where more is known about the issuer'),
    subject_info_access: text('Where more is known about the subject'),
    policy_mappings: text('Policies that stand for others'),
    has_expired: integer('1 when its validity has ended'),
    basic_constraint: text('Whether it may issue others'),
    name_constraints: text('Names it may issue others for'),
    policy_constraints: text('Policies that others have to have'),
    dump_certificate: integer('1 to have the certificate itself', { additional: true, hidden: true }),
    timeout: integer('How long to wait, seconds; 4 unless the query says, 0 for as long as the query may take', {
      additional: true,
      hidden: true,
    }),
    pem: text('The certificate itself, where dump_certificate is 1'),
  },
  async *generate(context) {
    const dump_certificate = context.equals('dump_certificate')?.includes(1) ? 1 : 0;
    const [asked = defaultTimeoutSeconds] = context.equals('timeout') ?? [];
    const timeout = asked < 0 ? defaultTimeoutSeconds : asked;
    const losses = new Losses('cannot be asked for a certificate');
    for (const hostname of context.equals('hostname') ?? [])
      try {
        for (const der of await tlsChainOf(hostname, timeout * 1000, context.signal)) {
          const certificate = readCertificate(der);
          const pem = dump_certificate === 1 ? pemOf(certificate) : '';
          yield { hostname, ...tlsCertificateRow(certificate, Date.now()), dump_certificate, timeout: asked, pem };
        }
      } catch (error) {
        losses.add(hostname, error instanceof Error ? error.message : String(error));
      }
    losses.report(context);
  },
});
