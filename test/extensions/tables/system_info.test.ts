import assert from 'node:assert/strict';
import { hostname, machine as machineType, totalmem } from 'node:os';
import { test } from 'node:test';
import fc from 'fast-check';
import { cpuInfo } from '../../../extensions/tables/src/common/cpu_info.ts';
import { systemInfo } from '../../../extensions/tables/src/common/system_info.ts';
import { parseCpuinfo } from '../../../extensions/tables/src/lib/cpuinfo.ts';
import { parseSmbios } from '../../../extensions/tables/src/lib/smbios.ts';
import { machineWith, rowsOf } from './machine.ts';
import { numbersOf, structureOf } from './smbios-table.ts';

const x86 = (processor: number, socket: number, core: number): string =>
  `processor\t: ${processor}\nvendor_id\t: GenuineIntel\nmodel\t\t: 85\nmodel name\t: Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz\n` +
  `microcode\t: 0x2006e05\nphysical id\t: ${socket}\nsiblings\t: 2\ncore id\t\t: ${core}\ncpu cores\t: 1\npower management:\n\n`;
const arm = 'processor\t: 0\nBogoMIPS\t: 50.00\nCPU part\t: 0xd0c\n\nprocessor\t: 1\nBogoMIPS\t: 50.00\n\n';

const tables = Buffer.concat([
  structureOf(0, [1, 0, 0], ['A firmware']),
  structureOf(1, numbersOf(0x1b, { 4: 1, 5: 2, 6: 3, 7: 4 }), ['LENOVO', '20XW', 'ThinkPad X1  ', 'PF3']),
  structureOf(2, numbersOf(0x0f, { 4: 1, 5: 2, 6: 9, 7: 0 }), ['A vendor', 'A board']),
  structureOf(
    4,
    numbersOf(0x30, { 4: 1, 5: 3, 7: 2, 16: 3, 20: 0xa0, 21: 0x0f, 22: 0xc4, 23: 0x09, 24: 0x41 })
      .with(0x23 - 4, 0xff)
      .with(0x25 - 4, 16)
      .with(0x26 - 4, 0xfc)
      .with(0x2a - 4, 0x2c)
      .with(0x2b - 4, 0x01),
    ['CPU 1', 'Intel(R) Corporation', 'A processor'],
  ),
  structureOf(4, numbersOf(0x20, { 4: 1, 5: 3 }), ['CPU 2']),
  structureOf(127, []),
  structureOf(4, numbersOf(0x30, {})),
]);

test('system_info puts the machine together', t => {
  const files = machineWith(t, {
    'proc/sys/kernel/hostname': 'box\n',
    'etc/hosts': '127.0.0.1 localhost\n127.0.1.1 box.example.org box\n',
    'proc/cpuinfo': x86(0, 0, 0) + x86(1, 0, 0) + x86(2, 1, 0) + x86(3, 1, 0),
    'proc/meminfo': 'MemTotal:       16384 kB\n',
    'sys/class/dmi/id/product_uuid': '4C4C4544-0042-3510-8052-B4C04F4E4332\n',
    'sys/firmware/dmi/tables/DMI': tables,
  });
  assert.deepEqual(rowsOf(systemInfo, { files }), [
    {
      hostname: 'box.example.org',
      computer_name: 'box',
      local_hostname: 'box.example.org',
      uuid: '4C4C4544-0042-3510-8052-B4C04F4E4332',
      physical_memory: 16384 * 1024,
      cpu_type: machineType(),
      cpu_subtype: '85',
      cpu_brand: 'Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz',
      cpu_physical_cores: 2,
      cpu_logical_cores: 4,
      cpu_sockets: 2,
      cpu_microcode: '0x2006e05',
      hardware_vendor: 'LENOVO',
      hardware_model: 'ThinkPad X1',
      hardware_version: '20XW',
      hardware_serial: 'PF3',
      board_vendor: 'A vendor',
      board_model: 'A board',
      board_version: '',
      board_serial: '',
    },
  ]);
});

test('system_info does with what there is', t => {
  const files = machineWith(t, {
    'proc/sys/kernel/hostname': 'box\n',
    'proc/cpuinfo': arm,
    'sys/class/dmi/id/product_uuid': '03000200-0400-0500-0006-000700080009\n',
    'sys/class/dmi/id/sys_vendor': 'QEMU\n',
    'sys/class/dmi/id/product_name': 'Standard PC (Q35 + ICH9, 2009)\n',
  });
  const [row] = rowsOf(systemInfo, { files });
  assert.deepEqual(
    [row?.hostname, row?.uuid, row?.cpu_physical_cores, row?.cpu_logical_cores, row?.cpu_sockets, row?.cpu_brand],
    ['box', undefined, 2, 2, undefined, ''],
  );
  assert.deepEqual([row?.hardware_vendor, row?.hardware_model], ['QEMU', 'Standard PC (Q35 + ICH9, 2009)']);
  assert.equal(rowsOf(systemInfo, { files: machineWith(t, {}) }).length, 1);
});

test('system_info sees this machine', () => {
  const [row] = rowsOf(systemInfo);
  assert.equal(row?.computer_name, hostname());
  assert.equal(row?.physical_memory, totalmem());
});

test('cpu_info reads structures of every length', t => {
  const [first, second, ...others] = rowsOf(cpuInfo, {
    files: machineWith(t, { 'sys/firmware/dmi/tables/DMI': tables }),
  });
  assert.deepEqual(first, {
    device_id: 'CPU0',
    model: 'A processor',
    manufacturer: 'Intel(R) Corporation',
    processor_type: '3',
    cpu_status: 0x41,
    number_of_cores: '300',
    logical_processors: 16,
    address_width: '64',
    current_clock_speed: 2500,
    max_clock_speed: 4000,
    socket_designation: 'CPU 1',
  });
  assert.deepEqual(
    [second?.device_id, second?.socket_designation, second?.model, second?.number_of_cores, second?.address_width],
    ['CPU1', 'CPU 2', '', undefined, undefined],
  );
  assert.deepEqual(others, []);
  assert.deepEqual(rowsOf(cpuInfo, { files: machineWith(t, {}) }), []);
});

test('no table makes the parser throw', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(fc.nat(tables.length - 1)).map(cuts => Buffer.concat(cuts.map(cut => tables.subarray(cut, cut + 40)))),
  );
  fc.assert(
    fc.property(bytes, table => {
      for (const structure of parseSmbios(Buffer.from(table))) {
        for (const offset of [0, 4, 5, 0x23, 0x2e, 254]) {
          structure.byte(offset);
          structure.word(offset);
          structure.dword(offset);
          structure.qword(offset);
          assert.ok(!structure.string(offset).includes('\0'));
        }
      }
      const { logical, physical, sockets } = parseCpuinfo(Buffer.from(table).toString('latin1'));
      assert.ok(physical <= logical && sockets <= logical);
    }),
    { numRuns: 500 },
  );
});
