import type { FileView } from '@outpost/sdk';
import { quietly } from './quietly.ts';

/** Properties of a device, by name. */
export type DeviceProperties = ReadonlyMap<string, string>;

/** The `E:` lines of a file of udev's database (/run/udev/data). */
export function parseUdevData(content: string): DeviceProperties {
  const properties = new Map<string, string>();
  for (const line of content.split('\n')) {
    const equals = line.indexOf('=');
    if (line.startsWith('E:') && equals > 2) properties.set(line.slice(2, equals), line.slice(equals + 1));
  }
  return properties;
}

/** Undoes udev's escapes: `\x` and two hexadecimal digits stand for a byte. */
export function decodeUdev(value: string): string {
  if (!value.includes('\\x')) return value;
  const latin1 = Buffer.from(value)
    .toString('latin1')
    .replace(/\\x([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return Buffer.from(latin1, 'latin1').toString();
}

/** What udev knows of a block device with the given number, such as `8:1`; nothing where no udev runs. */
export const blockProperties = (files: FileView, number: string): DeviceProperties =>
  parseUdevData(quietly(() => files.readTextIfPresent(`/run/udev/data/b${number}`)) ?? '');
