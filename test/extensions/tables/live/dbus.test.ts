import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BusConnection } from '../../../../extensions/tables/src/lib/dbus/connection.ts';
import { directoryWith } from '../machine.ts';

const skip = existsSync('/usr/bin/dbus-daemon') ? false : '/usr/bin/dbus-daemon is not here';

const configuration = (socket: string): string => `<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*"/>
    <allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/>
  </policy>
</busconfig>`;

test('a real bus understands the calls, and its replies are understood', { skip, timeout: 30_000 }, async t => {
  const directory = directoryWith(t, {});
  const socket = join(directory, 'bus');
  const place = directoryWith(t, { 'bus.conf': configuration(socket) });
  const bus = spawn(
    '/usr/bin/dbus-daemon',
    [`--config-file=${join(place, 'bus.conf')}`, '--nofork', '--print-address'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  t.after(() => bus.kill());
  await once(bus.stdout, 'data');
  using connection = new BusConnection(socket);
  const driver = {
    destination: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus',
  };
  const [hello, names, missing, all] = connection.calls([
    { ...driver, member: 'Hello' },
    { ...driver, member: 'ListNames' },
    { ...driver, member: 'GetNameOwner', arguments: ['no.such.name'] },
    { ...driver, interface: 'org.freedesktop.DBus.Properties', member: 'GetAll', arguments: ['org.freedesktop.DBus'] },
  ]);
  const own = hello?.values[0];
  assert.match(String(own), /^:1\.\d+$/);
  assert.deepEqual(names?.values, [['org.freedesktop.DBus', own]]);
  assert.equal(missing?.error, 'org.freedesktop.DBus.Error.NameHasNoOwner');
  assert.ok(JSON.stringify(all?.values).includes('org.freedesktop.DBus.Monitoring'));
  assert.equal([...connection.calls(Array(500).fill({ ...driver, member: 'ListNames' }))].length, 500);
});
