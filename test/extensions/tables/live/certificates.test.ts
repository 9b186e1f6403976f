import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { machineFiles } from '@outpost/sdk';
import { certificates } from '../../../../extensions/tables/src/common/certificates.ts';
import { readCertificate } from '../../../../extensions/tables/src/lib/x509/certificate.ts';
import { pemCertificates } from '../../../../extensions/tables/src/lib/x509/pem.ts';
import { rowsOf } from '../machine.ts';

const path = '/etc/ssl/certs/ca-certificates.crt';
const missing = ['/usr/bin/openssl', path].find(needed => !existsSync(needed));
const skip = missing === undefined ? false : `${missing} is not here`;

/** What openssl prints of a certificate, by the words before the first `=`. */
function describe(der: Buffer, ...options: string[]): Map<string, string> {
  const output = execFileSync('openssl', ['x509', '-inform', 'DER', '-noout', ...options], {
    input: der,
    encoding: 'utf8',
  });
  const pairs = output
    .split('\n')
    .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
  return new Map(pairs);
}

const seconds = (date: string | undefined): string => String(Date.parse(date ?? '') / 1000);

test('every tenth authority of this machine is what openssl says', { skip }, () => {
  const rows = rowsOf(certificates, { where: { path } });
  const ders = [...pemCertificates(machineFiles.readText(path))];
  assert.equal(rows.length, ders.length);
  for (let index = 0; index < rows.length; index += 10) {
    const row = rows[index] ?? assert.fail();
    const { der } = readCertificate(ders[index] ?? assert.fail());
    const modern = describe(
      der,
      '-subject',
      '-issuer',
      '-serial',
      '-dates',
      '-fingerprint',
      '-sha1',
      '-nameopt',
      'oneline',
    );
    const plain = describe(der, '-subject', '-issuer', '-nameopt', 'compat');
    // The program prints a zero with two digits, the library's BN_bn2hex with one.
    const serial = modern.get('serial')?.replace(/^00$/, '0');
    assert.deepEqual(
      [row.subject2, row.issuer2, row.subject, row.issuer, row.serial],
      [modern.get('subject'), modern.get('issuer'), plain.get('subject'), plain.get('issuer'), serial],
    );
    assert.deepEqual(
      [row.not_valid_before, row.not_valid_after],
      [seconds(modern.get('notBefore')), seconds(modern.get('notAfter'))],
    );
    assert.equal(row.sha1, modern.get('sha1 Fingerprint')?.replaceAll(':', '').toLowerCase());
  }
});
