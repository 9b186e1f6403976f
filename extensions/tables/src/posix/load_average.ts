import { defineTable, text } from '@outpost/sdk';

const periods = ['1m', '5m', '15m'] as const;

/** How many processes wanted a processor, or were held up by storage, in three periods. */
export const loadAverage = defineTable({
  name: 'load_average',
  description: 'System load over 1, 5 and 15 minutes.',
  platforms: ['linux', 'macos'],
  examples: ["select average from load_average where period = '5m'"],
  columns: {
    period: text('1m, 5m or 15m'),
    average: text('Processes that were running or waiting, on average'),
  },
  *generate(context) {
    // proc_loadavg(5): the three averages, then what is of no interest here.
    const averages = (context.files.readTextIfPresent('/proc/loadavg') ?? '').split(' ');
    for (const [index, period] of periods.entries()) {
      const average = Number.parseFloat(averages[index] ?? '');
      if (Number.isFinite(average)) yield { period, average: average.toFixed(6) };
    }
  },
});
