import assert from 'node:assert/strict';
import { chmodSync, chownSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { Sandbox, until } from './harness.ts';

const group = 54_322;
const uid = 54_321;

test('members of the group that is let in register extensions, and nobody else', {
  skip: process.geteuid?.() !== 0 && 'only root can become another user',
}, async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  chownSync(sandbox.directory, 0, group);
  chmodSync(sandbox.directory, 0o770);
  sandbox.daemon(`--extensions_group=${group}`);
  await sandbox.pids();
  const { mode, gid } = statSync(sandbox.socket);
  assert.deepEqual([mode & 0o777, gid], [0o660, group]);

  const stranger = sandbox.run('test/integration/group-member.ts', [sandbox.socket, String(uid)]);
  await stranger.ended;
  assert.match(stranger.stdout, /EACCES/);
  const member = sandbox.run('test/integration/group-member.ts', [sandbox.socket, String(uid), String(group)]);
  const row = await until('a row of the member', async () => (await sandbox.ask('select uid from member'))[0]);
  assert.deepEqual(row, { uid: String(uid) }, member.stdout);
});

test('a group that is not there is named, and no socket is opened', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  const daemon = sandbox.daemon('--extensions_group=no-such-group');
  await daemon.says(/There is no group no-such-group in \/etc\/group/);
});
