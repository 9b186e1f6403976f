import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { userSshKeys } from '../../../extensions/tables/src/common/user_ssh_keys.ts';
import { privateKeyFacts } from '../../../extensions/tables/src/lib/private-key.ts';
import { machineWith, rowsOf } from './machine.ts';

const uid = process.geteuid?.() ?? 0;
const passwd = `me:x:${uid}:0::/home/me/:/bin/sh\nother:x:4242:0::/home/other:/bin/sh\nnone:x:4243:0::none:/bin/sh\n`;
const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1', passphrase?: string): string =>
  String(key.export({ type, format: 'pem', ...(passphrase && { cipher: 'aes-128-cbc', passphrase }) } as never));
const rsa = (modulusLength: number): KeyObject => generateKeyPairSync('rsa', { modulusLength }).privateKey;
const ec = (namedCurve: string): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey;

/** A key of OpenSSH as PROTOCOL.key begins it. */
function openssh(cipher: string): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(cipher.length);
  const body = Buffer.concat([Buffer.from('openssh-key-v1\0'), length, Buffer.from(cipher), Buffer.alloc(200)]);
  const lines = body.toString('base64').replace(/(.{70})/g, '$1\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

test('tells of every private key what can be told without its passphrase', () => {
  const facts = (text: string): unknown[] => {
    const { encrypted, type, group, length, securityBits } = privateKeyFacts(text) ?? assert.fail('no key');
    return [encrypted, type, group, length, securityBits];
  };
  assert.deepEqual(facts(pem(rsa(1024), 'pkcs1')), [false, 'rsa', '', 1024, 80]);
  assert.deepEqual(facts(pem(rsa(2048), 'pkcs8')), [false, 'rsa', '', 2048, 112]);
  assert.deepEqual(facts(pem(rsa(3072), 'pkcs1')), [false, 'rsa', '', 3072, 128]);
  assert.deepEqual(facts(pem(ec('prime256v1'), 'sec1')), [false, 'ec', 'prime256v1', 256, 128]);
  assert.deepEqual(facts(pem(ec('secp521r1'), 'pkcs8')), [false, 'ec', 'secp521r1', 521, 256]);
  const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey;
  assert.deepEqual(facts(pem(dsa, 'pkcs8')), [false, 'dsa', '', 1024, 80]);
  assert.deepEqual(facts(pem(generateKeyPairSync('ed25519').privateKey, 'pkcs8')), [false, '', '', -1, -1]);
  const locked = [true, '', '', -1, -1];
  assert.deepEqual(facts(pem(rsa(1024), 'pkcs1', 'secret')), locked);
  assert.deepEqual(facts(pem(ec('prime256v1'), 'pkcs8', 'secret')), locked);
  assert.deepEqual(facts(openssh('none')), [false, '', '', -1, -1]);
  assert.deepEqual(facts(openssh('aes256-ctr')), locked);
});

test('finds keys in home directories by their content, not by their name', t => {
  const files = machineWith(t, {
    'etc/passwd': passwd,
    'home/me/.ssh/id_rsa': openssh('none'),
    'home/me/.ssh/work': openssh('aes256-ctr'),
    'home/me/.ssh/link': { link: '/home/me/.ssh/work' },
    'home/me/.ssh/id_rsa.pub': 'ssh-rsa AAAA me@here',
    'home/me/.ssh/broken': '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n',
    'home/me/.ssh/huge': Buffer.alloc((1 << 20) + 1),
    'home/me/.ssh/sockets': { directory: true },
    'home/other/.ssh/id': openssh('none'),
  });
  const keys = (where: Record<string, unknown>) =>
    rowsOf(userSshKeys, { files, where }).map(row => [row.uid, row.path, row.encrypted]);
  assert.deepEqual(keys({ uid: [uid, 4243] }), [
    [uid, '/home/me/.ssh/id_rsa', 0],
    [uid, '/home/me/.ssh/link', 1],
    [uid, '/home/me/.ssh/work', 1],
  ]);
  assert.deepEqual(keys({ uid: 4242 }), [[4242, '/home/other/.ssh/id', 0]]);
  assert.deepEqual(keys({ uid: 1 }), []);
});

test('no content makes the parser throw', () => {
  const pieces = fc.constantFrom(
    '-----BEGIN ',
    'OPENSSH ',
    'RSA ',
    'ENCRYPTED ',
    'PRIVATE KEY-----\n',
    'b3BlbnNzaC1rZXktdjEA',
    'Proc-Type: 4,ENCRYPTED\n',
    '////',
    '-----END PRIVATE KEY-----',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), parts => {
      const facts = privateKeyFacts(parts.join(''));
      assert.ok(facts === undefined || facts.length === -1);
    }),
  );
});
