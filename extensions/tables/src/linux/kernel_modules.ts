import { bigint, defineTable, text } from '@outpost/sdk';
import { parseModules } from '../lib/modules.ts';

/** What is loaded into the kernel; nothing where it takes no modules. */
export const kernelModules = defineTable({
  name: 'kernel_modules',
  description: 'Loaded kernel modules.',
  platforms: ['linux'],
  examples: ["select name from kernel_modules where status = 'Live' and used_by = '-'"],
  columns: {
    name: text('Name of the module'),
    size: bigint('Size in bytes'),
    used_by: text('Modules that need it, each followed by a comma; - for none'),
    status: text('Live, Loading or Unloading'),
    address: text('Address, hexadecimal; zeros for who may not see it'),
  },
  *generate(context) {
    for (const { usedBy, ...module } of parseModules(context.files.readTextIfPresent('/proc/modules') ?? ''))
      yield { ...module, used_by: usedBy };
  },
});
