import { bigint, defineTable, integer } from '@outpost/sdk';
import { parseCpuTimes } from '../lib/proc-stat.ts';

/** What each processor spent its time on. */
export const cpuTime = defineTable({
  name: 'cpu_time',
  description: 'Per-core scheduler time counters (clock ticks).',
  platforms: ['linux', 'macos'],
  examples: ['select core, 100.0 * idle / (user + nice + system + idle + iowait) as idle_percent from cpu_time'],
  columns: {
    core: integer('Number of the processor'),
    user: bigint('In user space, in ticks, as all the others: a hundredth of a second each'),
    nice: bigint('In user space at low priority'),
    system: bigint('In the kernel'),
    idle: bigint('Doing nothing'),
    iowait: bigint('Waiting for storage'),
    irq: bigint('Serving interrupts'),
    softirq: bigint('Serving soft interrupts'),
    steal: bigint('Taken by other virtual machines'),
    guest: bigint('Running virtual machines'),
    guest_nice: bigint('Running virtual machines at low priority'),
  },
  *generate(context) {
    for (const { core, ticks } of parseCpuTimes(context.files.readTextIfPresent('/proc/stat') ?? '')) {
      const [user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice] = ticks;
      yield { core, user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice };
    }
  },
});
