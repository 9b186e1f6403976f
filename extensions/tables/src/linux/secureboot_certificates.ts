import { defineTable, integer, text } from '@outpost/sdk';
import { efiCertificates } from '../lib/efi-signatures.ts';
import { Losses } from '../lib/losses.ts';
import { isAuthority, isSelfSigned, readCertificate } from '../lib/x509/certificate.ts';
import { certificateRow } from '../lib/x509/row.ts';

const directory = '/sys/firmware/efi/efivars';

/** Who may sign what the firmware starts, and who may not. */
export const securebootCertificates = defineTable({
  name: 'secureboot_certificates',
  description: 'Certificates in the UEFI db and dbx signature stores.',
  platforms: ['linux'],
  examples: ['select common_name, revoked from secureboot_certificates'],
  columns: {
    common_name: text('Common name of the subject'),
    subject: text('Whom it is for, as /C=US/O=Example'),
    issuer: text('Who issued it, as /C=US/O=Example'),
    not_valid_before: text('Start of its validity, in seconds since 1970'),
    not_valid_after: text('End of its validity, in seconds since 1970'),
    sha1: text('SHA-1 of the certificate', { collate: 'nocase' }),
    serial: text('Serial number, hexadecimal', { collate: 'nocase' }),
    revoked: integer('1 in dbx, whose certificates are refused; 0 in db'),
    path: text('File of the store'),
    is_ca: integer('1 when it may issue others'),
    self_signed: integer('1 when it may have issued itself'),
    key_usage: text('What the key may be used for'),
    authority_key_id: text("Identifier of its issuer's key", { collate: 'nocase' }),
    subject_key_id: text('Identifier of its key', { collate: 'nocase' }),
    signing_algorithm: text('Algorithm of its signature'),
    key_algorithm: text('Algorithm of its key'),
    key_strength: text('Bits of an RSA or DSA key, name of a curve'),
  },
  *generate(context) {
    const { files } = context;
    const losses = new Losses('cannot be read');
    const names = losses.attempt(directory, () => files.readdir(directory).sort()) ?? [];
    for (const name of names) {
      const [, store] = /^(dbx?)-/.exec(name) ?? [];
      if (store === undefined) continue;
      const path = `${directory}/${name}`;
      const variable = losses.attempt(path, () => files.readFile(path));
      for (const der of variable === undefined ? [] : efiCertificates(variable)) {
        const certificate = losses.attempt(path, () => readCertificate(der));
        if (certificate === undefined) continue;
        yield {
          ...certificateRow(certificate),
          revoked: store === 'dbx' ? 1 : 0,
          path,
          is_ca: Number(isAuthority(certificate)),
          self_signed: Number(isSelfSigned(certificate)),
        };
      }
    }
    losses.report(context);
  },
});
