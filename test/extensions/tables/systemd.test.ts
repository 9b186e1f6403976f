import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type FileView, fileView } from '@outpost/sdk';
import fc from 'fast-check';
import { startupItems } from '../../../extensions/tables/src/common/startup_items.ts';
import { decodeReply, messageBytes } from '../../../extensions/tables/src/lib/dbus/message.ts';
import { BusReader } from '../../../extensions/tables/src/lib/dbus/reader.ts';
import { parseDesktopEntry } from '../../../extensions/tables/src/lib/desktop-entry.ts';
import { systemdUnits } from '../../../extensions/tables/src/linux/systemd_units.ts';
import { type Content, directoryWith, rowsOf } from './machine.ts';

/** A machine on which systemd runs and behaves in some way. */
async function machineWithSystemd(
  t: TestContext,
  behaviour: string,
  more: Record<string, Content> = {},
): Promise<FileView> {
  const root = directoryWith(t, { 'run/systemd': { directory: true }, ...more });
  const program = fileURLToPath(new URL('./systemd-double.ts', import.meta.url));
  const double = spawn(process.execPath, [program, join(root, 'run/systemd/private'), behaviour], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => double.kill());
  await once(double.stdout, 'data');
  return fileView(root);
}

test('lists the units with what is asked of each', async t => {
  const files = await machineWithSystemd(t, 'normal');
  const rows = rowsOf(systemdUnits, { files });
  assert.deepEqual(rows[0], {
    id: 'ssh.service',
    description: 'The unit ssh.service \u00e9',
    load_state: 'loaded',
    active_state: 'active',
    sub_state: 'running',
    unit_file_state: 'enabled',
    following: '',
    object_path: '/unit/ssh.service',
    job_id: 0,
    job_type: '',
    job_path: '/',
    fragment_path: '/lib/x',
    user: 'sshd',
    source_path: '',
  });
  assert.deepEqual(
    rows.slice(1).map(row => [row.id, row.fragment_path, row.user, row.job_id, row.job_type]),
    [
      ['tmp.mount', '/lib/x', '', 42, 'start'],
      ['gone.service', '', '', 0, ''],
    ],
  );
});

test('asks about more units than one window holds, and nothing when only the list is read', async t => {
  const files = await machineWithSystemd(t, 'many');
  const rows = rowsOf(systemdUnits, { files });
  assert.equal(rows.length, 303);
  assert.ok(rows.slice(3).every(row => row.user === 'sshd' && row.unit_file_state === 'enabled'));
  const plain = rowsOf(systemdUnits, { files, used: ['id'] });
  assert.deepEqual([plain.length, plain[0]?.user], [303, '']);
});

for (const [behaviour, said] of [
  ['refuse', /REJECTED EXTERNAL/],
  ['hangup', /hung up/],
  ['garbage', /byte order is unknown/],
] as const)
  test(`a systemd that answers with ${behaviour} costs the rows, and is reported`, async t => {
    const warnings: string[] = [];
    const files = await machineWithSystemd(t, behaviour);
    assert.deepEqual(rowsOf(systemdUnits, { files, warnings }), []);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', said);
  });

test('there are no units without systemd', t => {
  assert.deepEqual(rowsOf(systemdUnits, { files: fileView(directoryWith(t, { etc: { directory: true } })) }), []);
});

const entry = `[Desktop Entry]
Type=Application
Name=Update Notifier
Name[de]=Hinweise
Exec=env A=b update-notifier --now
[Desktop Action New]
Name=New
Exec=other
`;

test('gives what starts with sessions, with the machine and by systemd', async t => {
  const files = await machineWithSystemd(t, 'normal', {
    'etc/passwd': 'me:x:1:1::/home/me:/bin/sh\ntwin:x:2:2::/home/me:/bin/sh\nbad:x:3:3::none:\n',
    'home/me/.config/autostart/notify.desktop': entry,
    'home/me/.config/autostart-scripts/go.sh': '#!/bin/sh\n',
    'etc/xdg/autostart/empty.desktop': '',
    'etc/init.d/ssh': '#!/bin/sh\n',
    'etc/init.d/.hidden': '',
    'etc/init.d/sub': { directory: true },
  });
  assert.deepEqual(
    rowsOf(startupItems, { files }).map(row => [row.name, row.path, row.type, row.source, row.status, row.username]),
    [
      [
        'Update Notifier',
        'env A=b update-notifier --now',
        'Startup Item',
        '/home/me/.config/autostart/',
        'enabled',
        'me',
      ],
      [
        'go.sh',
        '/home/me/.config/autostart-scripts/go.sh',
        'Startup Item',
        '/home/me/.config/autostart-scripts/',
        'enabled',
        'me',
      ],
      ['ssh', '/etc/init.d/ssh', 'Startup Item', '/etc/init.d/', 'enabled', ''],
      ['', '', 'Startup Item', '/etc/xdg/autostart/', 'enabled', ''],
      ['ssh.service', '/lib/x', 'systemd unit', '', 'active', 'sshd'],
      ['tmp.mount', '/lib/x', 'systemd unit', '', 'active', ''],
      ['gone.service', '', 'systemd unit', '', 'active', ''],
    ],
  );
});

test('an array of nothing does not keep the decoder for ever', () => {
  const read = () => new BusReader(Buffer.from([8, 0, 0, 0, ...Array(16).fill(0)]), true).values('a()');
  assert.throws(read, RangeError);
});

test('no message makes the decoder fail but with a RangeError', () => {
  const signature = fc
    .array(fc.constantFrom(...'aaaa((({{))}}vsogyubnqixtdh'), { maxLength: 12 })
    .map(parts => parts.join(''));
  const bytes = fc.uint8Array({ maxLength: 120 });
  const guarded = (work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      assert.ok(error instanceof RangeError && error.message.startsWith('The D-Bus message'), String(error));
    }
  };
  fc.assert(
    fc.property(signature, bytes, fc.boolean(), (types, content, little) => {
      guarded(() => new BusReader(Buffer.from(content), little).values(types));
      const message = Buffer.from([0x6c, 2, 0, 1, ...content]);
      guarded(() => messageBytes(message));
      guarded(() => decodeReply(message));
    }),
    { numRuns: 2000 },
  );
});

test('no desktop entry makes the parser throw', () => {
  const pieces = fc.constantFrom('[Desktop Entry]', '[x]', 'Name', 'Exec', '=', '\n', ' ', '\ufffd');
  fc.assert(
    fc.property(fc.array(pieces), parts => {
      assert.ok(!parseDesktopEntry(parts.join('')).exec.includes('\n'));
    }),
  );
});
