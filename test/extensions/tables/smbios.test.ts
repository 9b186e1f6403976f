import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { fileView } from '@outpost/sdk';
import fc from 'fast-check';
import { memoryDevices } from '../../../extensions/tables/src/common/memory_devices.ts';
import { platformInfo } from '../../../extensions/tables/src/common/platform_info.ts';
import { memoryArrayMappedAddresses } from '../../../extensions/tables/src/posix/memory_array_mapped_addresses.ts';
import { memoryArrays } from '../../../extensions/tables/src/posix/memory_arrays.ts';
import { memoryDeviceMappedAddresses } from '../../../extensions/tables/src/posix/memory_device_mapped_addresses.ts';
import { memoryErrorInfo } from '../../../extensions/tables/src/posix/memory_error_info.ts';
import { oemStrings } from '../../../extensions/tables/src/posix/oem_strings.ts';
import { smbiosTables } from '../../../extensions/tables/src/posix/smbios_tables.ts';
import { type Content, directoryWith, machineWith, rowsOf } from './machine.ts';
import { structureOf } from './smbios-table.ts';

const machine = (t: TestContext, structures: readonly Buffer[], more: Readonly<Record<string, Content>> = {}) =>
  machineWith(t, { 'sys/firmware/dmi/tables/DMI': Buffer.concat(structures), ...more });

/** The bytes of little-endian numbers at their offsets. */
const placed = (
  length: number,
  numbers: Readonly<Record<number, readonly [bytes: number, value: number | bigint]>>,
) => {
  const content = Buffer.alloc(length);
  for (const [offset, [bytes, value]] of Object.entries(numbers))
    for (let index = 0; index < bytes; index += 1)
      content[Number(offset) + index] = Number((BigInt(value) >> BigInt(8 * index)) & 0xffn);
  return [...content.subarray(4)];
};

const module = placed(0x5c, {
  4: [2, 0x1000],
  8: [2, 72],
  10: [2, 64],
  12: [2, 16_384],
  14: [1, 9],
  15: [1, 0xff],
  16: [1, 1],
  17: [1, 2],
  18: [1, 0x1a],
  19: [2, (1 << 7) | (1 << 13)],
  21: [2, 3200],
  23: [1, 3],
  24: [1, 4],
  26: [1, 5],
  32: [2, 0xffff],
  34: [2, 1140],
  38: [2, 1200],
  88: [4, 70_000],
});
const moduleStrings = ['DIMM_A1 ', 'BANK 0', 'Samsung', '00AB', 'M393A2K43DB3-CWE   '];

test('memory_devices gives what is in every place', t => {
  const large = placed(0x28, { 8: [2, 0xffff], 10: [2, 0xffff], 12: [2, 0x7fff], 28: [4, 65_536] });
  const small = placed(0x15, { 12: [2, 0x8000 | 2048], 18: [1, 0x99] });
  const empty = placed(0x28, {});
  const unknown = placed(0x28, { 12: [2, 0xffff] });
  const files = machine(t, [
    structureOf(17, module, moduleStrings),
    ...[large, small, empty, unknown].map(numbers => structureOf(17, numbers)),
  ]);
  const rows = rowsOf(memoryDevices, { files });
  assert.deepEqual(rows[0], {
    handle: '0x1234',
    array_handle: '0x1000',
    form_factor: 'DIMM',
    total_width: 72,
    data_width: 64,
    size: 16_384,
    set: undefined,
    device_locator: 'DIMM_A1',
    bank_locator: 'BANK 0',
    memory_type: 'DDR4',
    memory_type_details: 'Synchronous Registered (Buffered)',
    max_speed: 3200,
    configured_clock_speed: 70_000,
    manufacturer: 'Samsung',
    serial_number: '00AB',
    asset_tag: '',
    part_number: 'M393A2K43DB3-CWE',
    min_voltage: 1140,
    max_voltage: undefined,
    configured_voltage: 1200,
  });
  assert.deepEqual(
    rows.map(row => [row.size, row.total_width]),
    [
      [16_384, 72],
      [65_536, undefined],
      [2, 0],
      [0, 0],
      [undefined, 0],
    ],
  );
});

test('memory_arrays gives capacities in GiB', t => {
  const usual = placed(0x17, { 4: [1, 3], 5: [1, 3], 6: [1, 6], 7: [4, 3 << 19], 11: [2, 0xfffe], 13: [2, 12] });
  const vast = placed(0x17, { 4: [1, 0xa4], 7: [4, 0x8000_0000], 11: [2, 0x12], 15: [8, 6n << 40n] });
  const old = placed(0x0f, { 7: [4, 0x8000_0000] });
  const files = machine(
    t,
    [usual, vast, old].map(numbers => structureOf(16, numbers)),
  );
  assert.deepEqual(rowsOf(memoryArrays, { files }), [
    {
      handle: '0x1234',
      location: 'System board or motherboard',
      use: 'System memory',
      memory_error_correction: 'Multi-bit ECC',
      max_capacity: 1,
      memory_error_info_handle: undefined,
      number_memory_devices: 12,
    },
    {
      handle: '0x1234',
      location: 'CXL add-on card',
      use: undefined,
      memory_error_correction: undefined,
      max_capacity: 6144,
      memory_error_info_handle: '0x0012',
      number_memory_devices: 0,
    },
    {
      handle: '0x1234',
      location: undefined,
      use: undefined,
      memory_error_correction: undefined,
      max_capacity: undefined,
      memory_error_info_handle: '0x0000',
      number_memory_devices: 0,
    },
  ]);
});

test('ranges of addresses are in hexadecimal, far ones with twelve digits', t => {
  const array = placed(0x1f, { 4: [4, 0x40_0000], 8: [4, 0x7f_ffff], 12: [2, 0x1000], 14: [1, 2] });
  const far = placed(0x1f, { 4: [4, 0xffff_ffff], 15: [8, 1n << 42n], 23: [8, (1n << 43n) - 1n] });
  const device = placed(0x23, { 8: [4, 1023], 12: [2, 0x1100], 14: [2, 0x1300], 16: [1, 1], 17: [1, 2], 18: [1, 255] });
  const files = machine(t, [structureOf(19, array), structureOf(19, far), structureOf(20, device)]);
  assert.deepEqual(rowsOf(memoryArrayMappedAddresses, { files }), [
    {
      handle: '0x1234',
      memory_array_handle: '0x1000',
      starting_address: '0x00400000',
      ending_address: '0x007fffff',
      partition_width: 2,
    },
    {
      handle: '0x1234',
      memory_array_handle: '0x0000',
      starting_address: '0x040000000000',
      ending_address: '0x07ffffffffff',
      partition_width: 0,
    },
  ]);
  assert.deepEqual(rowsOf(memoryDeviceMappedAddresses, { files }), [
    {
      handle: '0x1234',
      memory_device_handle: '0x1100',
      memory_array_mapped_address_handle: '0x1300',
      starting_address: '0x00000000',
      ending_address: '0x000003ff',
      partition_row_position: 1,
      interleave_position: 2,
      interleave_data_depth: 255,
    },
  ]);
});

test('memory_error_info leaves out what is not known', t => {
  const error = placed(0x17, {
    4: [1, 14],
    5: [1, 4],
    6: [1, 3],
    11: [4, 0x8000_0000],
    15: [4, 0x1f],
    19: [4, 0x8000_0000],
  });
  assert.deepEqual(rowsOf(memoryErrorInfo, { files: machine(t, [structureOf(18, error)]) }), [
    {
      handle: '0x1234',
      error_type: 'Uncorrectable error',
      error_granularity: 'Memory partition level',
      error_operation: 'Read',
      vendor_syndrome: undefined,
      memory_array_error_address: undefined,
      device_error_address: '0x0000001f',
      error_resolution: undefined,
    },
  ]);
});

test('smbios_tables gives every structure, oem_strings every string', t => {
  const files = machine(t, [
    structureOf(11, [2], ['Dell System', '5[0000] ']),
    structureOf(200, [1, 2]),
    structureOf(127, []),
    Buffer.from('behind the end'),
  ]);
  assert.deepEqual(rowsOf(oemStrings, { files }), [
    { handle: '0x1234', number: 1, value: 'Dell System' },
    { handle: '0x1234', number: 2, value: '5[0000]' },
  ]);
  const rows = rowsOf(smbiosTables, { files });
  assert.deepEqual(
    rows.map(row => [row.number, row.type, row.description, row.handle, row.header_size, row.size]),
    [
      [0, 11, 'OEM Strings', 0x1234, 5, 27],
      [1, 200, 'Unknown', 0x1234, 6, 8],
      [2, 127, 'End-of-Table', 0x1234, 4, 6],
    ],
  );
  // printf '\x7f\x04\x34\x12\0\0' | md5sum
  assert.equal(rows[2]?.md5, '64f8d573551829cc15c9f0a0acece509');
});

const firmware = (size: number, extended = 0) =>
  structureOf(
    0,
    placed(0x1a, {
      4: [1, 1],
      5: [1, 2],
      6: [2, 0xf000],
      8: [1, 3],
      9: [1, size],
      20: [1, 5],
      21: [1, 17],
      24: [2, extended],
    }),
    ['Dell Inc.', '2.11.2', '04/21/2021'],
  );

test('platform_info gives the firmware', t => {
  assert.deepEqual(rowsOf(platformInfo, { files: machine(t, [firmware(0xfe)]) }), [
    {
      vendor: 'Dell Inc.',
      version: '2.11.2',
      date: '04/21/2021',
      revision: '5.17',
      extra: '',
      firmware_type: 'bios',
      address: '0xf000',
      size: '16711680',
      volume_size: 0,
    },
  ]);
  const [large] = rowsOf(platformInfo, {
    files: machine(t, [firmware(0xff, 32)], { 'sys/firmware/efi/runtime': '0x0' }),
  });
  assert.deepEqual([large?.firmware_type, large?.size], ['uefi', '33554432']);
  const [vast] = rowsOf(platformInfo, { files: machine(t, [firmware(0xff, 0x4001)]) });
  assert.equal(vast?.size, '1073741824');
});

test('platform_info falls back on what everybody may read, and has no row without firmware', t => {
  const files = machineWith(t, {
    'sys/class/dmi/id/bios_vendor': 'SeaBIOS\n',
    'sys/class/dmi/id/bios_version': '1.16\n',
    'sys/class/dmi/id/bios_date': '04/01/2014\n',
  });
  assert.deepEqual(rowsOf(platformInfo, { files }), [
    {
      vendor: 'SeaBIOS',
      version: '1.16',
      date: '04/01/2014',
      revision: undefined,
      extra: '',
      firmware_type: 'bios',
      volume_size: 0,
    },
  ]);
  assert.deepEqual(rowsOf(platformInfo, { files: machineWith(t, {}) }), []);
});

test('no bytes of a firmware make a table throw', t => {
  const root = directoryWith(t, { 'sys/firmware/dmi/tables/DMI': '' });
  const files = fileView(root);
  const all = [
    platformInfo,
    memoryDevices,
    memoryArrays,
    memoryArrayMappedAddresses,
    memoryDeviceMappedAddresses,
    memoryErrorInfo,
    oemStrings,
    smbiosTables,
  ];
  const structure = fc
    .tuple(fc.constantFrom(0, 11, 16, 17, 18, 19, 20), fc.uint8Array({ maxLength: 90 }), fc.array(fc.string()))
    .map(([type, numbers, strings]) => structureOf(type, [...numbers], strings));
  const table = fc.oneof(
    fc.array(structure, { maxLength: 4 }).map(structures => Buffer.concat(structures)),
    fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(table, bytes => {
      writeFileSync(`${root}/sys/firmware/dmi/tables/DMI`, bytes);
      for (const one of all) assert.ok(rowsOf(one, { files }).length <= 255 * bytes.length);
    }),
    { numRuns: 200 },
  );
});
