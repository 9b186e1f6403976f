import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { luksCipher } from '../../../extensions/tables/src/lib/luks.ts';
import { decodeUdev, parseUdevData } from '../../../extensions/tables/src/lib/udev-data.ts';
import { blockDevices } from '../../../extensions/tables/src/posix/block_devices.ts';
import { diskEncryption } from '../../../extensions/tables/src/posix/disk_encryption.ts';
import { type Content, machineWith, rowsOf } from './machine.ts';

const luks1 = Buffer.alloc(592);
luks1.write('LUKS\xba\xbe\0\x01aes', 0, 'latin1');
luks1.write('xts-plain64', 40, 'latin1');
const luks2 = Buffer.alloc(16_384);
luks2.write('LUKS\xba\xbe\0\x02', 0, 'latin1');
luks2.write('{"segments":{"0":{"type":"crypt","encryption":"aes-xts-plain64"}},"keyslots":{}}', 4096, 'latin1');

const disk = '../../devices/pci0000:00/ata1/block/sda';
const virtual = '../../devices/virtual/block';
const sda = 'sys/devices/pci0000:00/ata1/block/sda';

const machine: Record<string, Content> = {
  'sys/class/block/sda': { link: disk },
  'sys/class/block/sda1': { link: `${disk}/sda1` },
  'sys/class/block/sda2': { link: `${disk}/sda2` },
  'sys/class/block/dm-0': { link: `${virtual}/dm-0` },
  'sys/class/block/dm-1': { link: `${virtual}/dm-1` },
  'sys/class/block/dm-2': { link: `${virtual}/dm-2` },
  'sys/class/block/cciss!c0d0': { link: `${virtual}/cciss!c0d0` },
  [`${sda}/dev`]: '8:0\n',
  [`${sda}/size`]: '1000215216\n',
  [`${sda}/queue/logical_block_size`]: '512\n',
  [`${sda}/device/vendor`]: 'ATA     \n',
  [`${sda}/device/model`]: 'Samsung SSD 860 \n',
  [`${sda}/device/wwid`]: 'naa.5002538e4000abcd\n',
  [`${sda}/sda1/dev`]: '8:1\n',
  [`${sda}/sda1/partition`]: '1\n',
  [`${sda}/sda1/size`]: '1048576\n',
  [`${sda}/sda2/dev`]: '8:2\n',
  [`${sda}/sda2/partition`]: '2\n',
  'sys/devices/virtual/block/dm-0/dm/uuid': 'CRYPT-LUKS2-0123456789abcdef0123456789abcdef-root\n',
  'sys/devices/virtual/block/dm-0/slaves/sda2': { link: '../../../../pci0000:00/ata1/block/sda/sda2' },
  'sys/devices/virtual/block/dm-1/dm/uuid': 'LVM-abc\n',
  'sys/devices/virtual/block/dm-1/slaves/dm-0': { link: '../../dm-0' },
  'sys/devices/virtual/block/dm-2/dm/uuid': 'CRYPT-VERITY-0123-usr\n',
  'sys/devices/virtual/block/dm-2/slaves/dm-2': { link: '../../dm-2' },
  'sys/devices/virtual/block/cciss!c0d0/size': 'many\n',
  'run/udev/data/b8:0': 'S:disk/by-id/x\nE:ID_MODEL=Samsung_SSD_860\nE:ID_SERIAL_SHORT=S3Z\n',
  'run/udev/data/b8:1':
    'E:ID_FS_TYPE=ext4\nE:ID_FS_LABEL=my_data\nE:ID_FS_LABEL_ENC=my\\x20d\\xc3\\xa4ta\nE:ID_FS_UUID=5f2b0b7c-6f5f-4a2b-9a0e-0d0d0c0b0a09\n',
  'dev/sda2': luks2,
  'dev/dm-0': '',
  'dev/mapper/root': { link: '../dm-0' },
};

test('block_devices reads sysfs and what udev found out', t => {
  const rows = rowsOf(blockDevices, { files: machineWith(t, machine) });
  const order = ['name', 'parent', 'vendor', 'model', 'serial', 'size', 'block_size', 'uuid', 'type', 'label'];
  assert.deepEqual(
    rows.map(row => order.map(name => row[name])),
    [
      ['/dev/cciss/c0d0', '', '', '', '', undefined, undefined, '', '', ''],
      ['/dev/dm-0', '/dev/sda2', '', '', '', undefined, undefined, '', '', ''],
      ['/dev/dm-1', '/dev/dm-0', '', '', '', undefined, undefined, '', '', ''],
      ['/dev/dm-2', '/dev/dm-2', '', '', '', undefined, undefined, '', '', ''],
      ['/dev/sda', '', 'ATA', 'Samsung_SSD_860', 'naa.5002538e4000abcd', 1000215216, 512, '', '', ''],
      [
        ...['/dev/sda1', '/dev/sda', 'ATA', 'Samsung_SSD_860', 'naa.5002538e4000abcd', 1048576, 512],
        ...['5f2b0b7c-6f5f-4a2b-9a0e-0d0d0c0b0a09', 'ext4', 'my d\u00e4ta'],
      ],
      ['/dev/sda2', '/dev/sda', 'ATA', 'Samsung_SSD_860', 'naa.5002538e4000abcd', undefined, 512, '', '', ''],
    ],
  );
});

test('a name in the query leaves out the others', t => {
  const files = machineWith(t, machine);
  const names = (name: unknown) => rowsOf(blockDevices, { files, where: { name } }).map(row => row.name);
  assert.deepEqual(names(['/dev/sda1', '/dev/none', 'sda']), ['/dev/sda1']);
});

const asRoot = { skip: process.geteuid?.() === 0 ? false : 'only root is told' };

test('disk_encryption: what lies upon an encrypted volume is encrypted', asRoot, t => {
  const rows = rowsOf(diskEncryption, { files: machineWith(t, machine) });
  const encrypted = rows.filter(row => row.encrypted === 1);
  assert.deepEqual(
    encrypted.map(row => [row.name, row.type, row.encryption_status]),
    [
      ['/dev/dm-0', 'LUKS2-aes-xts-plain64', 'encrypted'],
      ['/dev/dm-1', 'LUKS2-aes-xts-plain64', 'encrypted'],
    ],
  );
  const [sda1] = rows.filter(row => row.name === '/dev/sda1');
  assert.deepEqual(
    [sda1?.encrypted, sda1?.type, sda1?.encryption_status, sda1?.uuid],
    [0, '', 'not encrypted', '5f2b0b7c-6f5f-4a2b-9a0e-0d0d0c0b0a09'],
  );
});

test('disk_encryption: a device has the name that the query has for it', asRoot, t => {
  const files = machineWith(t, machine);
  const rows = rowsOf(diskEncryption, { files, where: { name: ['/dev/mapper/root', '/dev/sda', 'root', '/none'] } });
  assert.deepEqual(
    rows.map(row => [row.name, row.encrypted]),
    [
      ['/dev/mapper/root', 1],
      ['/dev/sda', 0],
    ],
  );
});

test('disk_encryption: without a header the cipher is not known', asRoot, t => {
  const files = machineWith(t, { ...machine, 'dev/sda2': '' });
  assert.equal(rowsOf(diskEncryption, { files, where: { name: '/dev/dm-0' } })[0]?.type, 'LUKS2');
});

test('the cipher stands in the header of LUKS1 and of LUKS2', () => {
  assert.equal(luksCipher(luks1), 'aes-xts-plain64');
  assert.equal(luksCipher(luks2), 'aes-xts-plain64');
  assert.equal(luksCipher(Buffer.alloc(4096)), undefined);
});

test('no content makes the parsers throw', () => {
  const cuts = fc.record({ at: fc.nat(luks2.length - 1), bytes: fc.uint8Array({ maxLength: 40 }), two: fc.boolean() });
  fc.assert(
    fc.property(cuts, ({ at, bytes, two }) => {
      const header = Buffer.from(two ? luks2 : luks1);
      Buffer.from(bytes).copy(header, at % header.length);
      const cipher = luksCipher(header);
      assert.ok(cipher === undefined || typeof cipher === 'string');
      luksCipher(Buffer.from(bytes));
    }),
  );
  const pieces = fc.constantFrom('E:', '=', '\n', '\\x', '\\x41', 'a', '\u00e4', '\\xff');
  fc.assert(
    fc.property(fc.array(pieces), parts => {
      for (const value of parseUdevData(parts.join('')).values()) assert.equal(typeof decodeUdev(value), 'string');
    }),
  );
});
