import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { groups } from '../../../../extensions/tables/src/common/groups.ts';
import { loggedInUsers } from '../../../../extensions/tables/src/common/logged_in_users.ts';
import { userGroups } from '../../../../extensions/tables/src/common/user_groups.ts';
import { shadow } from '../../../../extensions/tables/src/linux/shadow.ts';
import { fixture } from '../fixture.ts';
import { machineWith, rowsOf } from '../machine.ts';

const run = (program: string, args: readonly string[], input?: Buffer): string[] =>
  execFileSync(program, args, { encoding: 'utf8', input, env: { ...process.env, TZ: 'UTC' } })
    .split('\n')
    .filter(line => line !== '');
const withTool = (path: string) => ({ skip: existsSync(path) ? false : `${path} is not here` });

test('groups agree with getent', withTool('/usr/bin/getent'), () => {
  const expected = run('getent', ['group']).map(line => line.split(':'));
  assert.deepEqual(
    rowsOf(groups).map(row => [row.groupname, String(row.gid)]),
    expected.map(([name, , gid]) => [name, gid]),
  );
  const gids = expected.map(([, , gid]) => Number(gid));
  assert.equal(rowsOf(groups, { where: { gid: [...gids, -1, 2 ** 32, 123_456_789] } }).length, expected.length);
});

test('memberships agree with id', withTool('/usr/bin/id'), () => {
  for (const uid of [0, 1, 4, 65534]) {
    const gids = rowsOf(userGroups, { where: { uid } }).map(row => Number(row.gid));
    assert.deepEqual(
      gids.toSorted(),
      run('id', ['-G', String(uid)])[0]
        ?.split(' ')
        .map(Number)
        .toSorted(),
    );
  }
  const all = rowsOf(userGroups).map(row => `${row.uid} ${row.gid}`);
  assert.equal(new Set(all).size, all.length);
  assert.ok(all.includes('0 0'));
});

test('shadow agrees with getent', withTool('/usr/bin/getent'), t => {
  if (process.getuid?.() !== 0) return t.skip('only root may read the shadow file');
  const expected = run('getent', ['shadow']).map(line => line.split(':'));
  assert.deepEqual(
    rowsOf(shadow).map(row => [row.username, row.last_change, row.max]),
    expected.map(([name, , change, , max]) => [name, Number(change || -1), Number(max || -1)]),
  );
});

test('logins agree with utmpdump', withTool('/usr/bin/utmpdump'), t => {
  const expected = run('utmpdump', [], fixture('wtmp')).map(line => {
    const [, pid, , user, tty, host, , time] = line.slice(1, -1).split(/\] \[/);
    return [
      Number(pid),
      user?.trim(),
      tty?.trim(),
      host?.trim(),
      Math.floor(Date.parse(`${time}`.replace(',', '.')) / 1000),
    ];
  });
  const files = machineWith(t, { 'var/run/utmp': fixture('wtmp') });
  assert.deepEqual(
    rowsOf(loggedInUsers, { files }).map(({ pid, user, tty, host, time }) => [pid, user, tty, host, time]),
    expected,
  );
});
