import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import tls from 'node:tls';
import { curlCertificate } from '../../../../extensions/tables/src/common/curl_certificate.ts';
import { type AnyRow, asyncRowsOf, directoryWith } from '../machine.ts';
import { makeTlsFiles, type TlsFiles } from './tls-certificates.ts';
import { linesOf, withTools } from './tools.ts';

const columnsOfExtensions = {
  subject_key_identifier: 'subjectKeyIdentifier',
  authority_key_identifier: 'authorityKeyIdentifier',
  key_usage: 'keyUsage',
  extended_key_usage: 'extendedKeyUsage',
  policies: 'certificatePolicies',
  subject_alternative_names: 'subjectAltName',
  issuer_alternative_names: 'issuerAltName',
  info_access: 'authorityInfoAccess',
  subject_info_access: 'subjectInfoAccess',
  policy_mappings: 'policyMappings',
  basic_constraint: 'basicConstraints',
  name_constraints: 'nameConstraints',
  policy_constraints: 'policyConstraints',
} as const;

async function serve(t: TestContext, { key, leaf, root }: TlsFiles): Promise<string> {
  const cert = Buffer.concat([readFileSync(leaf), readFileSync(root)]);
  const server = tls.createServer({ key: readFileSync(key), cert }, socket => socket.on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What openssl prints of an extension, its lines joined as the table joins them; empty where there is none. */
const printed = (file: string, extension: string): string => {
  const [, ...lines] = linesOf('openssl', 'x509', '-in', file, '-noout', '-ext', extension);
  const depth = /^ */.exec(lines[0] ?? '')?.[0].length ?? 0;
  return lines.map(line => line.slice(depth).trimEnd()).join(';');
};

const field = (file: string, ...args: string[]): string =>
  (linesOf('openssl', 'x509', '-in', file, '-noout', ...args)[0] ?? '').replace(/^[^=]*=/, '');

function compare(row: AnyRow, file: string): void {
  const { values } = Object;
  assert.deepEqual(
    Object.keys(columnsOfExtensions).map(column => [column, row[column]]),
    Object.entries(columnsOfExtensions).map(([column, name]) => [column, printed(file, name)]),
  );
  assert.equal(row.valid_from, field(file, '-startdate'));
  assert.equal(row.valid_to, field(file, '-enddate'));
  assert.equal(row.serial_number, field(file, '-serial'));
  const digests = ['-sha1', '-sha256'].map(name => field(file, '-fingerprint', name).replaceAll(':', '').toLowerCase());
  assert.deepEqual([row.sha1_fingerprint, row.sha256_fingerprint], digests);
  assert.equal(String(row.pem), readFileSync(file, 'utf8').slice(readFileSync(file, 'utf8').indexOf('-----BEGIN')));
  assert.ok(values(row).every(value => value !== undefined));
}

test('what a server shows is printed as openssl prints it', withTools('/usr/bin/openssl'), async t => {
  const files = makeTlsFiles(directoryWith(t, {}));
  const hostname = await serve(t, files);
  const rows = await asyncRowsOf(curlCertificate, { where: { hostname, dump_certificate: 1 } });
  assert.equal(rows.length, 2);
  const [leaf, root] = rows;
  assert.ok(leaf && root);
  compare(leaf, files.leaf);
  compare(root, files.root);
  assert.deepEqual(
    [leaf.hostname, leaf.common_name, leaf.organization, leaf.organization_unit, leaf.issuer_common_name],
    [hostname, 'server.example', 'Example, Inc.', 'Tests', 'server.example'],
  );
  assert.deepEqual([leaf.version, leaf.signature_algorithm, leaf.has_expired], [3, 'ecdsa-with-SHA256', 0]);
});

test('a server that says nothing is given up after the time-out, and one that is not there is a warning', async t => {
  const silent = net.createServer(socket => socket.on('error', () => undefined));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const hostname = [`127.0.0.1:${(silent.address() as AddressInfo).port}`, '127.0.0.1:1'];
  const warnings: string[] = [];
  assert.deepEqual(await asyncRowsOf(curlCertificate, { where: { hostname, timeout: 1 }, warnings }), []);
  assert.match(warnings.join(), /and 1 more cannot be asked for a certificate/);
});
