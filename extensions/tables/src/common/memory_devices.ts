import { defineTable, integer, text } from '@outpost/sdk';
import { type SmbiosStructure, smbiosOfType } from '../lib/smbios.ts';
import { formFactors, memoryDetails, memoryTypes } from '../lib/smbios-names.ts';

const memoryDeviceType = 17;
/** A size or a speed that has outgrown its place and is given further on. */
const seeExtendedSize = 0x7fff;
const seeExtendedSpeed = 0xffff;
/** Of a size: it counts KiB instead of MiB. */
const inKibibytes = 0x8000;

const unless = (value: number | undefined, ...none: readonly number[]): number | undefined =>
  value === undefined || none.includes(value) ? undefined : value;

/** The size in MiB; 0 for a place without a module, undefined when unknown. */
function sizeOf(device: SmbiosStructure): number | undefined {
  const size = unless(device.word(0x0c), 0xffff);
  if (size === seeExtendedSize) return device.dword(0x1c);
  return size !== undefined && size & inKibibytes ? Math.floor((size & ~inKibibytes) / 1024) : size;
}

function speedOf(device: SmbiosStructure, offset: number, extendedOffset: number): number | undefined {
  const speed = device.word(offset);
  return unless(speed === seeExtendedSpeed ? device.dword(extendedOffset) : speed, 0);
}

function detailsOf(device: SmbiosStructure): string {
  const bits = device.word(0x13) ?? 0;
  return Object.entries(memoryDetails)
    .filter(([bit]) => bits & (1 << Number(bit)))
    .map(([, name]) => name)
    .join(' ');
}

const rowOf = (device: SmbiosStructure) => ({
  handle: device.handleAt(0x02),
  array_handle: device.handleAt(0x04),
  form_factor: formFactors[device.byte(0x0e) ?? 0],
  total_width: unless(device.word(0x08), 0xffff),
  data_width: unless(device.word(0x0a), 0xffff),
  size: sizeOf(device),
  set: unless(device.byte(0x0f), 0xff),
  device_locator: device.string(0x10),
  bank_locator: device.string(0x11),
  memory_type: memoryTypes[device.byte(0x12) ?? 0],
  memory_type_details: detailsOf(device),
  max_speed: speedOf(device, 0x15, 0x54),
  configured_clock_speed: speedOf(device, 0x20, 0x58),
  manufacturer: device.string(0x17),
  serial_number: device.string(0x18),
  asset_tag: device.string(0x19),
  part_number: device.string(0x1a),
  min_voltage: unless(device.word(0x22), 0),
  max_voltage: unless(device.word(0x24), 0),
  configured_voltage: unless(device.word(0x26), 0),
});

/** Places for memory modules and what is in them. */
export const memoryDevices = defineTable({
  name: 'memory_devices',
  description: 'SMBIOS type 17: memory modules and slots.',
  platforms: ['linux', 'macos', 'windows'],
  examples: ['select device_locator, size, memory_type, part_number from memory_devices where size > 0'],
  columns: {
    handle: text('Handle of the structure'),
    array_handle: text('Handle of the memory array it belongs to'),
    form_factor: text('Shape of the module'),
    total_width: integer('Width in bits, with those that correct errors'),
    data_width: integer('Width in bits'),
    size: integer('Size in MiB; 0 when there is no module'),
    set: integer('Set of modules that must be alike; 0 for none'),
    device_locator: text('Name of the place on the board'),
    bank_locator: text('Name of the bank'),
    memory_type: text('Kind of memory'),
    memory_type_details: text('More about the kind'),
    max_speed: integer('Highest speed in megatransfers a second'),
    configured_clock_speed: integer('Speed it runs at, in megatransfers a second'),
    manufacturer: text('Manufacturer'),
    serial_number: text('Serial number'),
    asset_tag: text("Number in its owner's inventory"),
    part_number: text('Number of the model'),
    min_voltage: integer('Lowest voltage in millivolts'),
    max_voltage: integer('Highest voltage in millivolts'),
    configured_voltage: integer('Voltage it runs at, in millivolts'),
  },
  generate: ({ files }) => smbiosOfType(files, memoryDeviceType).map(rowOf),
});
