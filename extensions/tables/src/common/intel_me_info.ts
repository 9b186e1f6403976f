import { defineTable, text } from '@outpost/sdk';
import { quietly } from '../lib/quietly.ts';

const devices = '/sys/class/mei';
/** The version of a part of the firmware (Documentation/ABI/testing/sysfs-class-mei): its platform, then four numbers. */
const line = /^\d+:(\d+\.\d+\.\d+\.\d+)$/m;

/** The firmware of the Management Engine. The kernel asks for its version when it finds it, so that nobody has to talk to it here. */
export const intelMeInfo = defineTable({
  name: 'intel_me_info',
  description: 'Firmware version of the Intel Management Engine.',
  platforms: ['linux', 'windows'],
  examples: ["select version from intel_me_info where version < '11.8.50'"],
  columns: { version: text('Major and minor version, hotfix and build', { collate: 'version' }) },
  *generate({ files }) {
    for (const device of (quietly(() => files.readdir(devices)) ?? []).sort()) {
      const content = quietly(() => files.readTextIfPresent(`${devices}/${device}/fw_ver`)) ?? '';
      const version = line.exec(content)?.[1];
      if (version !== undefined) yield { version };
    }
  },
});
