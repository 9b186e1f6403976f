import { bigint, defineTable, integer, text } from '@outpost/sdk';
import { type BlockDevice, listBlockDevices } from '../lib/block-devices.ts';

const firstOf = (...values: readonly string[]): string => values.find(value => value !== '') ?? '';

/** What is written on the disk itself, which partitions have in common. */
function hardwareOf(device: BlockDevice) {
  const disk = device.disk() ?? device;
  const model = [disk.property('ID_MODEL_FROM_DATABASE'), disk.property('ID_MODEL'), disk.attribute('device/model')];
  const serial = [disk.attribute('device/wwid'), disk.attribute('device/serial'), disk.attribute('serial')];
  return {
    vendor: firstOf(disk.attribute('device/vendor'), disk.property('ID_VENDOR')),
    model: firstOf(...model).trim(),
    serial: firstOf(...serial, disk.property('ID_SERIAL_SHORT')),
    block_size: disk.numberOf('queue/logical_block_size'),
  };
}

const hardwareColumns = ['vendor', 'model', 'serial', 'block_size'] as const;
const noHardware = { vendor: undefined, model: undefined, serial: undefined, block_size: undefined };

/** Disks, partitions and volumes. */
export const blockDevices = defineTable({
  name: 'block_devices',
  description: 'Block devices and partitions with hardware and filesystem identity.',
  platforms: ['linux', 'macos'],
  examples: ["select name, size * 512 as bytes, type, label from block_devices where parent != ''"],
  columns: {
    name: text('Path of the device', { index: true }),
    parent: text('Device that this one is on or made of; the first of several'),
    vendor: text('Vendor of the disk'),
    model: text('Model of the disk'),
    serial: text('Worldwide id or serial number of the disk'),
    size: bigint('Size in sectors of 512 bytes'),
    block_size: integer('Size of a logical block in bytes'),
    uuid: text('UUID of what is on it, where udev knows', { collate: 'nocase' }),
    type: text('File system or other use, such as ext4 and LVM2_member'),
    label: text('Label of the file system'),
  },
  *generate(context) {
    const names = context.equals('name');
    const withHardware = hardwareColumns.some(column => context.used(column));
    for (const device of listBlockDevices(context.files)) {
      if (context.aborted) return;
      if (names?.includes(device.path) === false) continue;
      yield {
        name: device.path,
        parent: context.used('parent') ? (device.parents()[0]?.path ?? '') : '',
        ...(withHardware ? hardwareOf(device) : noHardware),
        size: device.numberOf('size'),
        uuid: device.property('ID_FS_UUID'),
        type: device.property('ID_FS_TYPE'),
        label: device.property('ID_FS_LABEL'),
      };
    }
  },
});
