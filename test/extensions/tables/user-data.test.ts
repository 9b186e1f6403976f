import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sshConfigs } from '../../../extensions/tables/src/common/ssh_configs.ts';
import { parseAuthorizedKeys } from '../../../extensions/tables/src/lib/authorized-keys.ts';
import { parseHistory } from '../../../extensions/tables/src/lib/shell-history.ts';
import { parseSshConfig } from '../../../extensions/tables/src/lib/ssh-config.ts';
import { authorizedKeys } from '../../../extensions/tables/src/posix/authorized_keys.ts';
import { knownHosts } from '../../../extensions/tables/src/posix/known_hosts.ts';
import { shellHistory } from '../../../extensions/tables/src/posix/shell_history.ts';
import { type Content, machineWith, rowsOf } from './machine.ts';

const own = process.geteuid?.() ?? 0;
const passwd = `me:x:${own}:0::/home/me:/bin/sh\nother:x:4242:0::/home/other/:/bin/sh\nnone:x:4243:0::none:/bin/sh\n`;
const machine = (t: Parameters<typeof machineWith>[0], files: Readonly<Record<string, Content>>) =>
  machineWith(t, { 'etc/passwd': passwd, ...files });

test("gives the agent's own data unless the query names users, and says so to root", t => {
  const files = machine(t, {
    'home/me/.ssh/known_hosts': '# a comment\n\n|1|salt=|hash= ssh-ed25519 AAAA\n  192.0.2.1,host ssh-rsa BBBB \n',
    'home/other/.ssh/known_hosts': 'elsewhere ssh-rsa CCCC\n',
  });
  const warnings: string[] = [];
  assert.deepEqual(rowsOf(knownHosts, { files, warnings }), [
    { uid: own, key: '|1|salt=|hash= ssh-ed25519 AAAA', key_file: '/home/me/.ssh/known_hosts' },
    { uid: own, key: '192.0.2.1,host ssh-rsa BBBB', key_file: '/home/me/.ssh/known_hosts' },
  ]);
  const expected =
    'The known_hosts table returns data based on the current user by default, consider JOINing against the users table.';
  assert.deepEqual(warnings, own === 0 ? [expected] : []);
  assert.deepEqual(
    rowsOf(knownHosts, { files, where: { uid: [4242, 4243, 99] } }).map(row => [row.uid, row.key_file]),
    [[4242, '/home/other/.ssh/known_hosts']],
  );
});

const keys = `# comment
ssh-ed25519 AAAAC3Nz alice@laptop with words
command="echo \\"a b\\" ssh-rsa no",no-pty ssh-rsa AAAAB3Nz
	restrict	sk-ssh-ed25519@openssh.com AAAAGnNr	key
ecdsa-sha2-nistp256-cert-v01@openssh.com AAAAKGVj ca
1024 35 1234567 protocol-one
ssh-unknown AAAA
from="*.example.org
ssh-rsa
`;

test('splits the lines of authorized_keys', t => {
  const files = machine(t, {
    'home/other/.ssh/authorized_keys': keys,
    'home/other/.ssh/authorized_keys2': 'ssh-dss AAAA\n',
  });
  const rows = rowsOf(authorizedKeys, { files, where: { uid: 4242 } });
  assert.deepEqual(
    rows.map(row => [row.options, row.algorithm, row.key, row.comment]),
    [
      ['', 'ssh-ed25519', 'AAAAC3Nz', 'alice@laptop with words'],
      ['command="echo \\"a b\\" ssh-rsa no",no-pty', 'ssh-rsa', 'AAAAB3Nz', ''],
      ['restrict', 'sk-ssh-ed25519@openssh.com', 'AAAAGnNr', 'key'],
      ['', 'ecdsa-sha2-nistp256-cert-v01@openssh.com', 'AAAAKGVj', 'ca'],
      ['', 'ssh-dss', 'AAAA', ''],
    ],
  );
  assert.equal(rows[4]?.key_file, '/home/other/.ssh/authorized_keys2');
});

test("reads a container's users and their keys", t => {
  const files = machine(t, {
    'home/other/.ssh/authorized_keys': keys,
    'proc/7/ns/mnt': { link: 'mnt:[1]' },
    'proc/7/root/etc/passwd': 'app:x:4242:5::/app:/bin/sh\n',
    'proc/7/root/app/.ssh/authorized_keys': 'ssh-rsa AAAA inside\n',
  });
  const rows = rowsOf(authorizedKeys, { files, where: { uid: 4242, pid_with_namespace: 7 } });
  assert.deepEqual(
    rows.map(row => [row.comment, row.key_file, row.pid_with_namespace]),
    [['inside', '/app/.ssh/authorized_keys', 7]],
  );
});

test('says under which host an option of ssh stands', t => {
  const files = machine(t, {
    'etc/ssh/ssh_config': 'Include /etc/ssh/ssh_config.d/*.conf\nHost *\n    SendEnv LANG LC_*\n',
    'home/other/.ssh/config': '# mine\nHost Bastion\n  User Admin\n\nmatch exec "test x"\n\tPort 2222\nHostName one\n',
  });
  const options = (where: Record<string, unknown>) =>
    rowsOf(sshConfigs, { files, where }).map(row => [row.uid, row.block, row.option]);
  assert.deepEqual(options({ uid: 4242 }), [
    [4242, 'host bastion', 'user admin'],
    [4242, 'match exec "test x"', 'port 2222'],
    [4242, 'match exec "test x"', 'hostname one'],
  ]);
  assert.deepEqual(options({ uid: [0, 4242] }).slice(3), [
    [0, '', 'include /etc/ssh/ssh_config.d/*.conf'],
    [0, 'host *', 'sendenv lang lc_*'],
  ]);
});

test('reads the histories of shells, with and without times', t => {
  const files = machine(t, {
    'home/other/.bash_history': 'ls -l\n#1700000000\nmake\n#1700000001\n#1700000002\ncd /\n#comment\n  \n',
    'home/other/.zsh_history':
      ': 1700000003:0;git status\n: 1700000004:12;for i in 1; do\\\necho; done\n: not a time\n',
    'home/other/.ash_history': 'apk add vim',
    'home/other/.bash_sessions/B.history': 'second',
    'home/other/.bash_sessions/A.history': 'first',
    'home/other/.bash_sessions/A.session': 'no history',
  });
  const rows = rowsOf(shellHistory, { files, where: { uid: 4242 } });
  assert.deepEqual(
    rows.map(row => [row.time, row.command]),
    [
      [0, 'ls -l'],
      [1700000000, 'make'],
      [1700000002, 'cd /'],
      [0, '#comment'],
      [1700000003, 'git status'],
      [1700000004, 'for i in 1; do\\'],
      [0, 'echo; done'],
      [0, ': not a time'],
      [0, 'apk add vim'],
      [0, 'first'],
      [0, 'second'],
    ],
  );
  assert.equal(rows.at(-1)?.history_file, '/home/other/.bash_sessions/B.history');
});

test('says once what could not be read', t => {
  const files = machine(t, {
    'home/other/.bash_history': { directory: true },
    'home/other/.zsh_history': { directory: true },
    'home/other/.history': 'still there',
  });
  const warnings: string[] = [];
  assert.equal(rowsOf(shellHistory, { files, where: { uid: 4242 }, warnings }).length, 1);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /^\/home\/other\/\.bash_history .* and 1 more cannot be read\.$/);
});

test('no content makes a parser throw', () => {
  const pieces = fc.constantFrom(
    'ssh-rsa',
    ' ',
    '\t',
    '"',
    '\\',
    '#',
    '\n',
    'host ',
    ': ',
    '1',
    ':0;',
    'AAAA',
    '\ufffd',
    '\0',
  );
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 60 }).map(parts => parts.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(texts, content => {
      for (const { key } of parseAuthorizedKeys(content)) assert.match(key, /^\S+$/);
      for (const { option } of parseSshConfig(content)) assert.notEqual(option, '');
      for (const { command, time } of parseHistory(content))
        assert.ok(Number.isSafeInteger(time) && !command.includes('\n'));
    }),
  );
});
