import { bigint, defineTable, integer } from '@outpost/sdk';

const secondsPerDay = 86_400;

/** Time since boot, one row. */
export const uptime = defineTable({
  name: 'uptime',
  description: 'Time since boot.',
  platforms: ['linux', 'macos', 'windows'],
  examples: ['select * from uptime', 'select * from uptime where total_seconds < 3600'],
  columns: {
    days: integer('Whole days'),
    hours: integer('Hours beyond the days'),
    minutes: integer('Minutes beyond the hours'),
    seconds: integer('Seconds beyond the minutes'),
    total_seconds: bigint('All of it in seconds'),
  },
  generate(context) {
    // proc_uptime(5): seconds since boot, with a fraction, and the idle time of all processors.
    const total = Math.floor(Number.parseFloat(context.files.readText('/proc/uptime')));
    if (!Number.isFinite(total)) return [];
    return [
      {
        days: Math.floor(total / secondsPerDay),
        hours: Math.floor(total / 3600) % 24,
        minutes: Math.floor(total / 60) % 60,
        seconds: total % 60,
        total_seconds: total,
      },
    ];
  },
});
