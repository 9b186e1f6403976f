import type { FileView } from '@outpost/sdk';
import { quietly } from './quietly.ts';
import type { DeviceProperties } from './udev-data.ts';

/** The properties that the kernel gives a device, in the `uevent` file of its directory in /sys. */
export function ueventOf(files: FileView, directory: string): DeviceProperties {
  const content = quietly(() => files.readTextIfPresent(`${directory}/uevent`)) ?? '';
  const pairs = content.split('\n').map((line): [string, string] => {
    const equals = line.indexOf('=');
    return [line.slice(0, Math.max(equals, 0)), line.slice(equals + 1)];
  });
  return new Map(pairs.filter(([name]) => name !== ''));
}
