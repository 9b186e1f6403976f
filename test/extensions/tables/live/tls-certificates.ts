import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf } from './tools.ts';

/** Every extension that the table shows, in all their forms. */
const configuration = `
[req]
distinguished_name = name
prompt = no
[name]
C = DE
O = Example, Inc.
OU = Tests
CN = server.example
[root]
basicConstraints = critical, CA:TRUE, pathlen:1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always, issuer:always
keyUsage = critical, keyCertSign, cRLSign
nameConstraints = critical, permitted;DNS:example, permitted;IP:192.0.2.0/255.255.255.0, excluded;email:.test, excluded;dirName:name
policyConstraints = requireExplicitPolicy:3, inhibitPolicyMapping:0
policyMappings = 1.2.3.4:1.2.3.5
subjectInfoAccess = 1.3.6.1.5.5.7.48.5;URI:http://repository.example/
[leaf]
basicConstraints = CA:FALSE
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
keyUsage = digitalSignature, keyEncipherment, dataEncipherment, nonRepudiation
extendedKeyUsage = serverAuth, clientAuth, codeSigning, 1.2.3.4
certificatePolicies = 2.23.140.1.2.1, @policy
subjectAltName = DNS:server.example, DNS:*.server.example, IP:192.0.2.1, IP:2001:db8::1, email:a@example, URI:https://example/, dirName:name
issuerAltName = URI:http://issuer.example/
authorityInfoAccess = OCSP;URI:http://ocsp.example/, caIssuers;URI:http://issuer.example/ca.crt
[policy]
policyIdentifier = 1.3.5.8
CPS.1 = http://cps.example/
`;

/** A key and a chain of two certificates in files of a directory, made by openssl. */
export interface TlsFiles {
  readonly key: string;
  readonly leaf: string;
  readonly root: string;
}

/** Makes a root and a certificate that it issued. */
export function makeTlsFiles(directory: string): TlsFiles {
  const at = (name: string): string => join(directory, name);
  const files = { key: at('leaf.key'), leaf: at('leaf.pem'), root: at('root.pem') };
  const config = at('openssl.cnf');
  writeFileSync(config, configuration);
  const request = ['req', '-config', config, '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  linesOf(
    'openssl',
    ...request,
    '-x509',
    '-days',
    '30',
    '-extensions',
    'root',
    '-keyout',
    at('root.key'),
    '-out',
    files.root,
  );
  linesOf('openssl', ...request, '-keyout', files.key, '-out', at('leaf.csr'));
  const issuer = ['-CA', files.root, '-CAkey', at('root.key'), '-set_serial', '0x0A1B2C', '-days', '20'];
  linesOf(
    'openssl',
    'x509',
    '-req',
    '-in',
    at('leaf.csr'),
    ...issuer,
    '-extfile',
    config,
    '-extensions',
    'leaf',
    '-out',
    files.leaf,
  );
  return files;
}
