import { cli } from '../definition.ts';

/** Flags of the figures about the agent; the table outpost_metrics is always there. */
export const metricsFlags = {
  metrics_file: cli('string', '', 'File that the figures about the agent are written to, in the format of OpenMetrics'),
  metrics_interval: cli('uint64', '60', 'Seconds between two writings of that file'),
  metrics_listen: cli(
    'string',
    '',
    'Where the figures are given to readers of /metrics: 127.0.0.1:PORT, [::1]:PORT or unix:/PATH',
  ),
};
