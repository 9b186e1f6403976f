import { defineTable, type FileView, integer, text } from '@outpost/sdk';
import { quietly } from '../lib/quietly.ts';
import { type SmbiosStructure, smbiosOfType } from '../lib/smbios.ts';

const firmwareStructureType = 0;
/** A size that has outgrown its byte and is given further on, from version 3.1 of the format on. */
const seeExtendedSize = 0xff;
/** A release that the firmware does not tell. */
const noRelease = 0xff;

/** The size of the firmware in bytes. */
function sizeOf(firmware: SmbiosStructure): number | undefined {
  const blocks = firmware.byte(0x09);
  const extended = firmware.word(0x18);
  if (blocks === undefined) return undefined;
  if (blocks !== seeExtendedSize || extended === undefined) return (blocks + 1) * 65_536;
  // The highest two bits say of what: 0 MiB, 1 GiB.
  return (extended & 0x3fff) * 1024 ** (2 + (extended >> 14));
}

function revisionOf(firmware: SmbiosStructure): string {
  const [major, minor] = [firmware.byte(0x14), firmware.byte(0x15)];
  if (major === undefined || minor === undefined || (major === noRelease && minor === noRelease)) return '';
  return `${major}.${minor}`;
}

const rowOf = (firmware: SmbiosStructure) => ({
  vendor: firmware.string(0x04),
  version: firmware.string(0x05),
  date: firmware.string(0x08),
  revision: revisionOf(firmware),
  address: firmware.hex('word', 0x06, 4),
  size: sizeOf(firmware)?.toString(),
});

/** What those who may not read the structures are told of the firmware. */
function rowOfSysfs(files: FileView) {
  const [vendor, version, date, revision] = ['vendor', 'version', 'date', 'release'].map(name =>
    quietly(() => files.readTextIfPresent(`/sys/class/dmi/id/bios_${name}`))?.trim(),
  );
  return { vendor, version, date, revision };
}

/** The firmware. */
export const platformInfo = defineTable({
  name: 'platform_info',
  description: 'BIOS or UEFI vendor, version and location (SMBIOS type 0).',
  platforms: ['linux', 'macos', 'windows'],
  examples: ['select vendor, version, date, firmware_type from platform_info'],
  columns: {
    vendor: text('Vendor'),
    version: text('Version', { collate: 'version' }),
    date: text('Date of the version, as the vendor writes it'),
    revision: text('Major and minor release of the version'),
    extra: text('More about the version; always empty on Linux'),
    firmware_type: text('uefi or bios: how the machine was started'),
    address: text('Segment at which a BIOS begins, in hexadecimal', { platforms: ['linux', 'macos'] }),
    size: text('Size in bytes', { platforms: ['linux', 'macos'] }),
    volume_size: integer('Size of the firmware volume; always 0 on Linux', { platforms: ['linux', 'macos'] }),
  },
  *generate({ files }) {
    const [firmware] = smbiosOfType(files, firmwareStructureType);
    const row = firmware === undefined ? rowOfSysfs(files) : rowOf(firmware);
    if (firmware === undefined && row.vendor === undefined) return;
    const firmwareType = files.exists('/sys/firmware/efi') ? 'uefi' : 'bios';
    yield { ...row, extra: '', firmware_type: firmwareType, volume_size: 0 };
  },
});
