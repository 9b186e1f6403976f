import { defineTable, type FileView, integer, text } from '@outpost/sdk';
import { type BlockDevice, listBlockDevices } from '../lib/block-devices.ts';
import { encryptionOf } from '../lib/encryption.ts';
import { quietly } from '../lib/quietly.ts';

/** A device and the name that the query has for it, which may be a link such as /dev/mapper/root. */
interface Named {
  readonly name: string;
  readonly device: BlockDevice;
}

function devicesOf(files: FileView, names: readonly string[] | undefined): Named[] {
  const devices = listBlockDevices(files);
  if (names === undefined) return devices.map(device => ({ name: device.path, device }));
  return names.flatMap(name => {
    const path = name.startsWith('/') ? (quietly(() => files.realpath(name)) ?? name) : name;
    return devices.filter(device => device.path === path).map(device => ({ name, device }));
  });
}

/** Which block devices are encrypted. */
export const diskEncryption = defineTable({
  name: 'disk_encryption',
  description: 'dm-crypt/LUKS state of each block device.',
  platforms: ['linux', 'macos'],
  examples: ['select name from disk_encryption where encrypted = 0'],
  columns: {
    name: text('Path of the device', { index: true }),
    uuid: text('UUID of what is on it, where udev knows', { collate: 'nocase' }),
    encrypted: integer('1 when the device, or what it lies upon, is encrypted, else 0'),
    type: text('Kind and cipher, such as LUKS2-aes-xts-plain64; empty when not encrypted'),
    encryption_status: text('encrypted or not encrypted'),
    uid: text('Id of the user who can unlock it', { platforms: ['macos'] }),
    user_uuid: text('UUID of the user who can unlock it', { platforms: ['macos'], collate: 'nocase' }),
    filevault_status: text('State of FileVault', { platforms: ['macos'] }),
  },
  *generate(context) {
    const { files } = context;
    if (process.geteuid?.() !== 0) {
      context.warn('Only root can tell which disks are encrypted.');
      return;
    }
    for (const { name, device } of devicesOf(files, context.equals('name'))) {
      if (context.aborted) return;
      const type = encryptionOf(files, device);
      yield {
        name,
        uuid: device.property('ID_FS_UUID'),
        encrypted: type === undefined ? 0 : 1,
        type: type ?? '',
        encryption_status: type === undefined ? 'not encrypted' : 'encrypted',
      };
    }
  },
});
