import { defineTable, text } from '@outpost/sdk';
import { parseCommandLine } from '../lib/kernel-command-line.ts';

/** The kernel, one row. */
export const kernelInfo = defineTable({
  name: 'kernel_info',
  description: 'Running kernel version and boot parameters.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { cacheable: true },
  examples: [
    'select version from kernel_info',
    "select arguments from kernel_info where arguments like '%mitigations=off%'",
  ],
  columns: {
    version: text('Version, such as 6.1.0-18-amd64', { collate: 'version' }),
    arguments: text('Parameters of the kernel but the path and the device'),
    path: text('Path of the kernel, as the boot loader says'),
    device: text('Device with the root directory'),
  },
  generate(context) {
    const { image, device, rest } = parseCommandLine(context.files.readTextIfPresent('/proc/cmdline') ?? '');
    // proc_version(5): "Linux version 6.1.0-18-amd64 (…".
    const version = (context.files.readTextIfPresent('/proc/version') ?? '').split(' ')[2] ?? '';
    return [{ version, arguments: rest, path: image, device }];
  },
});
