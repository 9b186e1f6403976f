import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loggedInUsers } from '../../../extensions/tables/src/common/logged_in_users.ts';
import { type LoginLayout, parseLogins } from '../../../extensions/tables/src/lib/utmp.ts';
import { last } from '../../../extensions/tables/src/posix/last.ts';
import { fixture } from './fixture.ts';
import { machineWith, rowsOf } from './machine.ts';

const wtmp = fixture('wtmp');
const longName = 'a-user-with-a-name-of-32-letters';
const longHost = 'a-host-with-a-long-name.department.example.org';

test('gives logins and logouts, and nothing else of wtmp', { skip: process.arch === 'arm64' }, t => {
  const rows = rowsOf(last, { files: machineWith(t, { 'var/log/wtmp': wtmp }) });
  assert.deepEqual(
    rows.map(({ username, tty, pid, type, type_name, time, host }) => [
      username,
      tty,
      pid,
      type,
      type_name,
      time,
      host,
    ]),
    [
      ['alice', 'pts/0', 1234, 7, 'user-process', 1_709_284_211, '192.0.2.7'],
      [longName, 'pts/1', 1299, 7, 'user-process', 1_709_284_320, longHost],
      ['', 'pts/0', 1234, 8, 'dead-process', 1_709_287_200, ''],
    ],
  );
});

test('gives every record of utmp but those of init', { skip: process.arch === 'arm64' }, t => {
  const initial = Buffer.alloc(384);
  initial.writeInt16LE(5, 0);
  initial.writeInt32LE(1, 4);
  const unknown = Buffer.alloc(384);
  unknown.writeInt16LE(99, 0);
  const files = machineWith(t, { 'var/run/utmp': Buffer.concat([initial, wtmp, unknown, Buffer.alloc(100)]) });
  assert.deepEqual(
    rowsOf(loggedInUsers, { files }).map(row => [row.type, row.user, row.pid]),
    [
      ['boot_time', 'reboot', 0],
      ['runlevel', 'runlevel', 53],
      ['init', '', 412],
      ['login', 'LOGIN', 412],
      ['user', 'alice', 1234],
      ['user', longName, 1299],
      ['dead', '', 1234],
      ['unknown', '', 0],
    ],
  );
});

test('reads the layout of ARM, whose times have 64 bits', () => {
  const record = Buffer.alloc(400);
  record.writeInt16LE(7, 0);
  record.write('bob', 44);
  record.writeBigInt64LE(5_000_000_000n, 344);
  assert.deepEqual(
    [...parseLogins(record, 'wide')].map(({ user, time }) => [user, time]),
    [['bob', 5_000_000_000]],
  );
});

test('has no rows where there is no file, and a warning where it is none', t => {
  const files = machineWith(t, { 'var/log/wtmp': { directory: true } });
  const warnings: string[] = [];
  assert.deepEqual(rowsOf(last, { files, warnings }), []);
  assert.equal(warnings.length, 1);
  assert.deepEqual(rowsOf(loggedInUsers, { files }), []);
});

test('no content makes the parser throw', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 1300 }),
      fc.constantFrom<LoginLayout>('compact', 'wide'),
      (bytes, layout) => {
        for (const { time, user } of parseLogins(Buffer.from(bytes), layout)) {
          assert.ok(Number.isSafeInteger(time));
          assert.ok(!user.includes('\0'));
        }
      },
    ),
  );
});
