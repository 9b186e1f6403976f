import { defineTable, double, type TableDefinition, text } from '@outpost/sdk';
import type { Metric } from '../metrics/metrics.ts';

/** The table `outpost_metrics`. @param metrics all figures as they are now */
export const outpostMetrics = (metrics: () => readonly Metric[]): TableDefinition =>
  defineTable({
    name: 'outpost_metrics',
    description: 'Figures about the agent itself.',
    attributes: { utility: true },
    examples: [
      "select name, labels, value from outpost_metrics where name like 'outbox%'",
      "select value from outpost_metrics where name = 'process_resident_memory_bytes'",
    ],
    columns: {
      name: text('What is counted or measured, with its unit'),
      labels: text('What tells figures of one name apart, as KEY=VALUE, comma-separated'),
      type: text('counter, which only grows while the agent runs, or gauge'),
      value: double('The figure'),
      help: text('What it is'),
    },
    generate: () =>
      metrics().map(({ name, labels = {}, type, value, help }) => ({
        name,
        labels: Object.entries(labels)
          .map(([key, label]) => `${key}=${label}`)
          .join(','),
        type,
        value,
        help,
      })),
  }) as TableDefinition;
