import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { certificates } from '../../../extensions/tables/src/common/certificates.ts';
import { efiCertificates } from '../../../extensions/tables/src/lib/efi-signatures.ts';
import { isAuthority, isSelfSigned, readCertificate } from '../../../extensions/tables/src/lib/x509/certificate.ts';
import { pemCertificates } from '../../../extensions/tables/src/lib/x509/pem.ts';
import { certificateRow } from '../../../extensions/tables/src/lib/x509/row.ts';
import { securebootCertificates } from '../../../extensions/tables/src/linux/secureboot_certificates.ts';
import { fixture } from './fixture.ts';
import { machineWith, rowsOf } from './machine.ts';

const bundle = fixture('certificates.pem');
const ders = [...pemCertificates(bundle.toString())];

test('says of a certificate what openssl says', t => {
  const files = machineWith(t, { 'etc/ssl/certs/ca-certificates.crt': bundle });
  const rows = rowsOf(certificates, { files });
  assert.deepEqual(rows[0], {
    common_name: 'F\u0151tan\u00fas\u00edtv\u00e1ny "Q", <x>',
    subject: '/C=HU/O=NetLock Kft./CN=F\\xC5\\x91tan\\xC3\\xBAs\\xC3\\xADtv\\xC3\\xA1ny "Q", <x>',
    subject2: 'C = HU, O = NetLock Kft., CN = "F\\C5\\91tan\\C3\\BAs\\C3\\ADtv\\C3\\A1ny \\"Q\\", <x>"',
    issuer: '/C=HU/O=NetLock Kft./CN=F\\xC5\\x91tan\\xC3\\xBAs\\xC3\\xADtv\\xC3\\xA1ny "Q", <x>',
    issuer2: 'C = HU, O = NetLock Kft., CN = "F\\C5\\91tan\\C3\\BAs\\C3\\ADtv\\C3\\A1ny \\"Q\\", <x>"',
    ca: 1,
    self_signed: 1,
    not_valid_before: '1795576282',
    not_valid_after: '2832376282',
    signing_algorithm: 'sha256WithRSAEncryption',
    key_algorithm: 'rsaEncryption',
    key_strength: '2048',
    key_usage: 'CRL Sign, Key Cert Sign, Digital Signature',
    subject_key_id: 'ba05af93ade33d6372f413d25e94af2fc0d4af7a',
    authority_key_id: 'ba05af93ade33d6372f413d25e94af2fc0d4af7a',
    sha1: '32dde7ceb61b6eaaaa51da2c2e005a9af827735e',
    path: '/etc/ssl/certs/ca-certificates.crt',
    serial: '1AE79BFBD13C2F98032F22248E2B9F57DE4BB9E2',
  });
  assert.deepEqual(
    rows.slice(1).map(row => [row.subject2, row.key_strength, row.key_usage, row.ca, row.self_signed, row.serial]),
    [
      [
        'C = US, OU = Joined + O = Multi/Slash, CN = " lead#"',
        'secp384r1',
        'Encipher Only, Key Agreement, Decipher Only',
        0,
        0,
        '7DE1F7ED37038C1BB5FF6B71404DBFBF00D7582A',
      ],
      [
        'DC = org, DC = example, UID = u1, emailAddress = a@b.c, serialNumber = 12, GN = G, SN = S, CN = ed',
        '',
        '',
        1,
        1,
        '2B0C910AFAE17696446DABD5BD00BA2C03696015',
      ],
      ['CN = version one', '1024', '', 1, 1, '80FF'],
      ['CN = "#leaf;"', '1024', '', 0, 0, '0'],
    ],
  );
  assert.equal(rows[1]?.subject, '/C=US/OU=Joined+O=Multi\\/Slash/CN= lead#');
});

test('reads the files asked for; a certificate that is broken costs only its own row', t => {
  const broken = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  const files = machineWith(t, {
    'a.pem': `${broken}${bundle}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n`,
    'b.pem': 'nothing',
  });
  const warnings: string[] = [];
  const rows = rowsOf(certificates, { files, where: { path: ['/a.pem', '/b.pem', '/c.pem', ''] }, warnings });
  assert.deepEqual(
    rows.map(row => row.path),
    Array(5).fill('/a.pem'),
  );
  assert.equal(warnings.length, 1);
  const [row] = rowsOf(certificates, { files, where: { path: '/a.pem' }, used: ['subject'], warnings });
  assert.deepEqual([row?.ca, row?.self_signed], [null, null]);
});

/** An EFI_SIGNATURE_LIST. */
function signatureList(type: string, signatures: readonly Buffer[]): Buffer {
  const size = signatures[0]?.length ?? 0;
  const header = Buffer.alloc(28);
  header.write(type, 'hex');
  header.writeUInt32LE(28 + signatures.length * (16 + size), 16);
  header.writeUInt32LE(16 + size, 24);
  return Buffer.concat([header, ...signatures.flatMap(signature => [Buffer.alloc(16), signature])]);
}

const x509 = 'a159c0a5e494a74a87b5ab155c2bf072';
const sha256 = '2616c4c14c509240aca941f936934328';

test('finds the certificates of the firmware among its digests', t => {
  const [first = assert.fail(), second = assert.fail()] = ders;
  const attributes = Buffer.from([0x27, 0, 0, 0]);
  const digests = signatureList(sha256, [Buffer.alloc(32), Buffer.alloc(32)]);
  const directory = 'sys/firmware/efi/efivars';
  const files = machineWith(t, {
    [`${directory}/db-d719b2cb`]: Buffer.concat([attributes, digests, signatureList(x509, [first])]),
    [`${directory}/dbx-d719b2cb`]: Buffer.concat([attributes, signatureList(x509, [second]), digests]),
    [`${directory}/dbDefault-8be4df61`]: Buffer.concat([attributes, signatureList(x509, [first])]),
  });
  assert.deepEqual(
    rowsOf(securebootCertificates, { files }).map(row => [row.revoked, row.key_strength, row.is_ca, row.path]),
    [
      [0, '2048', 1, `/${directory}/db-d719b2cb`],
      [1, 'secp384r1', 0, `/${directory}/dbx-d719b2cb`],
    ],
  );
  assert.deepEqual(rowsOf(securebootCertificates, { files: machineWith(t, {}) }), []);
});

test('a certificate with any bytes changed is read or refused', () => {
  const edits = fc.array(fc.tuple(fc.nat(1200), fc.nat(255)), { maxLength: 4 });
  fc.assert(
    fc.property(fc.nat(ders.length - 1), edits, (index, changes) => {
      const der = Buffer.from(ders[index] ?? assert.fail());
      for (const [at, byte] of changes) der[at % der.length] = byte;
      try {
        const certificate = readCertificate(der);
        assert.ok(Number.isFinite(Number(certificateRow(certificate).not_valid_after)));
        assert.equal(typeof isAuthority(certificate), 'boolean');
        assert.equal(typeof isSelfSigned(certificate), 'boolean');
      } catch (error) {
        assert.ok(error instanceof RangeError && error.message.startsWith('The DER is malformed'), String(error));
      }
    }),
  );
});

test('no content makes the finder of certificates throw', () => {
  const noise = fc.uint8Array({ maxLength: 200 });
  const sizes = fc.array(fc.constantFrom(0, 1, 16, 17, 28, 60, 0xffffffff), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(noise, sizes, (bytes, numbers) => {
      const list = Buffer.alloc(28);
      list.write(x509, 'hex');
      numbers.forEach((number, index) => void list.writeUInt32LE(number, 16 + index * 4));
      const variable = Buffer.concat([Buffer.alloc(4), list, bytes]);
      for (const der of efiCertificates(variable)) assert.ok(der.length < variable.length);
    }),
  );
});
