import { bigint, defineTable } from '@outpost/sdk';
import { numberAfter } from '../lib/process/numbers.ts';

/** The memory of the machine, one row. */
export const memoryInfo = defineTable({
  name: 'memory_info',
  description: 'Main memory and swap totals in bytes.',
  platforms: ['linux'],
  examples: ['select 100.0 * memory_available / memory_total as available_percent from memory_info'],
  columns: {
    memory_total: bigint('Memory that the kernel can use, in bytes, as all the others'),
    memory_free: bigint('Memory that nothing is in'),
    memory_available: bigint('Memory that programs can have without swapping'),
    buffers: bigint('Blocks of devices kept in memory'),
    cached: bigint('Files kept in memory'),
    swap_cached: bigint('Memory that is in the swap space too'),
    active: bigint('Memory used not long ago'),
    inactive: bigint('Memory not used for long'),
    swap_total: bigint('Size of the swap space'),
    swap_free: bigint('Swap space that nothing is in'),
  },
  generate(context) {
    // The line break before the first key lets every key be looked for in one way.
    const content = `\n${context.files.readTextIfPresent('/proc/meminfo') ?? ''}`;
    const bytesOf = (key: string): number | undefined => {
      const kibibytes = numberAfter(content, `\n${key}:`);
      return kibibytes === undefined ? undefined : kibibytes * 1024;
    };
    return [
      {
        memory_total: bytesOf('MemTotal'),
        memory_free: bytesOf('MemFree'),
        memory_available: bytesOf('MemAvailable'),
        buffers: bytesOf('Buffers'),
        cached: bytesOf('Cached'),
        swap_cached: bytesOf('SwapCached'),
        active: bytesOf('Active'),
        inactive: bytesOf('Inactive'),
        swap_total: bytesOf('SwapTotal'),
        swap_free: bytesOf('SwapFree'),
      },
    ];
  },
});
