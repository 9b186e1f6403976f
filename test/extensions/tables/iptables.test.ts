import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chainsOf } from '../../../extensions/tables/src/lib/iptables/chains.ts';
import type { TableBlob } from '../../../extensions/tables/src/lib/sys/iptables.ts';
import { iptables } from '../../../extensions/tables/src/linux/iptables.ts';
import { fixture } from './fixture.ts';
import { machineWith, rowsOf } from './machine.ts';

interface Recorded extends Omit<TableBlob, 'entries'> {
  readonly entries: string;
}

/** What Linux 6.18 gave for rules that iptables-legacy 1.8.9 had set; base64. */
const recorded: { readonly filter: Recorded; readonly nat: Recorded } = JSON.parse(
  fixture('network/iptables.json').toString(),
);
const blobOf = (table: Recorded): TableBlob => ({ ...table, entries: Buffer.from(table.entries, 'base64') });

test('chains of the kernel and of the administrator, with their policies', () => {
  assert.deepEqual(
    chainsOf(blobOf(recorded.filter)).map(({ name, policy, rules }) => [name, policy, rules.length]),
    [
      ['INPUT', 'ACCEPT', 6],
      ['FORWARD', 'DROP', 0],
      ['OUTPUT', 'ACCEPT', 2],
      ['LOGDROP', '', 2],
    ],
  );
  assert.deepEqual(
    chainsOf(blobOf(recorded.nat)).map(({ name, rules }) => [name, rules.map(({ target }) => target).join()]),
    [
      ['PREROUTING', ''],
      ['INPUT', ''],
      ['OUTPUT', ''],
      ['POSTROUTING', 'MASQUERADE'],
    ],
  );
});

test('rules: verdicts, jumps, extensions, ports, inversions, counters', () => {
  const rules = chainsOf(blobOf(recorded.filter)).flatMap(chain => chain.rules);
  assert.deepEqual(
    rules.map(({ target, columns: at }) =>
      [target, at.protocol, at.src_ip, at.src_mask, at.src_port, at.dst_port, at.iniface, at.outiface].join(' '),
    ),
    [
      'ACCEPT 0 0.0.0.0 0.0.0.0   lo all',
      'ACCEPT 6 10.0.0.0 255.0.0.0 0:65535 22:22 all all',
      'LOGDROP 17 !192.0.2.0 255.255.255.0 1000:2000 53:53 all all',
      'ACCEPT 0 0.0.0.0 0.0.0.0   eth+ all',
      'LOGDROP 6 0.0.0.0 0.0.0.0 0:65535 !80:80 !wlan0 all',
      'ACCEPT 6 0.0.0.0 0.0.0.0 0:65535 99:99 all all',
      'REJECT 0 0.0.0.0 0.0.0.0   all eth0',
      ' 6 0.0.0.0 0.0.0.0   all all',
      'RETURN 0 0.0.0.0 0.0.0.0   all all',
      'DROP 1 0.0.0.0 0.0.0.0   all all',
    ],
  );
  assert.deepEqual(rules[5]?.counters, { packets: 5n, bytes: 300n });
  assert.equal(rules[3]?.columns.iniface_mask, 'FFFFFF');
  assert.equal(rules[6]?.columns.outiface_mask, 'FFFFFFFFFF');
});

test('a table that the kernel does not have is a warning, and the rest is read', t => {
  const files = machineWith(t, { 'proc/net/ip_tables_names': 'no-such-table\n' });
  const warnings: string[] = [];
  assert.deepEqual(rowsOf(iptables, { files, warnings }), []);
  assert.match(warnings[0] ?? '', /no-such-table .* cannot be read/);
});

test('no rows where iptables is not in use', t => {
  assert.deepEqual(rowsOf(iptables, { files: machineWith(t, {}) }), []);
});

test('a table with changed bytes is read, or told to be malformed', () => {
  const original = blobOf(recorded.filter);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(original.entries.length - 1), fc.nat(255)), { maxLength: 8 }), changes => {
      const entries = Buffer.from(original.entries);
      for (const [at, byte] of changes) entries[at] = byte;
      try {
        for (const { rules } of chainsOf({ ...original, entries })) assert.ok(rules.length < entries.length);
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
    }),
  );
});
